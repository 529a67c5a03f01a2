package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// kubernetesWatcher follows a resource from a list on, as kube-apiserver's watch cache does.
type kubernetesWatcher struct {
	resource int
	prefix   string
	// What is there, by key: mod_revision.
	revisions map[string]*int64
	// Everything up to this revision has been seen, by events or because a progress notification said so.
	seen   int64
	events int
	// Given whenever seen has grown, and closed when the stream ends.
	advanced chan int64
}

// resourceStream carries the watchers of a resource.
type resourceStream struct {
	*watchStream
	watchers []*kubernetesWatcher
	// Given for each watch that has been created.
	created  chan struct{}
	progress []byte
	sending  sync.Mutex
	// Why the stream ended, once the watchers' channels are closed.
	failure error
}

// openWatchers lists each resource and watches it from that list on.
func (l *kubernetesLoad) openWatchers(ctx context.Context) error {
	progress, err := proto.Marshal(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_ProgressRequest{}})
	if err != nil {
		return err
	}
	for i, r := range resources {
		current, err := l.rest.Get(ctx, r.prefix(), clientv3.WithCountOnly())
		if err != nil {
			return err
		}
		opened, err := openWatchStream(clientv3.WithRequireLeader(ctx), l.connections[i])
		if err != nil {
			return err
		}
		stream := &resourceStream{watchStream: opened, created: make(chan struct{}), progress: progress}
		l.streams = append(l.streams, stream)
		if err := stream.watch(ctx, l, i, current.Header.Revision); err != nil {
			return err
		}
	}
	return nil
}

// watch creates the watchers of a resource from revision at on.
func (s *resourceStream) watch(ctx context.Context, l *kubernetesLoad, resource int, at int64) error {
	r := resources[resource]
	for range l.watchers {
		revisions, err := listRevisions(ctx, l.rest, r.prefix(), at)
		if err != nil {
			return err
		}
		s.watchers = append(s.watchers, &kubernetesWatcher{
			resource: resource, prefix: r.prefix(), revisions: revisions, seen: at, advanced: make(chan int64, 1),
		})
	}
	go s.follow()
	for id := range s.watchers {
		if err := s.create(&pb.WatchCreateRequest{
			Key: []byte(r.prefix()), RangeEnd: []byte(r.end()), StartRevision: at + 1, PrevKv: true, ProgressNotify: true,
			WatchId: int64(id),
		}); err != nil {
			return err
		}
		if _, ok := <-s.created; !ok {
			return fmt.Errorf("watching %q from %d: %w", r.prefix(), at+1, s.failure)
		}
	}
	return nil
}

func (s *resourceStream) askProgress() error {
	s.sending.Lock()
	defer s.sending.Unlock()
	return s.call.SendMsg(s.progress)
}

// follow takes everything that comes, until the stream ends or something is wrong with it.
func (s *resourceStream) follow() {
	var response watchAnswer
	read := func(message []byte) error {
		if err := response.read(message); err != nil {
			return err
		}
		return s.take(&response)
	}
	for s.failure == nil {
		s.failure = s.call.RecvMsg(read)
	}
	close(s.created)
	for _, watcher := range s.watchers {
		close(watcher.advanced)
	}
}

// take hands a response to its watcher; those to progress requests are for all of the stream.
func (s *resourceStream) take(response *watchAnswer) error {
	if response.canceled {
		return fmt.Errorf("watch %d was canceled: %q", response.watchID, response.reason)
	}
	if response.created {
		s.created <- struct{}{}
		return nil
	}
	if response.watchID == -1 {
		for _, watcher := range s.watchers {
			if err := watcher.take(response); err != nil {
				return err
			}
		}
		return nil
	}
	if response.watchID < 0 || response.watchID >= int64(len(s.watchers)) {
		return fmt.Errorf("there is no watch %d", response.watchID)
	}
	return s.watchers[response.watchID].take(response)
}

// watchAnswer is what is looked at of a WatchResponse; its events are encoded mvccpb.Event messages, good as long as it.
type watchAnswer struct {
	revision, watchID int64
	created, canceled bool
	reason            string
	events            [][]byte
}

func (a *watchAnswer) read(message []byte) error {
	*a = watchAnswer{events: a.events[:0]}
	return eachField(message, func(number protowire.Number, bytes []byte, value uint64) {
		switch number {
		case 1:
			a.revision = headerRevision(bytes)
		case 2:
			a.watchID = int64(value)
		case 3:
			a.created = value != 0
		case 4:
			a.canceled = value != 0
		case 6:
			a.reason = string(bytes)
		case 11:
			a.events = append(a.events, bytes)
		}
	})
}

func (w *kubernetesWatcher) take(response *watchAnswer) error {
	for _, event := range response.events {
		if err := w.takeEvent(event); err != nil {
			return err
		}
	}
	if len(response.events) == 0 {
		if response.revision < w.seen {
			return fmt.Errorf("progress to %d, after %d", response.revision, w.seen)
		}
		w.seen = response.revision
	}
	select {
	case <-w.advanced:
	default:
	}
	w.advanced <- w.seen
	return nil
}

// takeEvent checks an event against what was there before. Every change here has a revision of its own.
func (w *kubernetesWatcher) takeEvent(message []byte) error {
	var deleted, hasPrevious bool
	var kv, previous keyValue
	var inner [2]error
	err := eachField(message, func(number protowire.Number, bytes []byte, value uint64) {
		switch number {
		case 1:
			deleted = value != 0
		case 2:
			inner[0] = kv.read(bytes)
		case 3:
			hasPrevious = true
			inner[1] = previous.read(bytes)
		}
	})
	if err = errors.Join(err, inner[0], inner[1]); err != nil {
		return err
	}
	revision := kv.modRevision
	known := w.revisions[string(kv.key)]
	there := known != nil
	if revision <= w.seen {
		return fmt.Errorf("%q changed at revision %d, after everything up to %d had come", kv.key, revision, w.seen)
	}
	if there != hasPrevious || there && previous.modRevision != *known {
		return fmt.Errorf("%q changed at revision %d, from another state than was seen: %d", kv.key, revision, previous.modRevision)
	}
	created := !deleted && kv.createRevision == revision
	if !deleted && created == there || deleted && !there {
		return fmt.Errorf("%q was said to be created at revision %d: %t, being there: %t", kv.key, revision, created, there)
	}
	switch {
	case deleted:
		delete(w.revisions, string(kv.key))
	case there:
		*known = revision
	default:
		w.revisions[string(kv.key)] = &revision
	}
	w.seen = revision
	w.events++
	return nil
}

// await asks for progress until the watcher has seen everything up to revision.
func (w *kubernetesWatcher) await(revision int64, stream *resourceStream) error {
	ask := time.NewTicker(50 * time.Millisecond)
	defer ask.Stop()
	giveUp := time.After(giveUpAfter)
	for {
		select {
		case seen, ok := <-w.advanced:
			if !ok {
				return fmt.Errorf("the watch of %q ended: %w", w.prefix, stream.failure)
			}
			if seen >= revision {
				return nil
			}
		case <-ask.C:
			if err := stream.askProgress(); err != nil {
				return err
			}
		case <-giveUp:
			return fmt.Errorf("a watcher of %q has not come to revision %d", w.prefix, revision)
		}
	}
}

// listRevisions lists a prefix in pages, and returns the mod_revision of each key.
func listRevisions(ctx context.Context, client *clientv3.Client, prefix string, at int64) (map[string]*int64, error) {
	revisions := map[string]*int64{}
	for from := prefix; ; {
		response, err := client.Get(ctx, from, clientv3.WithRange(clientv3.GetPrefixRangeEnd(prefix)),
			clientv3.WithLimit(pageKeys), clientv3.WithRev(at))
		if err != nil {
			return nil, err
		}
		for _, kv := range response.Kvs {
			revisions[string(kv.Key)] = &kv.ModRevision
		}
		if !response.More {
			return revisions, nil
		}
		from = string(response.Kvs[len(response.Kvs)-1].Key) + "\x00"
	}
}

func sameRevisions(seen, present map[string]*int64) error {
	if len(seen) != len(present) {
		return fmt.Errorf("%d keys, not %d", len(seen), len(present))
	}
	for key, revision := range present {
		if seen[key] == nil || *seen[key] != *revision {
			return fmt.Errorf("%q not at revision %d", key, *revision)
		}
	}
	return nil
}
