/** A key's state, as `mvccpb.KeyValue` tells it; text has one character per byte. */
export interface KeyState {
  key: string;
  value: string;
  createRevision: number;
  modRevision: number;
  version: number;
}

/** One change of one key. */
export interface HistoryEvent {
  type: "put" | "delete";
  /** The key after the change; of a deletion only key and modRevision count. */
  state: KeyState;
  /** The key before; undefined when it did not exist. */
  before: KeyState | undefined;
}

/** What a write asked for, in order. */
export type WriteOp =
  | { kind: "put"; key: string; value: string }
  | { kind: "delete"; key: string; rangeEnd?: string };

/** A write that took a revision, as its answer says. */
export interface Write {
  revision: number;
  ops: readonly WriteOp[];
}

/** Whether `key` is in a range as etcd's requests give it: no end means the one key, "\0" means no end. */
export function isInRange(key: string, range: { key: string; rangeEnd?: string }): boolean {
  if (range.rangeEnd === undefined || range.rangeEnd === "") return key === range.key;
  return key >= range.key && (range.rangeEnd === "\0" || key < range.rangeEnd);
}

/** Everything that happened, worked out from the writes alone: a store as simple as can be. */
export class History {
  /** In order of revision, within a revision in order of change. */
  readonly events: readonly HistoryEvent[];
  /** The newest revision. */
  readonly newest: number;

  /**
   * @throws when the revisions of `writes` are not 2, 3, 4 and so on, whatever their order, or one of them changes nothing
   */
  constructor(writes: readonly Write[]) {
    const events: HistoryEvent[] = [];
    const keys = new Map<string, KeyState>();
    const inOrder = [...writes].sort((a, b) => a.revision - b.revision);
    for (const [index, { revision, ops }] of inOrder.entries()) {
      if (revision !== index + 2) throw new Error(`revision ${index + 2} is missing, the next one is ${revision}`);
      const before = events.length;
      for (const op of ops) events.push(...applyOp(keys, op, revision));
      if (events.length === before) throw new Error(`revision ${revision} changes nothing`);
    }
    this.events = events;
    this.newest = inOrder.length + 1;
  }
}

function applyOp(keys: Map<string, KeyState>, op: WriteOp, revision: number): HistoryEvent[] {
  if (op.kind === "put") {
    const before = keys.get(op.key);
    const state: KeyState = {
      key: op.key,
      value: op.value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
    };
    keys.set(op.key, state);
    return [{ type: "put", state, before }];
  }
  return [...keys.keys()].filter((key) => isInRange(key, op)).sort().map((key) => {
    const before = keys.get(key)!;
    keys.delete(key);
    return {
      type: "delete",
      state: { key, value: "", createRevision: 0, modRevision: revision, version: 0 },
      before,
    };
  });
}
