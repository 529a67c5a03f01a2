package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const pageKeys = 500

// object is what a worker knows of a key that nobody else changes.
type object struct {
	key               string
	revision, earlier int64
	valueBytes        int
}

type ownedObjects struct {
	objects []*object
	// How many there are when the run begins; it stays near this.
	base, created, changes int
}

// kubernetesWorker makes one request at a time. What it asks depends on the seed alone.
type kubernetesWorker struct {
	load      *kubernetesLoad
	number    int
	random    *rand.Rand
	owned     []ownedObjects
	taken     map[string][]time.Duration
	conflicts int

	// The list that is under way, page by page; none when the key is empty.
	listKey      string
	listResource int
	listRevision int64
	listMore     int64
	listsExpired int
}

func newKubernetesWorker(load *kubernetesLoad, number int) *kubernetesWorker {
	return &kubernetesWorker{
		load: load, number: number, random: rand.New(rand.NewPCG(load.seed, uint64(number))),
		owned: make([]ownedObjects, len(resources)), taken: map[string][]time.Duration{},
	}
}

func (w *kubernetesWorker) forgetMeasurements() {
	w.taken = map[string][]time.Duration{}
	for i := range w.owned {
		w.owned[i].changes = 0
	}
}

func (w *kubernetesWorker) work(ctx context.Context) error {
	for count := 0; ; count++ {
		if w.load.operations > 0 && count == w.load.operations || w.load.operations == 0 && !time.Now().Before(w.load.deadline) {
			return nil
		}
		if err := w.next(ctx); err != nil {
			return err
		}
	}
}

func (w *kubernetesWorker) next(ctx context.Context) error {
	kind := mixture[w.pick(len(mixture), func(i int) int { return mixture[i].weight })].kind
	updated := w.pick(len(resources), func(i int) int { return resources[i].updates })
	switch kind {
	case "update":
		return w.update(ctx, updated)
	case "stale":
		return w.updateStale(ctx, updated)
	case "get":
		return w.get(ctx, updated)
	case "churn":
		return w.churn(ctx, w.pick(len(resources), func(i int) int { return resources[i].churn }))
	case "list":
		return w.listPage(ctx)
	case "count":
		return w.count(ctx, w.random.IntN(len(resources)))
	default:
		return w.askProgress(updated)
	}
}

// pick chooses among count things by their weights.
func (w *kubernetesWorker) pick(count int, weight func(int) int) int {
	sum := 0
	for i := range count {
		sum += weight(i)
	}
	at := w.random.IntN(sum)
	for i := 0; ; i++ {
		if at -= weight(i); at < 0 {
			return i
		}
	}
}

func (w *kubernetesWorker) timed(kind string, started time.Time) {
	w.taken[kind] = append(w.taken[kind], time.Since(started))
}

func (w *kubernetesWorker) value(resource int) string {
	r := resources[resource]
	length := r.minBytes + w.random.IntN(r.maxBytes-r.minBytes+1)
	from := w.random.IntN(len(w.load.random) - length)
	return string(w.load.random[from : from+length])
}

func unchangedSince(key string, revision int64) clientv3.Cmp {
	return clientv3.Compare(clientv3.ModRevision(key), "=", revision)
}

func (w *kubernetesWorker) create(ctx context.Context, resource int) error {
	owned := &w.owned[resource]
	key := fmt.Sprintf("%snamespace-%02d/%s-%06d", resources[resource].prefix(), w.number, resources[resource].name, owned.created)
	value := w.value(resource)
	var options []clientv3.OpOption
	if resources[resource].leased {
		lease, err := w.load.leases.lease(ctx)
		if err != nil {
			return err
		}
		options = append(options, clientv3.WithLease(lease))
	}
	started := time.Now()
	response, err := w.load.clients[resource].Txn(ctx).If(unchangedSince(key, 0)).
		Then(clientv3.OpPut(key, value, options...)).Commit()
	if err != nil {
		return err
	}
	w.timed("create", started)
	if !response.Succeeded {
		return fmt.Errorf("%q was there before it was created", key)
	}
	owned.created++
	owned.changes++
	owned.objects = append(owned.objects, &object{key, response.Header.Revision, 0, len(value)})
	return nil
}

func (w *kubernetesWorker) updateIf(ctx context.Context, resource int, key, value string, revision int64) (*clientv3.TxnResponse, error) {
	return w.load.clients[resource].Txn(ctx).If(unchangedSince(key, revision)).
		Then(clientv3.OpPut(key, value)).Else(clientv3.OpGet(key)).Commit()
}

func (w *kubernetesWorker) update(ctx context.Context, resource int) error {
	o := w.any(resource)
	value := w.value(resource)
	started := time.Now()
	response, err := w.updateIf(ctx, resource, o.key, value, o.revision)
	if err != nil {
		return err
	}
	w.timed("update", started)
	if !response.Succeeded {
		return fmt.Errorf("%q was changed by somebody else after revision %d", o.key, o.revision)
	}
	o.earlier, o.revision, o.valueBytes = o.revision, response.Header.Revision, len(value)
	w.owned[resource].changes++
	return nil
}

// updateStale tries to change an object that has changed since: the answer must be the object as it is.
func (w *kubernetesWorker) updateStale(ctx context.Context, resource int) error {
	o := w.any(resource)
	if o.earlier == 0 {
		return w.update(ctx, resource)
	}
	started := time.Now()
	response, err := w.updateIf(ctx, resource, o.key, "stale", o.earlier)
	if err != nil {
		return err
	}
	w.timed("conflict", started)
	w.conflicts++
	if response.Succeeded {
		return fmt.Errorf("%q was updated from revision %d, while it stood at %d", o.key, o.earlier, o.revision)
	}
	return o.check((*clientv3.GetResponse)(response.Responses[0].GetResponseRange()))
}

func (w *kubernetesWorker) get(ctx context.Context, resource int) error {
	o := w.any(resource)
	started := time.Now()
	response, err := w.load.clients[resource].Get(ctx, o.key)
	if err != nil {
		return err
	}
	w.timed("get", started)
	return o.check(response)
}

func (o *object) check(response *clientv3.GetResponse) error {
	if len(response.Kvs) != 1 || response.Kvs[0].ModRevision != o.revision || len(response.Kvs[0].Value) != o.valueBytes {
		return fmt.Errorf("%q is not what was written at revision %d: %d keys", o.key, o.revision, len(response.Kvs))
	}
	return nil
}

// churn creates an object, or deletes the oldest when there is one too many; events are left to their leases.
func (w *kubernetesWorker) churn(ctx context.Context, resource int) error {
	owned := &w.owned[resource]
	if resources[resource].leased || len(owned.objects) <= owned.base {
		return w.create(ctx, resource)
	}
	o := owned.objects[0]
	started := time.Now()
	response, err := w.load.clients[resource].Txn(ctx).If(unchangedSince(o.key, o.revision)).
		Then(clientv3.OpDelete(o.key)).Else(clientv3.OpGet(o.key)).Commit()
	if err != nil {
		return err
	}
	w.timed("delete", started)
	if !response.Succeeded || response.Responses[0].GetResponseDeleteRange().Deleted != 1 {
		return fmt.Errorf("%q could not be deleted at revision %d", o.key, o.revision)
	}
	owned.objects = owned.objects[1:]
	owned.changes++
	return nil
}

func (w *kubernetesWorker) any(resource int) *object {
	objects := w.owned[resource].objects
	return objects[w.random.IntN(len(objects))]
}

// listPage asks for the next page of a list, all of whose pages are of the first one's revision.
func (w *kubernetesWorker) listPage(ctx context.Context) error {
	if w.listKey == "" {
		w.listResource = w.random.IntN(len(resources))
		w.listKey, w.listRevision = resources[w.listResource].prefix(), 0
	}
	end := clientv3.GetPrefixRangeEnd(resources[w.listResource].prefix())
	started := time.Now()
	response, err := w.load.clients[w.listResource].Get(ctx, w.listKey, clientv3.WithRange(end),
		clientv3.WithLimit(pageKeys), clientv3.WithRev(w.listRevision))
	w.timed("list", started)
	if w.listRevision > 0 && errors.Is(err, rpctypes.ErrCompacted) {
		w.listKey = ""
		w.listsExpired++
		return nil
	}
	if err != nil {
		return err
	}
	count, found := response.Count, int64(len(response.Kvs))
	if found != min(count, pageKeys) || response.More != (count > found) || w.listRevision > 0 && count != w.listMore {
		return fmt.Errorf("a page from %q on has %d keys of %d, more %t, after a page that left %d", w.listKey, found, count, response.More, w.listMore)
	}
	if !response.More {
		w.listKey = ""
		return nil
	}
	if w.listRevision == 0 {
		w.listRevision = response.Header.Revision
	}
	w.listMore = count - found
	w.listKey = string(response.Kvs[found-1].Key) + "\x00"
	return nil
}

func (w *kubernetesWorker) count(ctx context.Context, resource int) error {
	started := time.Now()
	_, err := w.load.clients[resource].Get(ctx, resources[resource].prefix(), clientv3.WithPrefix(), clientv3.WithCountOnly())
	w.timed("count", started)
	return err
}

func (w *kubernetesWorker) askProgress(resource int) error {
	started := time.Now()
	err := w.load.clients[resource].RequestProgress(clientv3.WithRequireLeader(context.Background()))
	w.timed("progress", started)
	return err
}
