package main

import (
	"context"
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// watchStream is a Watch call whose responses are only skimmed.
type watchStream struct {
	call grpc.ClientStream
}

func openWatchStream(ctx context.Context, connection *grpc.ClientConn) (*watchStream, error) {
	description := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	call, err := connection.NewStream(ctx, description, "/etcdserverpb.Watch/Watch")
	return &watchStream{call}, err
}

func (w *watchStream) create(request *pb.WatchCreateRequest) error {
	message := &pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: request}}
	encoded, err := proto.Marshal(message)
	if err != nil {
		return err
	}
	return w.call.SendMsg(encoded)
}

// skimmed is what is wanted of a WatchResponse: events are encoded mvccpb.Event messages.
type skimmed struct {
	watchID           int64
	created, canceled bool
	events            [][]byte
}

// receive waits for a response; its events are good until the next one.
func (w *watchStream) receive(into *skimmed) error {
	var message []byte
	if err := w.call.RecvMsg(&message); err != nil {
		return err
	}
	*into = skimmed{events: into.events[:0]}
	return eachField(message, func(number protowire.Number, bytes []byte, value uint64) {
		switch number {
		case 2:
			into.watchID = int64(value)
		case 3:
			into.created = value != 0
		case 4:
			into.canceled = value != 0
		case 11:
			into.events = append(into.events, bytes)
		}
	})
}

// createAll asks for count watches and waits until all have been created; returns their ids.
func (w *watchStream) createAll(count int, request func(number int) *pb.WatchCreateRequest) ([]int64, error) {
	sent := make(chan error, 1)
	go func() {
		for number := range count {
			if err := w.create(request(number)); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	ids := make([]int64, 0, count)
	var response skimmed
	for len(ids) < count {
		if err := w.receive(&response); err != nil {
			return nil, err
		}
		if !response.created || response.canceled {
			return nil, fmt.Errorf("a watch was answered with created %t, canceled %t", response.created, response.canceled)
		}
		ids = append(ids, response.watchID)
	}
	return ids, <-sent
}

// eventOf returns the mod_revision and the value of an encoded event.
func eventOf(event []byte) (modRevision int64, value []byte, err error) {
	err = eachField(event, func(number protowire.Number, keyValue []byte, _ uint64) {
		if number != 2 {
			return
		}
		inner := eachField(keyValue, func(number protowire.Number, bytes []byte, varint uint64) {
			switch number {
			case 3:
				modRevision = int64(varint)
			case 5:
				value = bytes
			}
		})
		if inner != nil {
			modRevision = 0
		}
	})
	if err == nil && modRevision == 0 {
		err = fmt.Errorf("an event without a mod_revision")
	}
	return modRevision, value, err
}

// eachField calls visit with each field of a message: bytes for those with a length, value for numbers.
func eachField(message []byte, visit func(number protowire.Number, bytes []byte, value uint64)) error {
	for len(message) > 0 {
		number, kind, length := protowire.ConsumeTag(message)
		if length < 0 {
			return protowire.ParseError(length)
		}
		message = message[length:]
		var bytes []byte
		var value uint64
		switch kind {
		case protowire.VarintType:
			value, length = protowire.ConsumeVarint(message)
		case protowire.BytesType:
			bytes, length = protowire.ConsumeBytes(message)
		default:
			return fmt.Errorf("field %d has wire type %d", number, kind)
		}
		if length < 0 {
			return protowire.ParseError(length)
		}
		message = message[length:]
		visit(number, bytes, value)
	}
	return nil
}
