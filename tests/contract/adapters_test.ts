import { seededRandom } from "../support/seeded_random.ts";
import type { StorageAdapter } from "../../src/ports/mod.ts";
import { faulty } from "../../storage_adapters/faulty/mod.ts";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { storageContract, type StorageUnderTest } from "./storage_contract.ts";

function inMemory(wrap: (storage: StorageAdapter) => StorageAdapter): Promise<StorageUnderTest> {
  const storage = wrap(memory());
  return Promise.resolve({ storage, dispose: () => storage.close() });
}

async function onDisk(wrap: (storage: StorageAdapter) => StorageAdapter): Promise<StorageUnderTest> {
  const directory = await Deno.makeTempDir({ prefix: "detcd-contract-" });
  const open = () => wrap(sqlite({ directory }));
  const subject: StorageUnderTest = {
    storage: open(),
    async reopen() {
      await subject.storage.close();
      return subject.storage = open();
    },
    async dispose() {
      await subject.storage.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
  return subject;
}

const harmless = (storage: StorageAdapter) => faulty(storage, { random: seededRandom(1) });

storageContract("memory", () => inMemory((storage) => storage));
storageContract("sqlite", () => onDisk((storage) => storage));
storageContract("faulty(memory)", () => inMemory(harmless));
storageContract("faulty(sqlite)", () => onDisk(harmless));
