import { unreachable } from "../../src/base/mod.ts";
import { type StorageAdapter, WriteBatch } from "../../src/ports/mod.ts";

/**
 * The batch that brings every row that `batch` touches back to its state of now. It holds whatever order it is applied in, because each
 * change restores the state before the whole batch.
 */
export function inverseOf(batch: WriteBatch, storage: StorageAdapter): WriteBatch {
  const inverse = new WriteBatch();
  for (const op of batch.ops) {
    switch (op.kind) {
      case "putNumbered":
      case "deleteNumbered": {
        const old = storage.getNumbered(op.bucket, op.key);
        if (old === undefined) inverse.deleteNumbered(op.bucket, op.key);
        else inverse.putNumbered(op.bucket, op.key, old);
        break;
      }
      case "deleteNumberedRange":
        for (const { key, value } of storage.scanNumbered(op.bucket, { from: op.from, to: op.to, limit: Infinity })) {
          inverse.putNumbered(op.bucket, key, value);
        }
        break;
      case "putNamed":
      case "deleteNamed": {
        const old = storage.getNamed(op.bucket, op.key);
        if (old === undefined) inverse.deleteNamed(op.bucket, op.key.slice());
        else inverse.putNamed(op.bucket, op.key.slice(), old);
        break;
      }
      case "deleteNamedRange":
        for (const { key, value } of storage.scanNamed(op.bucket, { from: op.from, to: op.to, limit: Infinity })) {
          inverse.putNamed(op.bucket, key, value);
        }
        break;
      default:
        unreachable(op);
    }
  }
  return inverse;
}

/** The same batch with bytes of its own. */
export function copyOps(batch: WriteBatch): WriteBatch {
  const copy = new WriteBatch();
  copy.ops.push(...structuredClone(batch.ops));
  return copy;
}
