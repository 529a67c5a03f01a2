import type { Message } from "../wire.ts";
import type { Script } from "./lock_scripts.ts";

/** A leader's key as requests name it. */
function leader(lease: bigint, rev: bigint, name = "e"): Message {
  return { name, key: `${name}/${lease.toString(16)}`, rev, lease };
}

export const electionScripts: readonly Script[] = [
  {
    name: "campaign, proclaim, resign",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Leader", { name: "e" });
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      await contest.call("Leader", { name: "e" });
      const second = contest.begin("Campaign", { name: "e", lease: 2n, value: "two" });
      await contest.until(2, "puts", "e");
      await contest.call("Proclaim", { leader: leader(1n, 2n), value: "one again" });
      await contest.call("Leader", { name: "e" });
      await contest.call("Resign", { leader: leader(1n, 2n) });
      await contest.answerOf("the second", second);
      await contest.call("Leader", { name: "e" });
      await contest.call("Proclaim", { leader: leader(1n, 2n), value: "too late" });
      await contest.call("Resign", { leader: leader(1n, 2n) });
      await contest.call("Proclaim", { leader: leader(2n, 3n), value: "" });
      await contest.call("Resign", { leader: leader(2n, 3n) });
      await contest.call("Leader", { name: "e" });
    },
  },
  {
    name: "a candidate campaigns again",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      await contest.call("Campaign", { name: "e", lease: 1n, value: "two" });
      await contest.call("Campaign", { name: "e", lease: 1n });
      await contest.keys("e");
      const second = contest.begin("Campaign", { name: "e", lease: 2n, value: "waits" });
      await contest.until(4, "puts", "e");
      const again = contest.begin("Campaign", { name: "e", lease: 2n, value: "waits more" });
      await contest.until(5, "puts", "e");
      await contest.call("Resign", { leader: leader(1n, 2n) });
      await contest.answerOf("the first call", second);
      await contest.answerOf("the second call", again);
      await contest.keys("e");
    },
  },
  {
    name: "a campaign is given up",
    play: async (contest) => {
      await contest.grant(1n, 2n, 3n);
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      const second = contest.begin("Campaign", { name: "e", lease: 2n, value: "two" });
      await contest.until(2, "puts", "e");
      const third = contest.begin("Campaign", { name: "e", lease: 3n, value: "three" });
      await contest.until(3, "puts", "e");
      await contest.cancel(second);
      await contest.until(1, "deletions", "e");
      await contest.keys("e");
      await contest.call("LeaseRevoke", { ID: 1n });
      await contest.answerOf("the third", third);
    },
  },
  {
    name: "the lease of a candidate who waits is revoked",
    play: async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      const second = contest.begin("Campaign", { name: "e", lease: 2n, value: "two" });
      await contest.until(2, "puts", "e");
      await contest.call("LeaseRevoke", { ID: 2n });
      await contest.call("Resign", { leader: leader(1n, 2n) });
      await contest.answerOf("the second", second);
      await contest.call("Leader", { name: "e" });
    },
  },
  {
    name: "a leader who has lost",
    play: async (contest) => {
      await contest.grant(1n);
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      await contest.call("LeaseRevoke", { ID: 1n });
      await contest.call("Proclaim", { leader: leader(1n, 2n), value: "two" });
      await contest.call("Resign", { leader: leader(1n, 2n) });
      await contest.grant(1n);
      await contest.call("Campaign", { name: "e", lease: 1n, value: "anew" });
      await contest.call("Proclaim", { leader: leader(1n, 2n), value: "with the old proof" });
      await contest.call("Leader", { name: "e" });
    },
  },
  {
    name: "an observer sees each leader and value",
    play: async (contest) => {
      await contest.grant(1n, 2n, 3n);
      const early = contest.begin("Observe", { name: "e" });
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      await contest.next("first leader", early);
      const second = contest.begin("Campaign", { name: "e", lease: 2n, value: "two" });
      await contest.until(2, "puts", "e");
      const late = contest.begin("Observe", { name: "e" });
      await contest.next("late: first leader", late);
      await contest.call("Proclaim", { leader: leader(2n, 3n), value: "not yet" });
      await contest.call("Proclaim", { leader: leader(1n, 2n), value: "uno" });
      await contest.next("proclaimed", early);
      await contest.next("late: proclaimed", late);
      await contest.call("Put", { key: "other" });
      await contest.call("Resign", { leader: leader(1n, 2n) });
      await contest.answerOf("the second", second);
      await contest.next("second leader", early);
      await contest.next("late: second leader", late);
      await contest.call("LeaseRevoke", { ID: 2n });
      await contest.call("Leader", { name: "e" });
      await contest.call("Put", { key: "other" });
      await contest.call("Campaign", { name: "e", lease: 3n, value: "three" });
      await contest.next("third leader", early);
      await contest.next("late: third leader", late);
      await contest.cancel(early);
      await contest.cancel(late);
    },
  },
  {
    name: "a leader's lease expires",
    play: async (contest) => {
      await contest.call("LeaseGrant", { ID: 1n, TTL: 2n });
      await contest.grant(2n);
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      const observer = contest.begin("Observe", { name: "e" });
      await contest.next("first leader", observer);
      const second = contest.begin("Campaign", { name: "e", lease: 2n, value: "two" });
      await contest.answerOf("the second", second);
      await contest.next("second leader", observer);
    },
  },
  {
    name: "keys that others have put",
    play: async (contest) => {
      const observer = contest.begin("Observe", { name: "e" });
      await contest.call("Put", { key: "e/x", value: "1" });
      await contest.next("put by hand", observer);
      await contest.call("Leader", { name: "e" });
      await contest.call("Txn", {
        success: ["a", "b"].map((name) => ({ request_put: { key: `e/${name}`, value: "2" } })),
      });
      await contest.call("DeleteRange", { key: "e/x" });
      await contest.next("one of two of a transaction", observer);
      await contest.call("DeleteRange", { key: "e/a" });
      await contest.next("the other", observer);
    },
  },
  {
    name: "leases of the server's choice",
    play: async (contest) => {
      const { messages: [campaign] } = await contest.call("Campaign", { name: "e", value: "one" });
      const { key, rev } = campaign.leader as Message;
      await contest.call("Leader", { name: "e" });
      await contest.call("Proclaim", { leader: { name: "e", key, rev, lease: 0n }, value: "with another lease" });
      await contest.keys("e");
      await contest.call("Resign", { leader: { name: "e", key, rev, lease: 0n } });
      await contest.call("LeaseLeases", {});
    },
  },
  {
    name: "odd requests",
    play: async (contest) => {
      await contest.grant(1n);
      await contest.call("Campaign", { name: "e", lease: 77n });
      await contest.call("Campaign", { lease: 1n, value: "nameless" });
      await contest.call("Leader", {});
      await contest.call("Campaign", { name: "e", lease: 1n, value: "x".repeat(1_600_000) });
      await contest.call("Campaign", { name: "e", lease: 1n, value: "x".repeat(2_200_000) });
      await contest.call("Campaign", { name: "e", lease: 1n, value: "v" });
      await contest.call("Campaign", { name: "e", lease: 1n, value: "x".repeat(1_600_000) });
      await contest.call("Leader", { name: "e" });
      await contest.call("Proclaim", { value: "v" });
      await contest.call("Proclaim", { leader: {}, value: "v" });
      await contest.call("Proclaim", { leader: { lease: 1n }, value: "v" });
      await contest.call("Proclaim", { leader: leader(1n, 0n), value: "v" });
      await contest.call("Proclaim", { leader: leader(1n, -1n), value: "v" });
      await contest.call("Proclaim", { leader: leader(77n, 2n), value: "v" });
      await contest.call("Proclaim", { leader: { key: "free", lease: 1n }, value: "any key whatever" });
      await contest.call("Proclaim", { leader: { key: "free", lease: 78n }, value: "no such lease" });
      await contest.call("Resign", {});
      await contest.call("Resign", { leader: {} });
      await contest.call("Resign", { leader: { lease: 1n } });
      await contest.call("Resign", { leader: leader(1n, 0n) });
      await contest.call("Resign", { leader: leader(77n, 2n) });
      await contest.call("Resign", { leader: { key: "e/1", rev: 5n, lease: 99n } });
      await contest.call("Leader", { name: "e" });
      await contest.call("Range", { key: "\0", range_end: "\0" });
    },
  },
];
