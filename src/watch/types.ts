/** What a watcher wants to see, with the meaning of `etcdserverpb.WatchCreateRequest`. */
export interface WatchSpec {
  /** The key, or the first of the range. */
  key: Uint8Array;
  /** As in a range request: absent or empty for the one key, one zero byte for no end. */
  rangeEnd?: Uint8Array;
  /** First revision of interest, also one to come; 0 for what happens from now on. */
  startRevision: number;
  /** Whether events carry the key's value before. */
  prevKv: boolean;
  /** Leave puts out. */
  noPut: boolean;
  /** Leave deletions out. */
  noDelete: boolean;
}

/** Events for one watcher, in the order of their revisions; those of one revision are never in two batches. Shared with other watchers. */
export interface WatchBatch {
  /** No event at or below this revision is still to come to this watcher; at least the last event's. */
  readonly revision: number;
  /** Encoded `mvccpb.Event` messages. Nobody changes them. */
  readonly events: readonly Uint8Array[];
  /** The same events as a `WatchResponse` has them: each as field 11, with tag and length. Nobody changes the bytes. */
  readonly fields: Uint8Array;
}

/** Who watches. No method may call back into the hub's `watch` or change the keyspace before it returns; cancelling watchers is allowed. */
export interface WatchSink {
  /**
   * Takes a batch, or refuses it by the answer false. What was refused comes again, from the history, after `Watcher.resume` has been called.
   * Until then the watcher costs no memory for what happens.
   */
  take(batch: WatchBatch): boolean;
  /** History that the watcher has not seen was compacted, up to `compactRevision`: the watch has ended. */
  compacted(compactRevision: number): void;
}

/** A watch under way. */
export interface Watcher {
  /** Whether everything up to the newest revision has been handed to the sink. False before the start revision is reached. */
  readonly isSynced: boolean;
  /** Ends it; the sink hears no more. */
  cancel(): void;
  /** The sink, having refused a batch, can take more. */
  resume(): void;
}
