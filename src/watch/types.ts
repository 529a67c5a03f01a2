/** What a watcher wants to see, with the meaning of `etcdserverpb.WatchCreateRequest`. The bytes are kept: they must not change. */
export interface WatchSpec {
  /** The key, or the first of the range. */
  key: Uint8Array;
  /** As in a range request: absent or empty for the one key, one zero byte for no end. */
  rangeEnd?: Uint8Array;
  /** First revision of interest; 0 for what happens from now on. */
  startRevision: number;
  /** Whether events carry the key's value before. */
  prevKv: boolean;
  /** Leave puts out. */
  noPut: boolean;
  /** Leave deletions out. */
  noDelete: boolean;
}

/** Events for one watcher, in the order of their revisions; those of one revision are never in two batches. */
export interface WatchBatch {
  /** The newest revision when the batch was made: no event at or below it is still to come to this watcher. */
  revision: number;
  /** Encoded `mvccpb.Event` messages. They are shared with other watchers: nobody changes them. */
  events: readonly Uint8Array[];
  /** The events' bytes in sum. */
  bytes: number;
}

/** Who watches. No method may call back into the hub's `watch` or change the keyspace before it returns. */
export interface WatchSink {
  /**
   * Takes a batch; it has been taken even when the answer is false, which asks to hold back the next ones until `Watcher.resume` is called. Meanwhile the
   * watcher costs no memory for what happens: it reads on in the history.
   */
  take(batch: WatchBatch): boolean;
  /** History that the watcher has not seen was compacted, up to `compactRevision`: the watch has ended. */
  compacted(compactRevision: number): void;
}

/** A watch under way. */
export interface Watcher {
  /** Whether everything up to the newest revision has been handed to the sink. */
  readonly isSynced: boolean;
  /** Ends it; the sink hears no more. */
  cancel(): void;
  /** The sink can take more. */
  resume(): void;
}
