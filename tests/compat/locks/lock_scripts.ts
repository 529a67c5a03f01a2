import type { Contest } from "./contest.ts";

/** A contest that is held on both servers. */
export interface Script {
  name: string;
  play(contest: Contest): Promise<void>;
  /** Flags that the servers get. */
  flags?: readonly string[];
}

export const lockScripts: readonly Script[] = [
  {
    name: "two contenders",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Lock", { name: "n", lease: 1n });
      const second = contest.begin("Lock", { name: "n", lease: 2n });
      await contest.until(2, "puts", "n");
      await contest.keys("n");
      await contest.call("Unlock", { key: "n/1" });
      await contest.answerOf("the second", second);
      await contest.keys("n");
      await contest.call("Unlock", { key: "n/2" });
      await contest.keys("n");
    },
  },
  {
    name: "a queue is served in order, whoever leaves it",
    play: async (contest) => {
      await contest.grant(1n, 2n, 3n, 4n);
      await contest.call("Lock", { name: "n", lease: 3n });
      const waiting = [];
      for (const [index, lease] of [1n, 4n, 2n].entries()) {
        waiting.push(contest.begin("Lock", { name: "n", lease }));
        await contest.until(index + 2, "puts", "n");
      }
      await contest.cancel(waiting[1]);
      await contest.until(1, "deletions", "n");
      await contest.keys("n");
      await contest.call("Unlock", { key: "n/3" });
      await contest.answerOf("lease 1", waiting[0]);
      await contest.call("Unlock", { key: "n/1" });
      await contest.answerOf("lease 2", waiting[2]);
    },
  },
  {
    name: "a deadline passes while waiting",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Lock", { name: "n", lease: 1n });
      const { code } = await contest.begin("Lock", { name: "n", lease: 2n }, { deadlineMs: 500 }).answer;
      if (code !== 4) throw new Error(`the call ended with ${code}`);
      await contest.until(1, "deletions", "n");
      await contest.keys("n");
    },
  },
  {
    name: "a lease takes its lock again",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Lock", { name: "n", lease: 1n });
      await contest.call("Put", { key: "other" });
      await contest.call("Lock", { name: "n", lease: 1n });
      await contest.call("Lock", { name: "n/", lease: 1n });
      await contest.call("Lock", { name: "m", lease: 1n });
      await contest.keys("n");
    },
  },
  {
    name: "two calls wait with one lease, and one is given up",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Lock", { name: "n", lease: 1n });
      const first = contest.begin("Lock", { name: "n", lease: 2n });
      await contest.until(2, "puts", "n");
      const again = contest.begin("Lock", { name: "n", lease: 2n });
      await contest.call("Put", { key: "other" });
      await contest.cancel(first);
      await contest.until(1, "deletions", "n");
      await contest.call("Unlock", { key: "n/1" });
      const { code, details } = await again.answer;
      // Whether `again` came before `first` was given up decides, in etcd too.
      if (code === 0) return;
      if (details !== "mutex: session is expired") throw new Error(`the other call ended with ${code} "${details}"`);
    },
  },
  {
    name: "the holder's lease is revoked",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Lock", { name: "n", lease: 1n });
      const second = contest.begin("Lock", { name: "n", lease: 2n });
      await contest.until(2, "puts", "n");
      await contest.call("LeaseRevoke", { ID: 1n });
      await contest.answerOf("the second", second);
      await contest.keys("n");
    },
  },
  {
    name: "the lease of who waits is revoked",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Lock", { name: "n", lease: 1n });
      const second = contest.begin("Lock", { name: "n", lease: 2n });
      await contest.until(2, "puts", "n");
      await contest.call("LeaseRevoke", { ID: 2n });
      await contest.call("Unlock", { key: "n/1" });
      await contest.answerOf("the second", second);
      await contest.keys("n");
    },
  },
  {
    name: "the holder's lease expires",
    play: async (contest) => {
      await contest.call("LeaseGrant", { ID: 1n, TTL: 2n });
      await contest.grant(2n);
      await contest.call("Lock", { name: "n", lease: 1n });
      const second = contest.begin("Lock", { name: "n", lease: 2n });
      await contest.until(2, "puts", "n");
      await contest.answerOf("the second", second);
      await contest.keys("n");
    },
  },
  {
    name: "leases of the server's choice",
    play: async (contest) => {
      await contest.call("Lock", { name: "n" });
      const second = contest.begin("Lock", { name: "n", lease: 0n });
      await contest.until(2, "puts", "n");
      await contest.keys("n");
      await contest.cancel(second);
      await contest.until(1, "deletions", "n");
      await contest.keys("n");
      await contest.call("LeaseLeases", {});
    },
  },
  {
    name: "keys below the name that others have put",
    play: async (contest) => {
      await contest.grant(1n);
      await contest.call("Put", { key: "n/a key" });
      await contest.call("Put", { key: "n/another key" });
      const lock = contest.begin("Lock", { name: "n", lease: 1n });
      await contest.until(3, "puts", "n");
      await contest.call("Put", { key: "n/a key", value: "changed" });
      await contest.call("Put", { key: "n/younger" });
      await contest.call("DeleteRange", { key: "n/another key" });
      await contest.call("Compact", { revision: 6n });
      await contest.call("DeleteRange", { key: "n/a key" });
      await contest.answerOf("the lock", lock);
      await contest.keys("n");
    },
  },
  {
    name: "odd requests",
    play: async (contest) => {
      await contest.grant(1n, -255n);
      await contest.call("Lock", { name: "n", lease: 77n });
      await contest.call("Lock", { name: "n", lease: -1n });
      await contest.call("Lock", { name: "n", lease: -(2n ** 63n) });
      await contest.call("Lock", { name: "", lease: 1n });
      await contest.call("Lock", { lease: 1n });
      await contest.call("Lock", { name: "n", lease: -255n });
      await contest.call("Lock", { name: "\0\xff\xfe", lease: 1n });
      await contest.call("Lock", { name: "x".repeat(70_000), lease: 1n });
      await contest.call("Lock", { name: "x".repeat(1_600_000), lease: 1n });
      await contest.call("Lock", { name: "x".repeat(2_200_000), lease: 1n });
      await contest.call("Unlock", {});
      await contest.call("Unlock", { key: "missing" });
      await contest.call("Unlock", { key: "n" });
      await contest.call("Unlock", { key: "x".repeat(1_600_000) });
      await contest.call("Unlock", { key: "n/-ff" });
      await contest.call("Unlock", { key: "n/-ff" });
    },
  },
  {
    name: "few operations per transaction",
    flags: ["--max-txn-ops=1"],
    play: async (contest) => {
      await contest.grant(1n);
      await contest.call("Lock", { name: "n", lease: 1n });
      await contest.call("Campaign", { name: "n", lease: 1n, value: "v" });
      await contest.call("Lock", { name: "n" });
    },
  },
];
