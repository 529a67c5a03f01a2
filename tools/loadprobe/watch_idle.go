package main

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
)

type watchIdleResult struct {
	Watchers int     `json:"watchers"`
	Seconds  float64 `json:"seconds"`
}

// watchIdle holds watchers of keys that nobody changes, each of another key, for as long as -steps says. Then it changes
// some of the keys, and fails when a watcher does not see it.
func watchIdle(arguments []string) (any, error) {
	flags := flag.NewFlagSet("watchidle", flag.ExitOnError)
	endpoint := flags.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	streams := flags.Int("streams", 100, "streams")
	perStream := flags.Int("per-stream", 1000, "watchers on each")
	connections := flags.Int("connections", 10, "connections that the streams are on")
	wait := flags.Bool("steps", false, "say when all watchers are there, and wait for a line on the input")
	flags.Parse(arguments)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dialed := make([]*grpc.ClientConn, *connections)
	for i := range dialed {
		connection, err := dialRaw(*endpoint)
		if err != nil {
			return nil, err
		}
		defer connection.Close()
		dialed[i] = connection
	}

	started := time.Now()
	opened := make([]*watchStream, *streams)
	ids := make([][]int64, *streams)
	failures := make(chan error, *streams)
	var group sync.WaitGroup
	for i := range opened {
		group.Go(func() {
			var err error
			if opened[i], err = openWatchStream(ctx, dialed[i%len(dialed)]); err == nil {
				ids[i], err = opened[i].createAll(*perStream, func(number int) *pb.WatchCreateRequest {
					return &pb.WatchCreateRequest{Key: []byte(idleKey(i, number))}
				})
			}
			if err != nil {
				failures <- err
			}
		})
	}
	group.Wait()
	close(failures)
	if err := <-failures; err != nil {
		return nil, err
	}
	result := watchIdleResult{*streams * *perStream, time.Since(started).Seconds()}
	if err := newSteps(*wait).done(result); err != nil {
		return nil, err
	}
	giveUp := time.AfterFunc(giveUpAfter, cancel)
	defer giveUp.Stop()
	return result, wake(*endpoint, opened, ids)
}

func idleKey(stream, number int) string {
	return fmt.Sprintf("idle/%04d/%05d", stream, number)
}

// wake puts one key of each stream, and waits until the one watcher that it is for has seen it.
func wake(endpoint string, opened []*watchStream, ids [][]int64) error {
	clients, err := newClients(endpoint, 1)
	if err != nil {
		return err
	}
	defer closeAll(clients)
	for i, stream := range opened {
		number := i * 7 % len(ids[i])
		if _, err := clients[0].Put(context.Background(), idleKey(i, number), "x"); err != nil {
			return err
		}
		var response skimmed
		if err := stream.receive(&response); err != nil {
			return err
		}
		// A stream's watches are created in the order of their requests.
		if response.watchID != ids[i][number] || len(response.events) != 1 {
			return fmt.Errorf("stream %d: %d events for watch %d, where one was due for %d", i, len(response.events), response.watchID, ids[i][number])
		}
	}
	return nil
}
