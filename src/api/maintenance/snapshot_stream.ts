import { createHash } from "node:crypto";
import type { etcdserverpb } from "../../../proto/gen/mod.ts";
import { Code, EtcdError } from "../../base/mod.ts";
import type { ResponseStream } from "../../grpc/mod.ts";
import { type Clock, StorageError } from "../../ports/mod.ts";

/** etcd's clients expect a whole number of such blocks before the digest. */
export const snapshotBlockBytes = 512;

const digestBytes = 32;

/** Where a snapshot's bytes come from and go to. */
export interface SnapshotStreamOptions {
  /** The snapshot; its iterator's `return` is called when the client goes away. */
  source: AsyncIterable<Uint8Array>;
  clock: Clock;
  /** What the snapshot's size will be near to, for a client that shows how far it is. */
  expectedBytes: number;
  /** The version of the stored data. */
  version: string;
}

/**
 * Sends a snapshot as etcd does: its bytes, filled up with zeros to whole blocks, and then the SHA-256 of all that. How long it will be is
 * not known before its end, so `remaining_bytes` is an estimate; it is 0 in the last message and in no other.
 *
 * @throws EtcdError `Aborted` when the storage gives the snapshot up
 */
export async function sendSnapshot(
  call: ResponseStream<etcdserverpb.SnapshotResponse>,
  options: SnapshotStreamOptions,
): Promise<void> {
  const { source, clock, expectedBytes, version } = options;
  const hash = createHash("sha256");
  let wake = () => {};
  call.onDrain = () => wake();
  call.onEnd = () => wake();
  let sent = 0;
  const send = async (blob: Uint8Array, remainingBytes: number) => {
    hash.update(blob);
    sent += blob.length;
    if (!call.write({ header: undefined, remainingBytes, blob, version }) && !call.isEnded) {
      await new Promise<void>((resolve) => wake = resolve);
    }
  };
  try {
    for await (const piece of source) {
      if (call.isEnded) return;
      await send(piece, Math.max(digestBytes, Math.ceil(expectedBytes - sent - piece.length)));
      // Requests that have arrived go first.
      await new Promise<void>((resolve) => clock.afterInput(resolve));
    }
  } catch (error) {
    if (error instanceof StorageError && error.fault === "aborted") throw new EtcdError(Code.Aborted, error.message);
    throw error;
  }
  const rest = sent % snapshotBlockBytes;
  if (rest > 0) await send(new Uint8Array(snapshotBlockBytes - rest), digestBytes);
  if (call.isEnded) return;
  call.write({ header: undefined, remainingBytes: 0, blob: hash.digest(), version });
  call.end();
}
