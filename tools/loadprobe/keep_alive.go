package main

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

type keepAliveResult struct {
	Requests          int       `json:"requests"`
	RequestsPerSecond float64   `json:"requestsPerSecond"`
	Latency           latencies `json:"latency"`
}

// keepAlive renews leases as clients do, each on a stream that stays open, one request after the other.
func keepAlive(arguments []string) (any, error) {
	flags := flag.NewFlagSet("keepalive", flag.ExitOnError)
	endpoint := flags.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	connections := flags.Int("connections", 10, "connections")
	clients := flags.Int("clients", 100, "streams, each with a lease of its own")
	seconds := flags.Float64("seconds", 5, "no request is begun after this time")
	flags.Parse(arguments)

	granting, err := newClients(*endpoint, 1)
	if err != nil {
		return nil, err
	}
	defer closeAll(granting)
	dialed := make([]*grpc.ClientConn, *connections)
	for i := range dialed {
		if dialed[i], err = dialRaw(*endpoint); err != nil {
			return nil, err
		}
		defer dialed[i].Close()
	}
	renewals := make([]*renewal, *clients)
	for i := range renewals {
		if renewals[i], err = openRenewal(granting[0], dialed[i%len(dialed)]); err != nil {
			return nil, err
		}
	}

	started := time.Now()
	deadline := started.Add(time.Duration(*seconds * float64(time.Second)))
	failures := make(chan error, *clients)
	var group sync.WaitGroup
	for _, each := range renewals {
		group.Go(func() {
			for time.Now().Before(deadline) {
				if err := each.renew(); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	group.Wait()
	elapsed := time.Since(started)
	close(failures)
	if err := <-failures; err != nil {
		return nil, err
	}
	var taken []time.Duration
	for _, each := range renewals {
		taken = append(taken, each.taken...)
	}
	return keepAliveResult{len(taken), float64(len(taken)) / elapsed.Seconds(), summary(taken, elapsed)}, nil
}

type renewal struct {
	call    grpc.ClientStream
	request []byte
	// Every answer is as long as the first: that of a lease that is gone has no TTL.
	answerBytes int
	taken       []time.Duration
}

func openRenewal(client *clientv3.Client, connection *grpc.ClientConn) (*renewal, error) {
	lease, err := client.Grant(context.Background(), 100)
	if err != nil {
		return nil, err
	}
	request, err := proto.Marshal(&pb.LeaseKeepAliveRequest{ID: int64(lease.ID)})
	if err != nil {
		return nil, err
	}
	description := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	call, err := connection.NewStream(context.Background(), description, "/etcdserverpb.Lease/LeaseKeepAlive")
	if err != nil {
		return nil, err
	}
	if err := call.SendMsg(request); err != nil {
		return nil, err
	}
	var answer []byte
	if err := call.RecvMsg(&answer); err != nil {
		return nil, err
	}
	var response pb.LeaseKeepAliveResponse
	if err := proto.Unmarshal(answer, &response); err != nil {
		return nil, err
	}
	if response.TTL != 100 {
		return nil, fmt.Errorf("a lease of 100 s was renewed for %d s", response.TTL)
	}
	return &renewal{call: call, request: request, answerBytes: len(answer)}, nil
}

func (r *renewal) renew() error {
	started := time.Now()
	if err := r.call.SendMsg(r.request); err != nil {
		return err
	}
	length := 0
	if err := r.call.RecvMsg(&length); err != nil {
		return err
	}
	if length != r.answerBytes {
		return fmt.Errorf("a renewal was answered with %d bytes after %d", length, r.answerBytes)
	}
	r.taken = append(r.taken, time.Since(started))
	return nil
}
