import assert from "node:assert/strict";
import fc from "fast-check";
import { EtcdError } from "../../src/base/mod.ts";
import { faulty, type FaultyStorage } from "../../storage_adapters/faulty/mod.ts";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { propertyOptions } from "../support/seed.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { LeaseMember, type Outcome } from "./lease_member.ts";

/** What the test may do. `late` is how much later than it should a lease may end because time passes in steps here. */
const lateMs = 150;

/** A lease as a naive observer has it; times are of the member's running time. */
interface Expected {
  ttlMs: number;
  /** What an answer has promised: it must not end before. */
  promisedMs: number;
  /** It must have ended by then. */
  latestMs: number;
}

type Step =
  | { kind: "grant"; lease: number; ttlSeconds: number }
  | { kind: "renew"; lease: number }
  | { kind: "revoke"; lease: number }
  | { kind: "put"; key: string; lease: number }
  | { kind: "delete"; key: string }
  | { kind: "pass"; durationMs: number }
  | { kind: "restart" }
  /** After, or in the midst of, another step. */
  | { kind: "crash"; during: Step | undefined };

const lease = fc.integer({ min: 1, max: 3 });
const key = fc.constantFrom("a", "b", "c", "d", "e");
const request: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("grant" as const), lease, ttlSeconds: fc.integer({ min: 2, max: 30 }) }),
  fc.record({ kind: fc.constant("renew" as const), lease }),
  fc.record({ kind: fc.constant("renew" as const), lease }),
  fc.record({ kind: fc.constant("revoke" as const), lease }),
  fc.record({ kind: fc.constant("put" as const), key, lease: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant("put" as const), key, lease: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant("delete" as const), key }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: request },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), durationMs: fc.integer({ min: 1, max: 20_000 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("crash" as const), during: fc.option(request, { nil: undefined }) }),
  },
);

/** Runs steps on a member, beside a naive observer of what was answered. */
class Run {
  readonly #expected = new Map<bigint, Expected>();
  #test: LeaseMember;
  #nowMs = 0;

  constructor(private storage: FaultyStorage) {
    this.#test = new LeaseMember(storage);
  }

  async do(step: Step): Promise<void> {
    switch (step.kind) {
      case "pass":
        for (let left = step.durationMs; left > 0; left -= 50) {
          const stepMs = Math.min(left, 50);
          this.#nowMs += stepMs;
          await this.#test.pass(stepMs, stepMs);
          this.#check();
        }
        return;
      case "restart":
        await this.#test.member.close();
        this.#reopen(await this.#afterCrash(), { tickMs: 0 });
        break;
      case "crash": {
        const during = step.during === undefined ? undefined : this.#begin(step.during);
        this.#reopen(await this.#afterCrash(), { tickMs: 1000 });
        if (step.during !== undefined && during!() === "pending") this.#forgive(step.during);
        break;
      }
      default: {
        const outcome = this.#begin(step);
        await this.#test.settle();
        assert.notEqual(outcome(), "pending", `nothing has come of ${JSON.stringify(step)}`);
        this.#note(step, outcome());
      }
    }
    this.#check();
  }

  async end(): Promise<void> {
    await this.#test.member.close();
  }

  #begin(step: Step): () => Outcome<unknown> {
    switch (step.kind) {
      case "grant":
        return this.#test.grant(BigInt(step.lease), step.ttlSeconds);
      case "renew":
        return this.#test.renew(BigInt(step.lease));
      case "revoke":
        return this.#test.revoke(BigInt(step.lease));
      case "put":
        return this.#test.put(step.key, BigInt(step.lease));
      case "delete":
        return this.#test.delete(step.key);
      default:
        throw new Error(`${step.kind} is not a request`);
    }
  }

  #note(step: Step, outcome: Outcome<unknown>): void {
    if (!("lease" in step)) return assert.equal(outcome instanceof EtcdError, false);
    const id = BigInt(step.lease);
    const expected = this.#expected.get(id);
    const wantsLease = id !== 0n && step.kind !== "grant";
    if (step.kind === "renew") assert.equal(outcome, expected === undefined ? 0 : expected.ttlMs / 1000);
    else assert.equal(outcome instanceof EtcdError, wantsLease === (expected === undefined) && id !== 0n);
    if (outcome instanceof EtcdError) return;
    if (step.kind === "revoke") this.#expected.delete(id);
    if (step.kind === "grant") this.#expected.set(id, { ttlMs: step.ttlSeconds * 1000, promisedMs: 0, latestMs: 0 });
    if (step.kind === "grant" || step.kind === "renew" && expected !== undefined) {
      const promised = this.#expected.get(id)!;
      promised.promisedMs = promised.latestMs = this.#nowMs + promised.ttlMs;
    }
  }

  async #afterCrash(): Promise<FaultyStorage> {
    this.storage.crash();
    await this.#test.settle();
    return this.storage = await this.storage.restart();
  }

  /** After a stop the clock goes on from what was stored of it: a lease may live longer by its lead and the time between two ticks. */
  #reopen(storage: FaultyStorage, { tickMs }: { tickMs: number }): void {
    for (const expected of this.#expected.values()) {
      const { ttlMs, promisedMs, latestMs } = expected;
      const leadMs = Math.min(1000, ttlMs / 10);
      const unstoredMs = tickMs === 0 ? 0 : Math.max(tickMs, ttlMs / 10);
      expected.latestMs = Math.min(latestMs + leadMs + unstoredMs, this.#nowMs + ttlMs);
      assert.ok(expected.latestMs >= promisedMs);
    }
    this.#test = new LeaseMember(storage);
  }

  /** A request whose outcome nobody knows: whatever has come of it is right. */
  #forgive(step: Step): void {
    if (!("lease" in step) || step.kind === "put") return;
    const id = BigInt(step.lease);
    if (!this.#test.member.leases.has(id)) this.#expected.delete(id);
    else {
      const ttlMs = this.#test.status(id)!.grantedSeconds * 1000;
      const expected = this.#expected.get(id);
      this.#expected.set(id, { ttlMs, promisedMs: expected?.promisedMs ?? 0, latestMs: this.#nowMs + ttlMs });
    }
  }

  #check(): void {
    const { member } = this.#test;
    for (const [id, { promisedMs, latestMs }] of this.#expected) {
      if (member.leases.has(id)) {
        assert.ok(
          this.#nowMs <= latestMs + lateMs,
          `lease ${id} should have ended at ${latestMs}, it is ${this.#nowMs}`,
        );
      } else {
        assert.ok(this.#nowMs >= promisedMs, `lease ${id} has ended at ${this.#nowMs}, promised was ${promisedMs}`);
        this.#expected.delete(id);
      }
    }
    assert.deepEqual([...member.leases.ids()].sort(), [...this.#expected.keys()].sort());
    const owned = [...this.#test.leasesOfKeys()].filter(([, id]) => id !== 0n);
    for (const id of member.leases.ids()) {
      assert.deepEqual(this.#test.keysOf(id), owned.filter(([, owner]) => owner === id).map(([key]) => key));
    }
    for (const [key, id] of owned) assert.ok(member.leases.has(id), `${key} has outlived its lease ${id}`);
  }
}

Deno.test("leases end neither early nor much later, and keys match, whatever is asked and whenever the member stops", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 80, size: "max" }), fc.nat(), async (steps, seed) => {
      const run = new Run(faulty(memory(), { random: seededRandom(seed), unsyncedMaySurvive: true }));
      for (const each of steps) await run.do(each);
      await run.end();
    }),
    propertyOptions({ numRuns: 50 }),
  );
});
