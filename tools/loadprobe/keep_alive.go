package main

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/protobuf/proto"
)

// What the measured leases are granted.
const keepAliveTTL = 100

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

	renewers := make([]*renewer, *connections)
	for i := range renewers {
		connection, err := dialRawConnection(*endpoint, "/etcdserverpb.Lease/LeaseKeepAlive")
		if err != nil {
			return nil, err
		}
		defer connection.close()
		renewers[i] = &renewer{connection: connection, renewals: map[*rawStream]*renewal{}}
	}
	if err := openRenewals(*endpoint, renewers, *clients); err != nil {
		return nil, err
	}

	started := time.Now()
	deadline := started.Add(time.Duration(*seconds * float64(time.Second)))
	failures := make(chan error, *connections)
	var group sync.WaitGroup
	for _, each := range renewers {
		group.Go(func() {
			if err := each.renew(deadline); err != nil {
				failures <- err
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
	for _, each := range renewers {
		taken = append(taken, each.taken...)
	}
	return keepAliveResult{len(taken), float64(len(taken)) / elapsed.Seconds(), summary(taken, elapsed)}, nil
}

// openRenewals grants as many leases, and renews each once on a stream of its own.
func openRenewals(endpoint string, renewers []*renewer, count int) error {
	granting, err := newClients(endpoint, 1)
	if err != nil {
		return err
	}
	defer closeAll(granting)
	for i := range count {
		lease, err := granting[0].Grant(context.Background(), keepAliveTTL)
		if err != nil {
			return err
		}
		request, err := proto.Marshal(&pb.LeaseKeepAliveRequest{ID: int64(lease.ID)})
		if err != nil {
			return err
		}
		if err := renewers[i%len(renewers)].open(request); err != nil {
			return err
		}
	}
	return nil
}

// renewer renews the leases of one connection.
type renewer struct {
	connection *rawConnection
	renewals   map[*rawStream]*renewal
	taken      []time.Duration
}

type renewal struct {
	request []byte
	// Every answer is as long as the first: that of a lease that is gone has no TTL.
	answerBytes int
	sent        time.Time
}

func (r *renewer) open(request []byte) error {
	stream, err := r.connection.open(request)
	if err != nil {
		return err
	}
	return r.connection.serve(func(_ *rawStream, message []byte) (bool, error) {
		var response pb.LeaseKeepAliveResponse
		if err := proto.Unmarshal(message, &response); err != nil {
			return false, err
		}
		if response.TTL != keepAliveTTL {
			return false, fmt.Errorf("a lease of %d s was renewed for %d s", keepAliveTTL, response.TTL)
		}
		r.renewals[stream] = &renewal{request: request, answerBytes: len(message)}
		return false, nil
	})
}

func (r *renewer) renew(deadline time.Time) error {
	underWay := 0
	for stream, each := range r.renewals {
		each.sent = time.Now()
		if err := r.connection.send(stream, each.request); err != nil {
			return err
		}
		underWay++
	}
	return r.connection.serve(func(stream *rawStream, message []byte) (bool, error) {
		each := r.renewals[stream]
		if len(message) != each.answerBytes {
			return false, fmt.Errorf("a renewal was answered with %d bytes after %d", len(message), each.answerBytes)
		}
		now := time.Now()
		r.taken = append(r.taken, now.Sub(each.sent))
		if now.After(deadline) {
			underWay--
			return underWay > 0, nil
		}
		each.sent = now
		return true, r.connection.send(stream, each.request)
	})
}
