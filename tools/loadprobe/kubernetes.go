package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
)

// resource is a kind of object with a prefix of its own, as kube-apiserver has them.
type resource struct {
	name               string
	minBytes, maxBytes int
	// Objects at the beginning, in thousandths of all.
	share int
	// How often objects of this kind are updated, and created or deleted: weights among the resources.
	updates, churn int
	// Whether objects are attached to a lease, and left to it.
	leased bool
}

var resources = []resource{
	{name: "leases", minBytes: 1024, maxBytes: 1024, share: 100, updates: 50},
	{name: "minions", minBytes: 3072, maxBytes: 4096, share: 100, updates: 10},
	{name: "pods", minBytes: 2048, maxBytes: 4096, share: 400, updates: 25, churn: 45},
	{name: "events", minBytes: 1024, maxBytes: 2048, share: 200, churn: 45, leased: true},
	{name: "endpointslices", minBytes: 1024, maxBytes: 2048, share: 100, updates: 10},
	{name: "configmaps", minBytes: 1024, maxBytes: 4096, share: 100, updates: 5, churn: 10},
}

// What a worker does next: weights. Lists are few, because kube-apiserver answers most of them from what it watches, having
// asked for the newest revision and for progress.
var mixture = []struct {
	kind   string
	weight int
}{
	{"update", 50}, {"churn", 20}, {"get", 18}, {"stale", 3}, {"list", 1}, {"count", 5}, {"progress", 3},
}

type kubernetesLoad struct {
	endpoint             string
	workers, objects     int
	watchers, operations int
	seconds              float64
	compactEvery         time.Duration
	seed                 uint64
	// One connection for each resource, and one for the rest, as kube-apiserver has them.
	connections []*grpc.ClientConn
	rest        *clientv3.Client
	// The watches of each resource.
	streams     []*resourceStream
	leases      *leaseKeeper
	random      []byte
	deadline    time.Time
	compactions atomic.Int64
}

type kubernetesResult struct {
	Operations          int                  `json:"operations"`
	Seconds             float64              `json:"seconds"`
	OperationsPerSecond float64              `json:"operationsPerSecond"`
	Kinds               map[string]latencies `json:"kinds"`
	// Changes that the workers made, each of which every watcher of its prefix saw.
	Changes int `json:"changes"`
	Events  int `json:"events"`
	// Updates with a revision that was not the newest, which the server must refuse.
	Conflicts int `json:"conflicts"`
	// Lists whose revision was compacted before their last page.
	ListsExpired int   `json:"listsExpired"`
	Compactions  int64 `json:"compactions"`
}

const registry = "/registry/"

func (r resource) prefix() string { return registry + r.name + "/" }

// end is the key after all that begin with the prefix, whose last byte is a slash.
func (r resource) end() string { return registry + r.name + "0" }

// kubernetes does what kube-apiserver's storage does, in the proportions of a busy cluster: every worker owns objects and
// knows what the server must answer; watchers of each resource check what they see against what they have seen.
func kubernetes(arguments []string) (any, error) {
	var load kubernetesLoad
	flags := flag.NewFlagSet("kubernetes", flag.ExitOnError)
	flags.StringVar(&load.endpoint, "endpoint", "127.0.0.1:2379", "host:port of the server")
	flags.IntVar(&load.workers, "workers", 48, "requests under way at a time")
	flags.IntVar(&load.objects, "objects", 8000, "objects at the beginning")
	flags.IntVar(&load.watchers, "watchers", 2, "watchers of each resource")
	flags.IntVar(&load.operations, "operations", 0, "operations per worker; 0: until the time has passed")
	flags.Float64Var(&load.seconds, "seconds", 5, "no operation is begun after this time, when -operations is 0")
	flags.DurationVar(&load.compactEvery, "compact-every", time.Second, "time between compactions, each up to where the one before it was due")
	flags.Uint64Var(&load.seed, "seed", 1, "what each worker does")
	wait := flags.Bool("steps", false, "three steps: prepared, measured, checked; wait for a line on the input after the first two")
	flags.Parse(arguments)
	return load.run(newSteps(*wait))
}

func (l *kubernetesLoad) run(steps *steps) (any, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	clients, err := newClients(l.endpoint, 1)
	if err != nil {
		return nil, err
	}
	defer closeAll(clients)
	l.rest = clients[0]
	for range resources {
		connection, err := dialResource(l.endpoint)
		if err != nil {
			return nil, err
		}
		defer connection.Close()
		l.connections = append(l.connections, connection)
	}
	l.leases = &leaseKeeper{client: l.rest}
	l.random = make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{1}).Read(l.random)

	workers, err := l.prepare(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.openWatchers(ctx); err != nil {
		return nil, err
	}
	if err := steps.done(map[string]bool{"prepared": true}); err != nil {
		return nil, err
	}
	result, err := l.measure(ctx, workers)
	if err != nil {
		return nil, err
	}
	if err := steps.done(result); err != nil {
		return nil, err
	}
	result.Events, err = l.check(ctx, workers)
	return result, err
}

// prepare removes what an earlier run has left, and creates the objects that are there at the beginning.
func (l *kubernetesLoad) prepare(ctx context.Context) ([]*kubernetesWorker, error) {
	if _, err := l.rest.Delete(ctx, registry, clientv3.WithPrefix()); err != nil {
		return nil, err
	}
	workers := make([]*kubernetesWorker, l.workers)
	for i := range workers {
		workers[i] = newKubernetesWorker(l, i)
	}
	if err := l.eachWorker(workers, func(worker *kubernetesWorker) error {
		for i, r := range resources {
			share := l.objects * r.share / 1000 / l.workers
			for range share {
				if err := worker.create(ctx, i); err != nil {
					return err
				}
			}
			worker.owned[i].base = share
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for _, worker := range workers {
		worker.forgetMeasurements()
	}
	return workers, nil
}

func (l *kubernetesLoad) eachWorker(workers []*kubernetesWorker, work func(worker *kubernetesWorker) error) error {
	failures := make(chan error, len(workers))
	var group sync.WaitGroup
	for _, worker := range workers {
		group.Go(func() {
			if err := work(worker); err != nil {
				failures <- fmt.Errorf("worker %d, -seed %d: %w", worker.number, l.seed, err)
			}
		})
	}
	group.Wait()
	close(failures)
	return <-failures
}

func (l *kubernetesLoad) measure(ctx context.Context, workers []*kubernetesWorker) (*kubernetesResult, error) {
	compacting, stop := context.WithCancel(ctx)
	defer stop()
	compactors := make(chan error, 2)
	for range cap(compactors) {
		go func() { compactors <- l.compactAgain(compacting) }()
	}
	started := time.Now()
	l.deadline = started.Add(time.Duration(l.seconds * float64(time.Second)))
	err := l.eachWorker(workers, func(worker *kubernetesWorker) error { return worker.work(ctx) })
	elapsed := time.Since(started)
	stop()
	for range cap(compactors) {
		if failure := <-compactors; err == nil {
			err = failure
		}
	}
	if err != nil {
		return nil, err
	}

	result := &kubernetesResult{Seconds: elapsed.Seconds(), Kinds: map[string]latencies{}, Compactions: l.compactions.Load()}
	taken := map[string][]time.Duration{}
	for _, worker := range workers {
		for kind, some := range worker.taken {
			taken[kind] = append(taken[kind], some...)
			result.Operations += len(some)
		}
		for i := range resources {
			result.Changes += worker.owned[i].changes
		}
		result.Conflicts += worker.conflicts
		result.ListsExpired += worker.listsExpired
	}
	for kind, all := range taken {
		result.Kinds[kind] = summary(all, elapsed)
	}
	result.OperationsPerSecond = float64(result.Operations) / elapsed.Seconds()
	return result, nil
}

// check makes sure that every watcher has seen all that the workers did, and that the server holds it.
func (l *kubernetesLoad) check(ctx context.Context, workers []*kubernetesWorker) (int, error) {
	response, err := l.rest.Get(ctx, registry, clientv3.WithPrefix(), clientv3.WithCountOnly())
	if err != nil {
		return 0, err
	}
	events := 0
	for resource, stream := range l.streams {
		changes := 0
		for _, worker := range workers {
			changes += worker.owned[resource].changes
		}
		present, err := listRevisions(ctx, l.rest, resources[resource].prefix(), response.Header.Revision)
		if err != nil {
			return 0, err
		}
		for _, watcher := range stream.watchers {
			if err := watcher.await(response.Header.Revision, stream); err != nil {
				return 0, err
			}
			if watcher.events != changes {
				return 0, fmt.Errorf("a watcher of %q saw %d changes of %d", watcher.prefix, watcher.events, changes)
			}
			if err := sameRevisions(watcher.revisions, present); err != nil {
				return 0, fmt.Errorf("a watcher of %q is not where the server is: %w", watcher.prefix, err)
			}
			events += changes
		}
	}
	return events, nil
}
