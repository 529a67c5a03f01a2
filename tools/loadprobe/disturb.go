package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/protobuf/proto"
)

type latencies struct {
	Samples int     `json:"samples"`
	Seconds float64 `json:"seconds"`
	P50Ms   float64 `json:"p50Ms"`
	P99Ms   float64 `json:"p99Ms"`
	P999Ms  float64 `json:"p999Ms"`
	MaxMs   float64 `json:"maxMs"`
}

type disturbResult struct {
	Alone  latencies `json:"alone"`
	Beside latencies `json:"beside"`
	// How often the disturbance ran to its end.
	Times int `json:"times"`
}

// disturb measures small puts at a fixed rate, each sent when its time has come whether or not earlier ones have been
// answered: first alone, then for as long as the disturbance lasts.
func disturb(arguments []string) (any, error) {
	flags := flag.NewFlagSet("disturb", flag.ExitOnError)
	endpoint := flags.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	by := flags.String("by", "", "compact: everything so far, physically; defragment: after half of the keys were deleted, and compacted; range: all keys, unary; stream: all keys, RangeStream; expiry: of leases")
	keys := flags.Int("keys", 1_000_000, "keys that fill has written, for defragment")
	leases := flags.Int("leases", 100_000, "leases that expire, each with a key")
	rate := flags.Int("rate", 500, "puts per second")
	valueBytes := flags.Int("value-bytes", 64, "length of a value")
	alone := flags.Float64("alone-seconds", 5, "how long to measure without disturbance")
	beside := flags.Float64("beside-seconds", 5, "repeat range and stream until this time has passed")
	flags.Parse(arguments)

	clients, err := newClients(*endpoint, 4)
	if err != nil {
		return nil, err
	}
	defer closeAll(clients)
	something, err := prepareDisturbance(*by, *endpoint, clients, *keys, *leases)
	if err != nil {
		return nil, err
	}

	puts := &putter{clients: clients, value: string(make([]byte, *valueBytes)), interval: time.Second / time.Duration(*rate)}
	if _, err := puts.during(func() error { time.Sleep(time.Second); return nil }); err != nil {
		return nil, err
	}
	var result disturbResult
	result.Alone, err = puts.during(func() error {
		time.Sleep(time.Duration(*alone * float64(time.Second)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if something.until != nil {
		something.until()
	}
	result.Beside, err = puts.during(func() error {
		started := time.Now()
		for {
			if err := something.step(); err != nil {
				return err
			}
			result.Times++
			if !something.repeats || time.Since(started).Seconds() >= *beside {
				return nil
			}
		}
	})
	return result, err
}

// disturbance is what is done beside the puts.
type disturbance struct {
	// Waits until it is about to begin, where the server decides when; nil where step does.
	until   func()
	step    func() error
	repeats bool
}

// prepareDisturbance does what must have been done before.
func prepareDisturbance(by, endpoint string, clients []*clientv3.Client, keys, leases int) (*disturbance, error) {
	ctx, client := context.Background(), clients[0]
	switch by {
	case "compact":
		return &disturbance{step: func() error { return compactAll(ctx, client) }}, nil
	case "defragment":
		if err := deleteHalf(ctx, client, keys); err != nil {
			return nil, err
		}
		if err := compactAll(ctx, client); err != nil {
			return nil, err
		}
		return &disturbance{step: func() error {
			_, err := client.Defragment(ctx, endpoint)
			return err
		}}, nil
	case "expiry":
		return prepareExpiry(clients, leases)
	case "range", "stream":
		connection, err := dialRaw(endpoint)
		if err != nil {
			return nil, err
		}
		encoded, err := proto.Marshal(&pb.RangeRequest{Key: []byte(firstKey), RangeEnd: []byte(endKey)})
		if err != nil {
			return nil, err
		}
		step := func() error { return rangeRaw(connection, by == "stream", encoded, func(int) {}) }
		return &disturbance{step: step, repeats: true}, nil
	default:
		return nil, fmt.Errorf("-by must be compact, defragment, range, stream or expiry, not %q", by)
	}
}

// deleteHalf deletes the first 500 of every 1000 keys that fill has written.
func deleteHalf(ctx context.Context, client *clientv3.Client, keys int) error {
	for first := 0; first < keys; first += 1000 {
		from, end := keyName(first, defaultKeyBytes), keyName(first+500, defaultKeyBytes)
		if _, err := client.Delete(ctx, from, clientv3.WithRange(end)); err != nil {
			return err
		}
	}
	return nil
}

func compactAll(ctx context.Context, client *clientv3.Client) error {
	response, err := client.Get(ctx, firstKey, clientv3.WithCountOnly())
	if err != nil {
		return err
	}
	_, err = client.Compact(ctx, response.Header.Revision, clientv3.WithCompactPhysical())
	return err
}

type putter struct {
	clients  []*clientv3.Client
	value    string
	interval time.Duration
}

// during puts at the fixed rate until work has returned, and waits for the last answers.
func (p *putter) during(work func() error) (latencies, error) {
	var mutex sync.Mutex
	var taken []time.Duration
	var failure error
	var group sync.WaitGroup
	worked := make(chan error, 1)
	started := time.Now()
	go func() { worked <- work() }()
	ticker := time.NewTicker(p.interval)
	defer ticker.Stop()
	for number := 0; ; number++ {
		select {
		case err := <-worked:
			elapsed := time.Since(started)
			group.Wait()
			if err == nil {
				err = failure
			}
			return summary(taken, elapsed), err
		case <-ticker.C:
			client, key := p.clients[number%len(p.clients)], fmt.Sprintf("probe%03d", number%1000)
			group.Go(func() {
				sent := time.Now()
				_, err := client.Put(context.Background(), key, p.value)
				took := time.Since(sent)
				mutex.Lock()
				defer mutex.Unlock()
				taken = append(taken, took)
				if err != nil {
					failure = err
				}
			})
		}
	}
}

func summary(taken []time.Duration, elapsed time.Duration) latencies {
	if len(taken) == 0 {
		return latencies{Seconds: elapsed.Seconds()}
	}
	slices.Sort(taken)
	at := func(quantile float64) float64 {
		return float64(taken[min(len(taken)-1, int(quantile*float64(len(taken))))]) / float64(time.Millisecond)
	}
	return latencies{len(taken), elapsed.Seconds(), at(0.5), at(0.99), at(0.999), at(1)}
}
