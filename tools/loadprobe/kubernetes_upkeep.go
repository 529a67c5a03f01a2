package main

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	eventTTLSeconds = 3600
	// A lease serves objects for a minute, or so many of them, whichever is over first.
	leaseReuse      = time.Minute
	leaseObjectsMax = 1000
)

// leaseKeeper hands out one lease to many objects that are to go at about the same time.
type leaseKeeper struct {
	client *clientv3.Client

	mutex   sync.Mutex
	current clientv3.LeaseID
	until   time.Time
	objects int
}

func (k *leaseKeeper) lease(ctx context.Context) (clientv3.LeaseID, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.objects == 0 || k.objects >= leaseObjectsMax || time.Now().After(k.until) {
		granted, err := k.client.Grant(ctx, eventTTLSeconds+int64(leaseReuse/time.Second))
		if err != nil {
			return 0, err
		}
		k.current, k.until, k.objects = granted.ID, time.Now().Add(leaseReuse), 0
	}
	k.objects++
	return k.current, nil
}

const compactKey = "compact_rev_key"

// compactAgain compacts at intervals, in competition with the others that do the same: whoever changes the key from the
// version that all know compacts, up to the revision that was the newest at the interval before.
func (l *kubernetesLoad) compactAgain(ctx context.Context) error {
	ticker := time.NewTicker(l.compactEvery)
	defer ticker.Stop()
	var version, revision int64
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		response, err := l.rest.Txn(ctx).If(clientv3.Compare(clientv3.Version(compactKey), "=", version)).
			Then(clientv3.OpPut(compactKey, strconv.FormatInt(revision, 10))).Else(clientv3.OpGet(compactKey)).Commit()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		due := revision
		revision = response.Header.Revision
		if !response.Succeeded {
			version = response.Responses[0].GetResponseRange().Kvs[0].Version
			continue
		}
		version++
		if due == 0 {
			continue
		}
		_, err = l.rest.Compact(ctx, due)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !errors.Is(err, rpctypes.ErrCompacted) {
			return err
		}
		l.compactions.Add(1)
	}
}
