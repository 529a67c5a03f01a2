import assert from "node:assert/strict";
import { etcdserverpb } from "../../proto/gen/mod.ts";
import { decodeCommand } from "../../src/api/mod.ts";
import { EtcdError, Registry } from "../../src/base/mod.ts";
import { decodeKeyValue, keyBytes, type RangeResult } from "../../src/mvcc/mod.ts";
import type { StorageAdapter } from "../../src/ports/mod.ts";
import {
  type ClientCommand,
  type Command,
  CommandCode,
  type CommandResult,
  EntryMaker,
  type GrantedLease,
  type LeaseStatus,
  Member,
  type MemberOptions,
  requestOffset,
} from "../../src/server/mod.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";

const utf8 = new TextEncoder();
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What came of a request; "pending" until it is known. */
export type Outcome<Result> = Result | EtcdError | "pending";

/** A member in this process, on a clock that moves when the test says so. */
export class LeaseMember {
  readonly clock = new ManualClock();
  readonly registry = new Registry();
  readonly faults: unknown[] = [];
  readonly warnings: string[] = [];
  readonly member: Member;

  constructor(readonly storage: StorageAdapter, options: MemberOptions = {}) {
    const opening = Member.open({
      storage,
      clock: this.clock,
      logger: { debug() {}, info() {}, warn: (line) => void this.warnings.push(line), error: () => {} },
      random: seededRandom(7),
      identity: { clusterId: 1n, memberId: 2n },
      decode: decodeCommand,
      registry: this.registry,
      onFatal: (error) => this.faults.push(error),
    }, options);
    let step = opening.next();
    while (!step.done) step = opening.next();
    this.member = step.value;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0, quiet = 0; turn < 100 && quiet < 20; turn++) {
      this.clock.turn();
      await Promise.resolve();
      quiet = this.member.consensus.pendingProposals > 0 ? 0 : quiet + 1;
    }
    assert.deepEqual(this.faults, []);
  }

  /** Lets time pass, in steps after each of which everything happens that is due. */
  async pass(durationMs: number, stepMs = 100): Promise<void> {
    for (let left = durationMs; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await this.settle();
    }
  }

  grant(id: bigint, ttlSeconds: number): () => Outcome<GrantedLease> {
    return wait((waiter) => void this.member.leases.grant({ id, ttlSeconds }, waiter));
  }

  revoke(id: bigint): () => Outcome<{ revision: number }> {
    return wait((waiter) => void this.member.leases.revoke(id, waiter));
  }

  /** The time to live that a renewal gives, 0 for none. */
  renew(id: bigint): () => Outcome<number> {
    const ttlSeconds = this.member.leases.renewNow(id);
    if (ttlSeconds >= 0) return () => ttlSeconds;
    return wait<number>(({ answer, failed }) => this.member.leases.renewLater(id, { renewed: answer, failed }));
  }

  put(key: string, lease = 0n): () => Outcome<CommandResult> {
    const put = { key: utf8.encode(key), value: utf8.encode("v"), lease };
    return this.#propose({ kind: "put", put }, etcdserverpb.PutRequest.encode(put));
  }

  delete(key: string): () => Outcome<CommandResult> {
    const deleteRange = { key: utf8.encode(key), rangeEnd: new Uint8Array(0) };
    return this.#propose(
      { kind: "deleteRange", deleteRange },
      etcdserverpb.DeleteRangeRequest.encode(deleteRange),
    );
  }

  #propose(command: Command, request: Uint8Array): () => Outcome<CommandResult> {
    const entry = new EntryMaker().make(CommandCode[command.kind], request);
    return wait<CommandResult>((waiter) => {
      // As the server does: decoded from the entry, whose bytes stay.
      const decoded = decodeCommand(CommandCode[command.kind], entry);
      assert.equal(entry.length, requestOffset + request.length);
      const proposal: ClientCommand = { ...waiter, entry, command: decoded };
      this.member.propose(proposal);
    });
  }

  status(id: bigint): LeaseStatus | undefined {
    const found: (LeaseStatus | undefined)[] = [];
    this.member.leases.status(id, { keys: true }, {
      finished: (status) => found.push(status),
      failed: (error) => {
        throw error;
      },
    });
    assert.equal(found.length, 1);
    return found[0];
  }

  keysOf(id: bigint): string[] {
    return this.status(id)?.keys.map((key) => text(keyBytes(key))) ?? [];
  }

  /** Every key with its lease. */
  leasesOfKeys(): Map<string, bigint> {
    const { kvs } = this.member.keyspace.range({ key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) }) as RangeResult;
    return new Map(kvs.map((bytes) => {
      const { key, lease } = decodeKeyValue(bytes);
      return [text(key), lease];
    }));
  }

  metric(name: string): number {
    const [child] = this.registry.collect().find((family) => family.name === name)!.children();
    return (child.metric as { value: number }).value;
  }
}

interface Waiter<Result> {
  readonly arrivalMs: number;
  answer(result: Result): void;
  failed(error: EtcdError): void;
}

function wait<Result>(begin: (waiter: Waiter<Result>) => void): () => Outcome<Result> {
  let outcome: Outcome<Result> = "pending";
  const tell = (told: Outcome<Result>) => {
    assert.equal(outcome, "pending", "a request was answered twice");
    outcome = told;
  };
  begin({ arrivalMs: 0, answer: tell, failed: tell });
  return () => outcome;
}

/** What must have succeeded by now. */
export function done<Result>(outcome: () => Outcome<Result>): Result {
  const result = outcome();
  assert.notEqual(result, "pending", "nothing has come of a request");
  if (result instanceof EtcdError) throw result;
  return result as Result;
}
