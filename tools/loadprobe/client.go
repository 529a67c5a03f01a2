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
// message's length, or a *[]byte that becomes the message. The client then costs next to nothing beside the server that
// it measures.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(message any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(message.([]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, message any) error {
	if whole, ok := message.(*[]byte); ok {
		*whole = data.Materialize()
		return nil
	}
	*message.(*int) += data.Len()
	return nil
}

func dialRaw(endpoint string) (*grpc.ClientConn, error) {
	return grpc.NewClient(
		endpoint,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(rawCodec{}), grpc.MaxCallRecvMsgSize(math.MaxInt32)),
	)
}
