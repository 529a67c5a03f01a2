package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

type fillResult struct {
	Writes   int     `json:"writes"`
	Seconds  float64 `json:"seconds"`
	Revision int64   `json:"revision"`
}

// fill writes keys "k" + zero-padded number, with values that do not compress, in transactions or as plain puts.
func fill(arguments []string) (any, error) {
	flags := flag.NewFlagSet("fill", flag.ExitOnError)
	endpoint := flags.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	writes := flags.Int("writes", 1_000_000, "how many keys are written in all")
	keys := flags.Int("keys", 0, "how many different keys there are (0: as many as writes)")
	keyBytes := flags.Int("key-bytes", defaultKeyBytes, "length of a key")
	valueBytes := flags.Int("value-bytes", 256, "length of a value")
	perTxn := flags.Int("per-txn", 1, "keys per transaction; 1 is a plain put")
	connections := flags.Int("connections", 4, "gRPC connections")
	concurrency := flags.Int("concurrency", 200, "requests under way at a time")
	flags.Parse(arguments)
	if *keys == 0 {
		*keys = *writes
	}
	if *keys%*perTxn != 0 || *writes%*perTxn != 0 {
		return nil, fmt.Errorf("-writes and -keys must be multiples of -per-txn")
	}

	clients, err := newClients(*endpoint, *connections)
	if err != nil {
		return nil, err
	}
	defer closeAll(clients)

	var next, revision atomic.Int64
	var group sync.WaitGroup
	failures := make(chan error, *concurrency)
	started := time.Now()
	for worker := range *concurrency {
		client := clients[worker%len(clients)]
		group.Go(func() {
			random := rand.NewChaCha8([32]byte{byte(worker), byte(worker >> 8)})
			for {
				end := int(next.Add(int64(*perTxn)))
				if end > *writes {
					return
				}
				at, err := write(client, end-*perTxn, *perTxn, *keys, *keyBytes, *valueBytes, random)
				if err != nil {
					failures <- err
					return
				}
				raise(&revision, at)
			}
		})
	}
	group.Wait()
	select {
	case err := <-failures:
		return nil, err
	default:
	}
	return fillResult{*writes, time.Since(started).Seconds(), revision.Load()}, nil
}

// write puts the keys numbered from first on, in one request, and returns the revision at which they stand.
func write(client *clientv3.Client, first, count, keys, keyBytes, valueBytes int, random *rand.ChaCha8) (int64, error) {
	ops := make([]clientv3.Op, count)
	for i := range ops {
		value := bytes.Repeat([]byte{0}, valueBytes)
		random.Read(value)
		ops[i] = clientv3.OpPut(keyName((first+i)%keys, keyBytes), string(value))
	}
	if count == 1 {
		response, err := client.Do(context.Background(), ops[0])
		if err != nil {
			return 0, err
		}
		return response.Put().Header.Revision, nil
	}
	response, err := client.Txn(context.Background()).Then(ops...).Commit()
	if err != nil {
		return 0, err
	}
	return response.Header.Revision, nil
}

// The range in which the keys of fill are, and nobody else's.
const firstKey, endKey = "k", "l"

const defaultKeyBytes = 32

func keyName(number, keyBytes int) string {
	return fmt.Sprintf("%s%0*d", firstKey, keyBytes-len(firstKey), number)
}

func raise(highest *atomic.Int64, value int64) {
	for {
		seen := highest.Load()
		if value <= seen || highest.CompareAndSwap(seen, value) {
			return
		}
	}
}
