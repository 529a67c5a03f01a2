import assert from "node:assert/strict";
import { type StorageAdapter, StorageError, type StorageFault, WriteBatch } from "../../src/ports/mod.ts";
import { basicContract } from "./storage_basics.ts";
import { snapshotContract } from "./storage_snapshots.ts";
import { twinContract } from "./storage_twin.ts";

/** A store made for one test. */
export interface StorageUnderTest {
  /** The store, open and empty at first. */
  storage: StorageAdapter;
  /** Closes the store and opens it anew on the same content; absent when content ends with the adapter. */
  reopen?(): Promise<StorageAdapter>;
  /** Closes the store if that has not been done, and removes what it left. */
  dispose(): Promise<void>;
}

/** Makes a store that holds nothing. Called once for each test. */
export type OpenStorage = () => Promise<StorageUnderTest>;

/**
 * Registers the tests that every `StorageAdapter` must pass, under `name`. For authors of adapters:
 *
 * @example
 * ```ts ignore
 * storageContract("mine", async () => {
 *   const storage = await mine();
 *   return { storage, dispose: () => storage.close() };
 * });
 * ```
 */
export function storageContract(name: string, open: OpenStorage): void {
  const test: ContractTest = (behaviour, body) => {
    Deno.test(`storage contract, ${name}: ${behaviour}`, async () => {
      const subject = await open();
      try {
        await body(subject);
      } finally {
        await subject.dispose();
      }
    });
  };
  basicContract(test);
  snapshotContract(test, open);
  twinContract(test);
}

/** Registers one test of the contract. */
export type ContractTest = (behaviour: string, body: (subject: StorageUnderTest) => Promise<void> | void) => void;

/** A batch that `fill` has filled. */
export function batchOf(fill: (batch: WriteBatch) => void): WriteBatch {
  const batch = new WriteBatch();
  fill(batch);
  return batch;
}

/** Latin-1 text as bytes. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Bytes as Latin-1 text, for readable comparisons. */
export function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : Array.from(value, (byte) => String.fromCharCode(byte)).join("");
}

/** For `assert.throws` and `assert.rejects`: the error is a {@link StorageError} of this fault. */
export function ofFault(fault: StorageFault): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StorageError, `not a StorageError: ${error}`);
    assert.equal(error.fault, fault, error.message);
    return true;
  };
}
