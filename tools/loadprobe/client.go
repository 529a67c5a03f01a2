package main

import (
	"fmt"
	"math"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
)

// newClients opens one connection per client, none of which logs.
func newClients(endpoint string, count int) ([]*clientv3.Client, error) {
	clients := make([]*clientv3.Client, count)
	for i := range clients {
		client, err := clientv3.New(clientv3.Config{
			Endpoints:          []string{endpoint},
			Logger:             zap.NewNop(),
			MaxCallSendMsgSize: math.MaxInt32,
			MaxCallRecvMsgSize: math.MaxInt32,
		})
		if err != nil {
			return nil, fmt.Errorf("cannot connect to %q: %w", endpoint, err)
		}
		clients[i] = client
	}
	return clients, nil
}

func closeAll(clients []*clientv3.Client) {
	for _, client := range clients {
		client.Close()
	}
}

// rawCodec hands encoded messages through: a request is a []byte; a response is a *int that is increased by the
// message's length, a *[]byte that becomes the message, or a func([]byte) error that reads the message, which is good
// during the call only. The client then costs next to nothing beside the server that it measures.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(message any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(message.([]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, message any) error {
	switch into := message.(type) {
	case func([]byte) error:
		whole := data.MaterializeToBuffer(mem.DefaultBufferPool())
		defer whole.Free()
		return into(whole.ReadOnlyData())
	case *[]byte:
		*into = data.Materialize()
	case *int:
		*into += data.Len()
	default:
		return fmt.Errorf("a response cannot become a %T", message)
	}
	return nil
}

func dialRaw(endpoint string, more ...grpc.DialOption) (*grpc.ClientConn, error) {
	options := append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(rawCodec{}), grpc.MaxCallRecvMsgSize(math.MaxInt32)),
	}, more...)
	return grpc.NewClient(endpoint, options...)
}
