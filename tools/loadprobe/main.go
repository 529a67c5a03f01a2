// Loadprobe asks an etcd server for the things that etcd's own benchmark tool does not measure: how fast it fills, how
// many bytes per second its ranges deliver, when a starting server gives its first answer, how long small puts take
// while the server is busy with something large, how many events per second many watchers get and how late, what idle
// watchers occupy, and how it bears what kube-apiserver asks. It prints one JSON object per run; with -steps one more
// for each step, and waits for a line on its input before it goes on.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
)

type command struct {
	name, purpose string
	run           func(arguments []string) (any, error)
}

var commands = []command{
	{"fill", "write many keys or many revisions of few keys, as fast as the server takes them", fill},
	{"bytes", "range what fill wrote again and again without decoding, and count bytes", countBytes},
	{"ready", "wait for a starting server's first answer, and say when it came", ready},
	{"disturb", "small puts at a fixed rate, first alone, then beside something large", disturb},
	{"keepalive", "renew leases on streams that stay open", keepAlive},
	{"watch", "puts to keys that many watch: events per second, and how long after its put each one comes", watch},
	{"watchidle", "hold many watchers that see nothing, until the input ends", watchIdle},
	{"kubernetes", "what kube-apiserver's storage asks, in fixed proportions; checks every answer and every event", kubernetes},
}

// Garbage is collected later than usual, so that the load takes less of the processors that it shares with the server.
const gcPercent = 400

func main() {
	debug.SetGCPercent(gcPercent)
	if len(os.Args) > 1 {
		for _, c := range commands {
			if c.name == os.Args[1] {
				finish(c.run(os.Args[2:]))
				return
			}
		}
	}
	fmt.Fprintln(os.Stderr, "usage: loadprobe COMMAND [flags]; COMMAND -h lists its flags")
	for _, c := range commands {
		fmt.Fprintf(os.Stderr, "  %-11s %s\n", c.name, c.purpose)
	}
	os.Exit(2)
}

func finish(result any, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "loadprobe:", err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fmt.Fprintln(os.Stderr, "loadprobe:", err)
		os.Exit(1)
	}
}
