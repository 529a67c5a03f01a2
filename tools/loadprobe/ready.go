package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

type readyResult struct {
	UnixNanoseconds int64 `json:"unixNanoseconds"`
}

const pollInterval = time.Millisecond

// ready polls from before the server listens, so that the answer's time is exact to about a millisecond.
func ready(arguments []string) (any, error) {
	flags := flag.NewFlagSet("ready", flag.ExitOnError)
	endpoint := flags.String("endpoint", "127.0.0.1:2379", "host:port of the server")
	what := flags.String("what", "health", "health: GET /health says true; read: a linearizable range answers")
	seconds := flags.Float64("seconds", 120, "give up after this time")
	flags.Parse(arguments)

	attempt := healthy
	if *what == "read" {
		attempt = readable
	} else if *what != "health" {
		return nil, fmt.Errorf("-what must be health or read, not %q", *what)
	}
	deadline := time.Now().Add(time.Duration(*seconds * float64(time.Second)))
	var last error
	for time.Now().Before(deadline) {
		connection, err := net.Dial("tcp", *endpoint)
		if err == nil {
			connection.Close()
			if err = attempt(*endpoint); err == nil {
				return readyResult{time.Now().UnixNano()}, nil
			}
		}
		last = err
		time.Sleep(pollInterval)
	}
	return nil, fmt.Errorf("no answer from %q: %w", *endpoint, last)
}

func healthy(endpoint string) error {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + endpoint + "/health")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("health: %s", response.Status)
	}
	return nil
}

func readable(endpoint string) error {
	clients, err := newClients(endpoint, 1)
	if err != nil {
		return err
	}
	defer closeAll(clients)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err = clients[0].Get(ctx, "k")
	return err
}
