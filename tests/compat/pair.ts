import { startDetcd, startEtcd } from "../support/programs.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { joinChunks } from "./differences.ts";
import { type Answer, GrpcCaller } from "./grpc_caller.ts";
import type { Step } from "./corpus/step.ts";
import { showRequest } from "./show.ts";

/** etcd and the candidate, each with an empty store, and the same ids. */
export class Pair implements AsyncDisposable {
  readonly #callers: readonly [GrpcCaller, GrpcCaller];

  private constructor(readonly etcd: ServerProcess, readonly candidate: ServerProcess) {
    this.#callers = [new GrpcCaller(etcd.endpoint), new GrpcCaller(candidate.endpoint)];
  }

  /** Starts both with `flags`. */
  static async start(flags: readonly string[] = []): Promise<Pair> {
    const [etcd, candidate] = await Promise.allSettled([startEtcd({ flags }), startDetcd({ flags })]);
    if (etcd.status === "fulfilled" && candidate.status === "fulfilled") {
      const pair = new Pair(etcd.value, candidate.value);
      await Promise.all([etcd.value, candidate.value].map(({ endpoint }) => versionDecided(endpoint)));
      return pair;
    }
    for (const started of [etcd, candidate]) {
      if (started.status === "fulfilled") await started.value[Symbol.asyncDispose]();
    }
    throw etcd.status === "rejected" ? etcd.reason : (candidate as PromiseRejectedResult).reason;
  }

  /**
   * Makes the same request to both.
   * @throws when the candidate ended over it
   */
  async both(step: Step): Promise<[Answer, Answer]> {
    const [etcd, candidate] = await Promise.all(
      this.#callers.map((caller) => caller.call(step.method, step.request, { stream: step.stream })),
    );
    const { name, ended, log } = this.candidate;
    if (ended) throw new Error(`${name} ended over ${showRequest(step)}. Its log:\n${log.text()}`);
    return step.stream ? [joinChunks(etcd), joinChunks(candidate)] : [etcd, candidate];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const caller of this.#callers) caller[Symbol.dispose]();
    await Promise.all([this.etcd[Symbol.asyncDispose](), this.candidate[Symbol.asyncDispose]()]);
  }
}

/** Both servers decide on the cluster's version shortly after they began to serve. */
async function versionDecided(endpoint: string): Promise<void> {
  for (;;) {
    const response = await fetch(`http://${endpoint}/version`);
    const { etcdcluster, storage } = await response.json();
    if (etcdcluster !== "not_decided" && storage !== "unknown") return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
