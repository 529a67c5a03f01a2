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

var staleValue = []byte("stale")

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

	// The last request and what came back.
	request     []byte
	txnAnswer   txnAnswer
	rangeAnswer rangeAnswer
	// The answers' read functions, made once.
	readTxn, readRange func([]byte) error

	// The list that is under way, page by page; none when the key is empty.
	listKey      string
	listResource int
	listRevision int64
	listMore     int64
	listsExpired int
}

func newKubernetesWorker(load *kubernetesLoad, number int) *kubernetesWorker {
	worker := &kubernetesWorker{
		load: load, number: number, random: rand.New(rand.NewPCG(load.seed, uint64(number))),
		owned: make([]ownedObjects, len(resources)), taken: map[string][]time.Duration{},
	}
	worker.readTxn, worker.readRange = worker.txnAnswer.read, worker.rangeAnswer.read
	return worker
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

func (w *kubernetesWorker) value(resource int) []byte {
	r := resources[resource]
	length := r.minBytes + w.random.IntN(r.maxBytes-r.minBytes+1)
	from := w.random.IntN(len(w.load.random) - length)
	return w.load.random[from : from+length]
}

// begin returns the worker's request, empty. It is written over by the next, when this one's answer has come.
func (w *kubernetesWorker) begin() []byte { return w.request[:0] }

func (w *kubernetesWorker) txn(ctx context.Context, resource int, request []byte) error {
	w.request = request
	return ask(ctx, w.load.connections[resource], txnMethod, request, w.readTxn)
}

func (w *kubernetesWorker) ask(ctx context.Context, resource int, asked rangeAsked) error {
	w.request = appendRange(w.begin(), asked)
	return ask(ctx, w.load.connections[resource], rangeMethod, w.request, w.readRange)
}

func (w *kubernetesWorker) create(ctx context.Context, resource int) error {
	owned := &w.owned[resource]
	key := fmt.Sprintf("%snamespace-%02d/%s-%06d", resources[resource].prefix(), w.number, resources[resource].name, owned.created)
	value := w.value(resource)
	var lease clientv3.LeaseID
	if resources[resource].leased {
		var err error
		if lease, err = w.load.leases.lease(ctx); err != nil {
			return err
		}
	}
	started := time.Now()
	request := appendPut(appendUnchangedSince(w.begin(), key, 0), key, value, int64(lease))
	if err := w.txn(ctx, resource, request); err != nil {
		return err
	}
	w.timed("create", started)
	if !w.txnAnswer.succeeded {
		return fmt.Errorf("%q was there before it was created", key)
	}
	owned.created++
	owned.changes++
	owned.objects = append(owned.objects, &object{key, w.txnAnswer.revision, 0, len(value)})
	return nil
}

func (w *kubernetesWorker) updateIf(ctx context.Context, resource int, key string, value []byte, revision int64) error {
	request := appendPut(appendUnchangedSince(w.begin(), key, revision), key, value, 0)
	return w.txn(ctx, resource, appendElseGet(request, key))
}

func (w *kubernetesWorker) update(ctx context.Context, resource int) error {
	o := w.any(resource)
	value := w.value(resource)
	started := time.Now()
	if err := w.updateIf(ctx, resource, o.key, value, o.revision); err != nil {
		return err
	}
	w.timed("update", started)
	if !w.txnAnswer.succeeded {
		return fmt.Errorf("%q was changed by somebody else after revision %d", o.key, o.revision)
	}
	o.earlier, o.revision, o.valueBytes = o.revision, w.txnAnswer.revision, len(value)
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
	if err := w.updateIf(ctx, resource, o.key, staleValue, o.earlier); err != nil {
		return err
	}
	w.timed("conflict", started)
	w.conflicts++
	if w.txnAnswer.succeeded {
		return fmt.Errorf("%q was updated from revision %d, while it stood at %d", o.key, o.earlier, o.revision)
	}
	return o.check(&w.txnAnswer.got)
}

func (w *kubernetesWorker) get(ctx context.Context, resource int) error {
	o := w.any(resource)
	started := time.Now()
	if err := w.ask(ctx, resource, rangeAsked{key: o.key}); err != nil {
		return err
	}
	w.timed("get", started)
	return o.check(&w.rangeAnswer)
}

func (o *object) check(answer *rangeAnswer) error {
	if answer.found != 1 || answer.last.modRevision != o.revision || answer.last.valueBytes != o.valueBytes {
		return fmt.Errorf("%q is not what was written at revision %d: %d keys", o.key, o.revision, answer.found)
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
	request := appendDelete(appendUnchangedSince(w.begin(), o.key, o.revision), o.key)
	if err := w.txn(ctx, resource, appendElseGet(request, o.key)); err != nil {
		return err
	}
	w.timed("delete", started)
	if !w.txnAnswer.succeeded || w.txnAnswer.deleted != 1 {
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
	started := time.Now()
	err := w.ask(ctx, w.listResource, rangeAsked{
		key: w.listKey, end: resources[w.listResource].end(), limit: pageKeys, revision: w.listRevision,
	})
	w.timed("list", started)
	if w.listRevision > 0 && errors.Is(err, rpctypes.ErrCompacted) {
		w.listKey = ""
		w.listsExpired++
		return nil
	}
	if err != nil {
		return err
	}
	answer := &w.rangeAnswer
	count, found := answer.count, answer.found
	if found != min(count, pageKeys) || answer.more != (count > found) || w.listRevision > 0 && count != w.listMore {
		return fmt.Errorf("a page from %q on has %d keys of %d, more %t, after a page that left %d", w.listKey, found, count, answer.more, w.listMore)
	}
	if !answer.more {
		w.listKey = ""
		return nil
	}
	if w.listRevision == 0 {
		w.listRevision = answer.revision
	}
	w.listMore = count - found
	w.listKey = answer.lastKey + "\x00"
	return nil
}

func (w *kubernetesWorker) count(ctx context.Context, resource int) error {
	started := time.Now()
	r := resources[resource]
	err := w.ask(ctx, resource, rangeAsked{key: r.prefix(), end: r.end(), countOnly: true})
	w.timed("count", started)
	return err
}

func (w *kubernetesWorker) askProgress(resource int) error {
	started := time.Now()
	err := w.load.streams[resource].askProgress()
	w.timed("progress", started)
	return err
}
