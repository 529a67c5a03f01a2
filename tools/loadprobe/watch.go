package main

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
)

type watchResult struct {
	Events          int64   `json:"events"`
	Seconds         float64 `json:"seconds"`
	EventsPerSecond float64 `json:"eventsPerSecond"`
	PutsPerSecond   float64 `json:"putsPerSecond"`
	// From the moment when a put was due to the arrival of its event, over all watchers.
	PutToEvent latencies `json:"putToEvent"`
}

type watchLoad struct {
	endpoint                       string
	streams, watchers, connections int
	puts, clients, ahead, rate     int
	valueBytes                     int
	prefix, prevKV                 bool
	// What an event's value tells the time of its put from.
	started time.Time
}

const watchedKey = "watched/key"

// A run in which events fail to come ends, with an error, after this time.
const giveUpAfter = 5 * time.Minute

// watch lets many watchers see the same puts, and counts what each of them gets. It fails when one does not get every
// event, in order.
func watch(arguments []string) (any, error) {
	var load watchLoad
	flags := flag.NewFlagSet("watch", flag.ExitOnError)
	flags.StringVar(&load.endpoint, "endpoint", "127.0.0.1:2379", "host:port of the server")
	flags.IntVar(&load.watchers, "watchers", 1000, "watchers, all of the same key")
	flags.IntVar(&load.streams, "streams", 10, "streams that they are on")
	flags.IntVar(&load.connections, "connections", 10, "connections that the streams are on")
	flags.BoolVar(&load.prefix, "prefix", false, "watch the prefix in place of the key")
	flags.BoolVar(&load.prevKV, "prev-kv", false, "ask for previous values")
	flags.IntVar(&load.puts, "puts", 1000, "how many puts there are; every watcher gets as many events")
	flags.IntVar(&load.clients, "clients", 10, "puts under way at a time, when -rate is 0")
	flags.IntVar(&load.rate, "rate", 0, "puts per second, each when its time has come; 0: as fast as they are answered")
	flags.IntVar(&load.ahead, "ahead", 100, "no put is made that would be so many ahead of what all watchers have got, when -rate is 0")
	flags.IntVar(&load.valueBytes, "value-bytes", 64, "length of a value, at least 8")
	flags.Parse(arguments)
	if load.watchers%load.streams != 0 || load.valueBytes < 8 {
		return nil, fmt.Errorf("-watchers must be a multiple of -streams, and -value-bytes at least 8")
	}
	return load.run()
}

func (l *watchLoad) run() (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), giveUpAfter)
	defer cancel()
	connections := make([]*grpc.ClientConn, l.connections)
	for i := range connections {
		connection, err := dialRaw(l.endpoint)
		if err != nil {
			return nil, err
		}
		defer connection.Close()
		connections[i] = connection
	}
	clients, err := newClients(l.endpoint, 4)
	if err != nil {
		return nil, err
	}
	defer closeAll(clients)

	receivers := make([]*watchReceiver, l.streams)
	for i := range receivers {
		receivers[i], err = l.openReceiver(ctx, connections[i%len(connections)])
		if err != nil {
			return nil, err
		}
	}

	l.started = time.Now()
	progress := &watchProgress{watchers: int64(l.watchers), tokens: make(chan struct{}, l.puts+l.ahead)}
	for range l.ahead {
		progress.tokens <- struct{}{}
	}
	failures := make(chan error, l.streams+1)
	var group sync.WaitGroup
	for _, receiver := range receivers {
		group.Go(func() {
			if err := receiver.receiveAll(l, progress); err != nil {
				failures <- err
			}
		})
	}
	var putSeconds float64
	group.Go(func() {
		var err error
		if l.rate > 0 {
			err = l.putAtRate(clients)
		} else {
			err = l.putAhead(clients, progress)
		}
		putSeconds = time.Since(l.started).Seconds()
		if err != nil {
			failures <- err
		}
	})
	finished := make(chan struct{})
	go func() { group.Wait(); close(finished) }()
	select {
	case err := <-failures:
		return nil, err
	case <-finished:
	}
	// A failure and the end may have come together.
	select {
	case err := <-failures:
		return nil, err
	default:
	}
	elapsed := time.Since(l.started)

	var taken []time.Duration
	for _, receiver := range receivers {
		taken = append(taken, receiver.taken...)
	}
	events := int64(len(taken))
	return watchResult{
		events, elapsed.Seconds(), float64(events) / elapsed.Seconds(), float64(l.puts) / putSeconds, summary(taken, elapsed),
	}, nil
}

func (l *watchLoad) openReceiver(ctx context.Context, connection *grpc.ClientConn) (*watchReceiver, error) {
	stream, err := openWatchStream(ctx, connection)
	if err != nil {
		return nil, err
	}
	request := &pb.WatchCreateRequest{Key: []byte(watchedKey), PrevKv: l.prevKV}
	if l.prefix {
		request.Key = []byte("watched/")
		request.RangeEnd = []byte(clientv3.GetPrefixRangeEnd("watched/"))
	}
	count := l.watchers / l.streams
	ids, err := stream.createAll(count, func(int) *pb.WatchCreateRequest { return request })
	if err != nil {
		return nil, err
	}
	receiver := &watchReceiver{stream: stream, seen: make(map[int64]*seenEvents, count)}
	for _, id := range ids {
		receiver.seen[id] = &seenEvents{}
	}
	return receiver, nil
}

func (l *watchLoad) put(client *clientv3.Client, due time.Time) error {
	value := make([]byte, l.valueBytes)
	binary.LittleEndian.PutUint64(value, uint64(due.Sub(l.started)))
	_, err := client.Put(context.Background(), watchedKey, string(value))
	return err
}

// putAhead puts as fast as answers come, as long as the watchers keep up.
func (l *watchLoad) putAhead(clients []*clientv3.Client, progress *watchProgress) error {
	var next atomic.Int64
	var group sync.WaitGroup
	failures := make(chan error, l.clients)
	for worker := range l.clients {
		client := clients[worker%len(clients)]
		group.Go(func() {
			for next.Add(1) <= int64(l.puts) {
				<-progress.tokens
				if err := l.put(client, time.Now()); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failures)
	return <-failures
}

// putAtRate puts when a put is due, whether or not earlier ones have been answered.
func (l *watchLoad) putAtRate(clients []*clientv3.Client) error {
	var group sync.WaitGroup
	failures := make(chan error, l.puts)
	interval := time.Second / time.Duration(l.rate)
	for number := range l.puts {
		due := l.started.Add(time.Duration(number) * interval)
		time.Sleep(time.Until(due))
		client := clients[number%len(clients)]
		group.Go(func() {
			if err := l.put(client, due); err != nil {
				failures <- err
			}
		})
	}
	group.Wait()
	close(failures)
	return <-failures
}

// watchProgress counts what all watchers have got, and gives a token for each put that on average all of them have seen.
type watchProgress struct {
	watchers int64
	events   atomic.Int64
	tokens   chan struct{}
}

func (p *watchProgress) add(events int) {
	after := p.events.Add(int64(events))
	for range after/p.watchers - (after-int64(events))/p.watchers {
		p.tokens <- struct{}{}
	}
}

type seenEvents struct {
	count        int
	lastRevision int64
}

type watchReceiver struct {
	stream *watchStream
	seen   map[int64]*seenEvents
	taken  []time.Duration
}

// receiveAll takes events until each watcher of the stream has got as many as there are puts.
func (r *watchReceiver) receiveAll(l *watchLoad, progress *watchProgress) error {
	missing := len(r.seen) * l.puts
	r.taken = make([]time.Duration, 0, missing)
	var response skimmed
	for missing > 0 {
		if err := r.stream.receive(&response); err != nil {
			return err
		}
		seen := r.seen[response.watchID]
		if response.canceled || seen == nil {
			return fmt.Errorf("watch %d was canceled or is not known", response.watchID)
		}
		arrived := time.Since(l.started)
		for _, event := range response.events {
			revision, value, err := eventOf(event)
			if err != nil {
				return err
			}
			if revision <= seen.lastRevision || len(value) < 8 {
				return fmt.Errorf("watch %d got revision %d after %d", response.watchID, revision, seen.lastRevision)
			}
			seen.lastRevision = revision
			seen.count++
			r.taken = append(r.taken, arrived-time.Duration(binary.LittleEndian.Uint64(value)))
		}
		missing -= len(response.events)
		progress.add(len(response.events))
	}
	for id, seen := range r.seen {
		if seen.count != l.puts {
			return fmt.Errorf("watch %d got %d events of %d", id, seen.count, l.puts)
		}
	}
	return nil
}
