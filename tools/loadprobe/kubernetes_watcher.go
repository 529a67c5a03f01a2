package main

import (
	"context"
	"fmt"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// kubernetesWatcher follows a resource from a list on, as kube-apiserver's watch cache does.
type kubernetesWatcher struct {
	resource int
	prefix   string
	channel  clientv3.WatchChan
	// What is there, by key: mod_revision.
	revisions map[string]int64
	// Everything up to this revision has been seen, by events or because a progress notification said so.
	seen   int64
	events int
	// Given whenever seen has grown, and closed when the watcher ends.
	advanced chan int64
	failure  error
}

// openWatchers lists each resource and watches it from that list on.
func (l *kubernetesLoad) openWatchers(ctx context.Context) ([]*kubernetesWatcher, error) {
	var watchers []*kubernetesWatcher
	for i, r := range resources {
		client := l.clients[i]
		current, err := client.Get(ctx, r.prefix(), clientv3.WithCountOnly())
		if err != nil {
			return nil, err
		}
		at := current.Header.Revision
		for range l.watchers {
			revisions, err := listRevisions(ctx, client, r.prefix(), at)
			if err != nil {
				return nil, err
			}
			watcher := &kubernetesWatcher{resource: i, prefix: r.prefix(), revisions: revisions, seen: at, advanced: make(chan int64, 1)}
			watcher.channel = client.Watch(clientv3.WithRequireLeader(ctx), r.prefix(), clientv3.WithPrefix(),
				clientv3.WithRev(at+1), clientv3.WithPrevKV(), clientv3.WithProgressNotify(), clientv3.WithCreatedNotify())
			if created, ok := <-watcher.channel; !ok || created.Err() != nil || !created.Created {
				return nil, fmt.Errorf("watching %q from %d: %w", r.prefix(), at+1, created.Err())
			}
			watchers = append(watchers, watcher)
			go watcher.follow()
		}
	}
	return watchers, nil
}

// follow takes everything that comes, until the channel is closed or something is wrong with it.
func (w *kubernetesWatcher) follow() {
	defer close(w.advanced)
	for response := range w.channel {
		if w.failure = response.Err(); w.failure != nil {
			return
		}
		for _, event := range response.Events {
			if w.failure = w.take(event); w.failure != nil {
				return
			}
		}
		if response.IsProgressNotify() {
			if response.Header.Revision < w.seen {
				w.failure = fmt.Errorf("progress to %d, after %d", response.Header.Revision, w.seen)
				return
			}
			w.seen = response.Header.Revision
		}
		select {
		case <-w.advanced:
		default:
		}
		w.advanced <- w.seen
	}
}

// take checks an event against what was there before. Every change here has a revision of its own.
func (w *kubernetesWatcher) take(event *clientv3.Event) error {
	key, revision := string(event.Kv.Key), event.Kv.ModRevision
	before, there := w.revisions[key]
	if revision <= w.seen {
		return fmt.Errorf("%q changed at revision %d, after everything up to %d had come", key, revision, w.seen)
	}
	if there != (event.PrevKv != nil) || there && event.PrevKv.ModRevision != before {
		return fmt.Errorf("%q changed at revision %d, from another state than that of %d", key, revision, before)
	}
	if event.IsCreate() == there && event.Type == clientv3.EventTypePut || !there && event.Type == clientv3.EventTypeDelete {
		return fmt.Errorf("%q was said to be created at revision %d: %t, being there: %t", key, revision, event.IsCreate(), there)
	}
	if event.Type == clientv3.EventTypeDelete {
		delete(w.revisions, key)
	} else {
		w.revisions[key] = revision
	}
	w.seen = revision
	w.events++
	return nil
}

// await asks for progress until the watcher has seen everything up to revision.
func (w *kubernetesWatcher) await(revision int64, client *clientv3.Client) error {
	ask := time.NewTicker(50 * time.Millisecond)
	defer ask.Stop()
	giveUp := time.After(giveUpAfter)
	for {
		select {
		case seen, ok := <-w.advanced:
			if !ok {
				return fmt.Errorf("the watch of %q ended: %w", w.prefix, w.failure)
			}
			if seen >= revision {
				return nil
			}
		case <-ask.C:
			if err := client.RequestProgress(clientv3.WithRequireLeader(context.Background())); err != nil {
				return err
			}
		case <-giveUp:
			return fmt.Errorf("a watcher of %q has not come to revision %d", w.prefix, revision)
		}
	}
}

// listRevisions lists a prefix in pages, and returns the mod_revision of each key.
func listRevisions(ctx context.Context, client *clientv3.Client, prefix string, at int64) (map[string]int64, error) {
	revisions := map[string]int64{}
	for from := prefix; ; {
		response, err := client.Get(ctx, from, clientv3.WithRange(clientv3.GetPrefixRangeEnd(prefix)),
			clientv3.WithLimit(pageKeys), clientv3.WithRev(at))
		if err != nil {
			return nil, err
		}
		for _, kv := range response.Kvs {
			revisions[string(kv.Key)] = kv.ModRevision
		}
		if !response.More {
			return revisions, nil
		}
		from = string(response.Kvs[len(response.Kvs)-1].Key) + "\x00"
	}
}

func sameRevisions(seen, present map[string]int64) error {
	if len(seen) != len(present) {
		return fmt.Errorf("%d keys, not %d", len(seen), len(present))
	}
	for key, revision := range present {
		if seen[key] != revision {
			return fmt.Errorf("%q at revision %d, not %d", key, seen[key], revision)
		}
	}
	return nil
}
