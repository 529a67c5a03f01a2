package main

import (
	"context"
	"fmt"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
)

// What the workers ask many thousand times a second is put into wire form and read from it by hand: of an answer that
// which is checked, without the values. With etcd's Go client the load took more of the processors than the server.

const (
	rangeMethod = "/etcdserverpb.KV/Range"
	txnMethod   = "/etcdserverpb.KV/Txn"
	// etcdserverpb.Compare: target MOD.
	compareTargetMod = 2
)

// dialResource opens a connection as one to a server at hand: large windows from the start, and large reads.
func dialResource(endpoint string) (*grpc.ClientConn, error) {
	return dialRaw(endpoint, grpc.WithDisableRetry(), grpc.WithReadBufferSize(256<<10), grpc.WithSharedWriteBuffer(true),
		grpc.WithInitialWindowSize(4<<20), grpc.WithInitialConnWindowSize(16<<20))
}

func appendText(message []byte, number protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(message, number, protowire.BytesType), text)
}

func appendBytes(message []byte, number protowire.Number, bytes []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(message, number, protowire.BytesType), bytes)
}

func appendNumber(message []byte, number protowire.Number, value int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(message, number, protowire.VarintType), uint64(value))
}

func appendHead(message []byte, number protowire.Number, length int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(message, number, protowire.BytesType), uint64(length))
}

func textBytes(length int) int { return 1 + protowire.SizeBytes(length) }

// appendUnchangedSince adds to a TxnRequest that the key's mod_revision must be the one given.
func appendUnchangedSince(message []byte, key string, revision int64) []byte {
	message = appendHead(message, 1, 2+textBytes(len(key))+1+protowire.SizeVarint(uint64(revision)))
	message = appendNumber(message, 2, compareTargetMod)
	message = appendText(message, 3, key)
	return appendNumber(message, 6, revision)
}

// appendPut adds to a TxnRequest a put for when its compares are met.
func appendPut(message []byte, key string, value []byte, lease int64) []byte {
	length := textBytes(len(key)) + textBytes(len(value))
	if lease != 0 {
		length += 1 + protowire.SizeVarint(uint64(lease))
	}
	message = appendHead(message, 2, textBytes(length))
	message = appendHead(message, 2, length)
	message = appendText(message, 1, key)
	message = appendBytes(message, 2, value)
	if lease != 0 {
		message = appendNumber(message, 3, lease)
	}
	return message
}

// appendDelete adds to a TxnRequest a deletion for when its compares are met.
func appendDelete(message []byte, key string) []byte {
	message = appendHead(message, 2, textBytes(textBytes(len(key))))
	return appendText(appendHead(message, 3, textBytes(len(key))), 1, key)
}

// appendElseGet adds to a TxnRequest a range of the key for when its compares are not met.
func appendElseGet(message []byte, key string) []byte {
	message = appendHead(message, 3, textBytes(textBytes(len(key))))
	return appendText(appendHead(message, 1, textBytes(len(key))), 1, key)
}

type rangeAsked struct {
	key, end        string
	limit, revision int64
	countOnly       bool
}

func appendRange(message []byte, asked rangeAsked) []byte {
	message = appendText(message, 1, asked.key)
	if asked.end != "" {
		message = appendText(message, 2, asked.end)
	}
	if asked.limit != 0 {
		message = appendNumber(message, 3, asked.limit)
	}
	if asked.revision != 0 {
		message = appendNumber(message, 4, asked.revision)
	}
	if asked.countOnly {
		message = appendNumber(message, 9, 1)
	}
	return message
}

// keyValue is what is looked at of an mvccpb.KeyValue; the key is good as long as the message.
type keyValue struct {
	key                         []byte
	createRevision, modRevision int64
	valueBytes                  int
}

func (k *keyValue) read(message []byte) error {
	*k = keyValue{}
	return eachField(message, func(number protowire.Number, bytes []byte, value uint64) {
		switch number {
		case 1:
			k.key = bytes
		case 2:
			k.createRevision = int64(value)
		case 3:
			k.modRevision = int64(value)
		case 5:
			k.valueBytes = len(bytes)
		}
	})
}

// rangeAnswer is what is looked at of a RangeResponse: of its keys how many there are, and the last one, a copy of
// which is kept when there are more.
type rangeAnswer struct {
	revision, count, found int64
	more                   bool
	last                   keyValue
	lastKey                string
}

func (a *rangeAnswer) read(message []byte) error {
	*a = rangeAnswer{}
	var last []byte
	err := eachField(message, func(number protowire.Number, bytes []byte, value uint64) {
		switch number {
		case 1:
			a.revision = headerRevision(bytes)
		case 2:
			a.found++
			last = bytes
		case 3:
			a.more = value != 0
		case 4:
			a.count = int64(value)
		}
	})
	if err == nil && last != nil {
		err = a.last.read(last)
	}
	if a.more {
		a.lastKey = string(a.last.key)
	}
	a.last.key = nil
	return err
}

// txnAnswer is what is looked at of a TxnResponse whose branches have one operation at most.
type txnAnswer struct {
	revision  int64
	succeeded bool
	deleted   int64
	got       rangeAnswer
}

func (a *txnAnswer) read(message []byte) error {
	*a = txnAnswer{}
	var inner error
	err := eachField(message, func(number protowire.Number, bytes []byte, value uint64) {
		switch number {
		case 1:
			a.revision = headerRevision(bytes)
		case 2:
			a.succeeded = value != 0
		case 3:
			inner = a.readOperation(bytes)
		}
	})
	if err == nil {
		err = inner
	}
	return err
}

func (a *txnAnswer) readOperation(message []byte) error {
	var inner error
	err := eachField(message, func(number protowire.Number, bytes []byte, _ uint64) {
		switch number {
		case 1:
			inner = a.got.read(bytes)
		case 3:
			inner = eachField(bytes, func(number protowire.Number, _ []byte, value uint64) {
				if number == 2 {
					a.deleted = int64(value)
				}
			})
		}
	})
	if err == nil {
		err = inner
	}
	return err
}

// headerRevision returns the revision in a ResponseHeader, 0 if there is none.
func headerRevision(header []byte) (revision int64) {
	err := eachField(header, func(number protowire.Number, _ []byte, value uint64) {
		if number == 3 {
			revision = int64(value)
		}
	})
	if err != nil {
		return 0
	}
	return revision
}

// ask makes a unary call; read is given the answer, which is good during the call.
func ask(ctx context.Context, connection *grpc.ClientConn, method string, request []byte, read func([]byte) error) error {
	if err := connection.Invoke(ctx, method, request, read); err != nil {
		return fmt.Errorf("%s: %w", method, rpctypes.Error(err))
	}
	return nil
}
