package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	leasedKeys = "leased/"
	// Time for granting so many leases, and then for the measurement alone: a lease more takes this much longer.
	perLeaseAllowance  = 400 * time.Microsecond
	allowance          = 15 * time.Second
	grantsUnderWay     = 200
	expiryRequestLimit = 10 * time.Second
)

// prepareExpiry grants leases that all expire in the same second, whenever they were granted, and puts a key under each.
// The step waits until the last of the keys has gone.
func prepareExpiry(clients []*clientv3.Client, count int) (*disturbance, error) {
	due := time.Now().Add(allowance + time.Duration(count)*perLeaseAllowance)
	var next atomic.Int64
	var group sync.WaitGroup
	failures := make(chan error, grantsUnderWay)
	for worker := range grantsUnderWay {
		client := clients[worker%len(clients)]
		group.Go(func() {
			for number := next.Add(1); number <= int64(count); number = next.Add(1) {
				if err := putLeased(client, number, due); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failures)
	if err := <-failures; err != nil {
		return nil, err
	}
	if time.Now().After(due.Add(-allowance / 2)) {
		return nil, fmt.Errorf("granting %d leases took so long that the first expire already", count)
	}
	// Lifetimes are whole seconds: the first may end half a second before.
	return &disturbance{
		until: func() { time.Sleep(time.Until(due.Add(-time.Second))) },
		step:  func() error { return awaitExpiry(clients[0], count) },
	}, nil
}

func putLeased(client *clientv3.Client, number int64, due time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), expiryRequestLimit)
	defer cancel()
	lease, err := client.Grant(ctx, int64(time.Until(due).Round(time.Second)/time.Second))
	if err != nil {
		return err
	}
	_, err = client.Put(ctx, fmt.Sprintf("%s%08d", leasedKeys, number), "x", clientv3.WithLease(lease.ID))
	return err
}

func awaitExpiry(client *clientv3.Client, count int) error {
	ctx, cancel := context.WithTimeout(context.Background(), giveUpAfter)
	defer cancel()
	present, err := client.Get(ctx, leasedKeys, clientv3.WithPrefix(), clientv3.WithCountOnly())
	if err != nil {
		return err
	}
	if present.Count != int64(count) {
		return fmt.Errorf("%d of %d leased keys are there before the leases expire", present.Count, count)
	}
	gone := client.Watch(ctx, leasedKeys, clientv3.WithPrefix(), clientv3.WithRev(present.Header.Revision+1))
	for left := count; left > 0; {
		response, ok := <-gone
		if err := response.Err(); err != nil {
			return fmt.Errorf("watching leased keys: %w", err)
		}
		if !ok {
			return fmt.Errorf("%d leased keys are still there, and nothing more comes", left)
		}
		left -= len(response.Events)
	}
	return nil
}
