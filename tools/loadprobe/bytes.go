package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

type bytesResult struct {
	Requests      int     `json:"requests"`
	Keys          int64   `json:"keys"`
	Bytes         int64   `json:"bytes"`
	Seconds       float64 `json:"seconds"`
	LargestBytes  int64   `json:"largestMessageBytes"`
	MessagesCount int64   `json:"messages"`
}

// countBytes ranges all keys that fill has written, with Range or with RangeStream, from several connections at a time.
func countBytes(arguments []string) (any, error) {
	flags := flag.NewFlagSet("bytes", flag.ExitOnError)
	endpoint := flags.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	stream := flags.Bool("stream", false, "RangeStream in place of Range")
	limit := flags.Int64("limit", 0, "keys per request (0: all)")
	keys := flags.Int64("keys", 0, "how many keys a request must find; anything else is an error")
	connections := flags.Int("connections", 1, "connections, each with one request at a time")
	seconds := flags.Float64("seconds", 5, "no request is begun after this time; at least one per connection is made")
	flags.Parse(arguments)

	request := &pb.RangeRequest{Key: []byte(firstKey), RangeEnd: []byte(endKey), Limit: *limit}
	if err := checkCount(*endpoint, request, *keys); err != nil {
		return nil, err
	}
	encoded, err := proto.Marshal(request)
	if err != nil {
		return nil, err
	}

	var requests, total, messages, largest atomic.Int64
	var group sync.WaitGroup
	failures := make(chan error, *connections)
	started := time.Now()
	deadline := started.Add(time.Duration(*seconds * float64(time.Second)))
	for range *connections {
		group.Go(func() {
			connection, err := dialRaw(*endpoint)
			if err != nil {
				failures <- err
				return
			}
			defer connection.Close()
			for first := true; first || time.Now().Before(deadline); first = false {
				each := func(length int) {
					total.Add(int64(length))
					messages.Add(1)
					raise(&largest, int64(length))
				}
				if err := rangeRaw(connection, *stream, encoded, each); err != nil {
					failures <- err
					return
				}
				requests.Add(1)
			}
		})
	}
	group.Wait()
	select {
	case err := <-failures:
		return nil, err
	default:
	}
	return bytesResult{
		Requests: int(requests.Load()), Keys: *keys * requests.Load(), Bytes: total.Load(),
		Seconds: time.Since(started).Seconds(), LargestBytes: largest.Load(), MessagesCount: messages.Load(),
	}, nil
}

// checkCount makes sure that what is measured is what was meant: as many keys as expected.
func checkCount(endpoint string, request *pb.RangeRequest, want int64) error {
	clients, err := newClients(endpoint, 1)
	if err != nil {
		return err
	}
	defer closeAll(clients)
	counting := &pb.RangeRequest{Key: request.Key, RangeEnd: request.RangeEnd, CountOnly: true}
	response, err := pb.NewKVClient(clients[0].ActiveConnection()).Range(context.Background(), counting)
	if err != nil {
		return err
	}
	found := response.Count
	if request.Limit > 0 {
		found = min(found, request.Limit)
	}
	if found != want {
		return fmt.Errorf("%d keys in range, expected %d", found, want)
	}
	return nil
}

func rangeRaw(connection *grpc.ClientConn, stream bool, encoded []byte, each func(length int)) error {
	ctx := context.Background()
	if !stream {
		length := 0
		if err := connection.Invoke(ctx, "/etcdserverpb.KV/Range", encoded, &length); err != nil {
			return err
		}
		each(length)
		return nil
	}
	call, err := connection.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/etcdserverpb.KV/RangeStream")
	if err != nil {
		return err
	}
	if err := call.SendMsg(encoded); err != nil {
		return err
	}
	if err := call.CloseSend(); err != nil {
		return err
	}
	for {
		length := 0
		if err := call.RecvMsg(&length); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		each(length)
	}
}
