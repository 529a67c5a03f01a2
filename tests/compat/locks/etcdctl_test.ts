import assert from "node:assert/strict";
import { LineLog } from "../../support/line_log.ts";
import { testWithTools } from "../../support/tools.ts";
import { compareContests } from "./transcripts.ts";

/** An etcdctl that runs until it is told to end. */
class Ctl implements AsyncDisposable {
  readonly #out = new LineLog();
  readonly #err = new LineLog();
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;

  constructor(etcdctl: string, { endpoint, args }: { endpoint: string; args: string[] }) {
    this.#child = new Deno.Command(etcdctl, {
      args: [`--endpoints=${endpoint}`, ...args],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#read = Promise.all([this.#out.follow(this.#child.stdout), this.#err.follow(this.#child.stderr)]);
  }

  /** The first line that contains `text`. */
  async line(text: string): Promise<string> {
    const line = await this.#out.line(text);
    assert(line !== undefined, `etcdctl ended without "${text}": ${this.#out.text()} ${this.#err.text()}`);
    return line;
  }

  /** Asks it to end, which lets a lock or leadership go; answers its exit code. */
  async end(): Promise<number> {
    this.#child.kill("SIGINT");
    await this.#read;
    return (await this.#child.status).code;
  }

  /** Its exit code once it has ended by itself. */
  async ended(): Promise<number> {
    await this.#read;
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await this.#read;
    await this.#child.status;
  }
}

testWithTools("etcdctl lock waits for a lock of the server, and the server's for etcdctl's", {
  tools: ["etcd", "etcdctl"],
  run: ({ etcdctl }) =>
    compareContests(async (contest) => {
      await contest.grant(1n, 2n);
      await contest.call("Lock", { name: "n", lease: 1n });
      await using ctl = new Ctl(etcdctl, { endpoint: contest.endpoint, args: ["lock", "n"] });
      await contest.until(2, "puts", "n");
      const third = contest.begin("Lock", { name: "n", lease: 2n });
      await contest.until(3, "puts", "n");
      await contest.call("Unlock", { key: "n/1" });
      contest.note("etcdctl's key", await ctl.line("n/"));
      await contest.keys("n");
      await ctl.end();
      await contest.answerOf("the third", third);
      await contest.keys("n");
    }),
});

testWithTools("etcdctl lock runs a command under a lock of the server's queue", {
  tools: ["etcd", "etcdctl"],
  run: ({ etcdctl }) =>
    compareContests(async (contest) => {
      await contest.grant(1n);
      await contest.call("Lock", { name: "n", lease: 1n });
      const args = ["lock", "--ttl=60", "--", "n", "/bin/sh", "-c", "echo held $ETCD_LOCK_KEY at $ETCD_LOCK_REV"];
      await using ctl = new Ctl(etcdctl, { endpoint: contest.endpoint, args });
      await contest.until(2, "puts", "n");
      await contest.call("LeaseRevoke", { ID: 1n });
      const [, key, , revision] = (await ctl.line("held")).split(" ");
      contest.note("the command's key", key);
      contest.note("the command's revision", revision);
      assert.equal(await ctl.ended(), 0);
      await contest.keys("n");
    }),
});

testWithTools("etcdctl elect stands against candidates of the server, and sees them", {
  tools: ["etcd", "etcdctl"],
  run: ({ etcdctl }) =>
    compareContests(async (contest) => {
      const { endpoint } = contest;
      await contest.grant(1n, 2n);
      await using listener = new Ctl(etcdctl, { endpoint, args: ["elect", "--listen", "e"] });
      await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
      await listener.line("one");
      await using candidate = new Ctl(etcdctl, { endpoint, args: ["elect", "e", "from etcdctl"] });
      await contest.until(2, "puts", "e");
      const observer = contest.begin("Observe", { name: "e" });
      await contest.next("the server's candidate leads", observer);
      const third = contest.begin("Campaign", { name: "e", lease: 2n, value: "three" });
      await contest.until(3, "puts", "e");
      await contest.call("Proclaim", { leader: { name: "e", key: "e/1", rev: 2n, lease: 1n }, value: "one more" });
      await listener.line("one more");
      await contest.next("it proclaims", observer);
      await contest.call("Resign", { leader: { name: "e", key: "e/1", rev: 2n, lease: 1n } });
      contest.note("etcdctl's key", await candidate.line("e/"));
      await candidate.line("from etcdctl");
      await listener.line("from etcdctl");
      await contest.next("etcdctl leads", observer);
      await contest.call("Leader", { name: "e" });
      await candidate.end();
      await contest.answerOf("the third", third);
      await listener.line("three");
      await contest.next("the third leads", observer);
    }),
});
