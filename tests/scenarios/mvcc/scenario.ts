import assert from "node:assert/strict";
import { memory } from "../../../storage_adapters/memory/mod.ts";
import { EtcdError } from "../../../src/base/mod.ts";
import {
  type CompareOp,
  decodeKeyValue,
  type DeleteRangeOp,
  keyBytes,
  KeySpace,
  type KeyText,
  type LeaseBook,
  type PutOp,
  type RangeQuery,
  type RangeResult,
  type RequestOp,
  type ResponseOp,
  type TxnOp,
} from "../../../src/mvcc/mod.ts";
import { WriteBatch } from "../../../src/ports/mod.ts";

/**
 * Runs scenario files of the keyspace. A file is a list of cases: a line with a command (a txn has indented lines after it), `----`, the
 * answer expected, an empty line. Lines that begin with `#` before a command are comments.
 *
 * Keys and values are written as they are; `\0` and `\xff` stand for bytes. A range end of `-` is the end of all keys, written `\0` on the wire.
 */
export interface ScenarioCase {
  comment: string;
  command: string[];
  expected: string;
}

/** Reads a scenario file. */
export function parseScenario(text: string): ScenarioCase[] {
  return text.trimEnd().split(/\n\n+/).map((block) => {
    const lines = block.split("\n");
    const start = lines.findIndex((line) => !line.startsWith("#"));
    const rule = lines.indexOf("----");
    assert(start >= 0 && rule > start, `A case needs a command and "----":\n${block}`);
    return {
      comment: lines.slice(0, start).map((line) => line + "\n").join(""),
      command: lines.slice(start, rule),
      expected: lines.slice(rule + 1).join("\n"),
    };
  });
}

/** Writes a scenario file with new answers. */
export function formatScenario(cases: readonly ScenarioCase[]): string {
  return cases.map(({ comment, command, expected }) => `${comment}${command.join("\n")}\n----\n${expected}\n`).join(
    "\n",
  );
}

class Leases implements LeaseBook {
  readonly granted = new Set<bigint>();
  readonly attached = new Map<KeyText, bigint>();
  has(lease: bigint): boolean {
    return this.granted.has(lease);
  }
  leaseOf(key: KeyText): bigint {
    return this.attached.get(key) ?? 0n;
  }
  attach(lease: bigint, key: KeyText): void {
    this.attached.set(key, lease);
  }
  detach(_lease: bigint, key: KeyText): void {
    this.attached.delete(key);
  }
}

/** One keyspace with its storage, driven by commands. */
export class ScenarioRunner {
  readonly #storage = memory();
  #leases = new Leases();
  #keyspace = this.#open();

  #open(): KeySpace {
    for (const steps = KeySpace.open(this.#storage, { leases: this.#leases });;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /** Carries out one command; the answer as text. */
  run(command: readonly string[]): string {
    try {
      return this.#run(command);
    } catch (error) {
      if (error instanceof EtcdError) return `error ${error.code}: ${error.message}`;
      throw error;
    }
  }

  #run(command: readonly string[]): string {
    const [name, ...args] = command[0].split(" ");
    const keyspace = this.#keyspace;
    switch (name) {
      case "grant":
        for (const id of args) this.#leases.granted.add(BigInt(id));
        return "ok";
      case "leases":
        return [...this.#leases.attached].map(([key, lease]) => `${key}: ${lease}`).sort().join("\n");
      case "put":
        return showPut(keyspace.put(parsePut(args)));
      case "del":
        return showDelete(keyspace.deleteRange(parseDelete(args)));
      case "range":
        return showRange(keyspace.range(parseRange(args)));
      case "txn": {
        const result = keyspace.txn(parseTxn(command.slice(1)));
        return [`revision ${result.revision}`, ...showOutcome(result)].join("\n");
      }
      case "compact":
        keyspace.compact(Number(args[0]));
        return "ok";
      case "remove":
        return this.#remove();
      case "store":
        this.#store();
        return "ok";
      case "restart":
        this.#leases.attached.clear();
        this.#keyspace = this.#open();
        return `revision ${this.#keyspace.revision}, compacted ${this.#keyspace.compactRevision}` +
          (this.#keyspace.isCompactionPending ? ", removal pending" : "");
      case "history": {
        const cursor = keyspace.openHistory(Number(args[0]));
        return keyspace.readHistory(cursor, { eventsMax: Number(args[1] ?? 1000) }).map((event) => {
          const kv = decodeKeyValue(event.kv);
          return `${event.revision}.${event.sub} ${event.isTombstone ? "delete" : "put"} ${show(kv.key)}`;
        }).join("\n");
      }
      case "stream": {
        const steps = keyspace.rangeStream(parseRange(args), { chunkBytes: 60 });
        const pieces = [...steps].filter((piece) => piece !== undefined);
        return pieces.map((piece) =>
          `${[...piece.records].map((kv) => show(decodeKeyValue(kv).key)).join(" ")}` +
          (piece.last ? ` | revision ${piece.last.revision}, count ${piece.last.count}, more ${piece.last.more}` : "")
        ).join("\n");
      }
      default:
        throw new Error(`unknown command "${name}"`);
    }
  }

  #store(): void {
    const batch = new WriteBatch();
    this.#keyspace.takeEffects(batch);
    this.#storage.apply(batch);
    this.#keyspace.effectsStored();
  }

  /** Runs compaction to its end, stores it, and tells which rows are left. */
  #remove(): string {
    for (const pause of this.#keyspace.compactionSlices()) assert.notEqual(pause, "pinned");
    this.#store();
    return `rows ${this.#storage.scanNumbered("history", { limit: 1000 }).map((row) => row.key).join(" ")}`;
  }
}

function bytes(text: string): Uint8Array {
  return keyBytes(
    text.replaceAll("\\0", "\0").replaceAll(
      /\\x(..)/g,
      (_, code) => String.fromCharCode(parseInt(code, 16)),
    ) as KeyText,
  );
}

function show(shown: Uint8Array): string {
  return Array.from(
    shown,
    (byte) => byte === 0 ? "\\0" : byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
  ).join("");
}

function rangeEnd(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : bytes(text === "-" ? "\\0" : text);
}

/** Splits `a b name=value flag` into what is named and what is not. */
function parseArgs(args: readonly string[], flags: readonly string[]): { plain: string[]; named: Map<string, string> } {
  const plain: string[] = [];
  const named = new Map<string, string>();
  for (const arg of args) {
    const [name, value] = arg.split("=");
    if (value !== undefined) named.set(name, value);
    else if (flags.includes(arg)) named.set(arg, "true");
    else plain.push(arg);
  }
  return { plain, named };
}

function parsePut(args: readonly string[]): PutOp {
  const { plain, named } = parseArgs(args, ["prev", "ignore_value", "ignore_lease"]);
  return {
    key: bytes(plain[0]),
    value: bytes(plain[1] ?? ""),
    lease: BigInt(named.get("lease") ?? 0),
    prevKv: named.has("prev"),
    ignoreValue: named.has("ignore_value"),
    ignoreLease: named.has("ignore_lease"),
  };
}

function parseDelete(args: readonly string[]): DeleteRangeOp {
  const { plain, named } = parseArgs(args, ["prev"]);
  return { key: bytes(plain[0]), rangeEnd: rangeEnd(plain[1]), prevKv: named.has("prev") };
}

function parseRange(args: readonly string[]): RangeQuery {
  const { plain, named } = parseArgs(args, ["keys_only", "count_only"]);
  const number = (name: string) => Number(named.get(name) ?? 0);
  const [target, order] = (named.get("sort") ?? "key:none").split(":");
  return {
    key: bytes(plain[0]),
    rangeEnd: rangeEnd(plain[1]),
    limit: number("limit"),
    revision: number("rev"),
    sortOrder: ["none", "asc", "desc"].indexOf(order) as RangeQuery["sortOrder"],
    sortTarget: ["key", "version", "create", "mod", "value"].indexOf(target) as RangeQuery["sortTarget"],
    keysOnly: named.has("keys_only"),
    countOnly: named.has("count_only"),
    minModRevision: number("min_mod"),
    maxModRevision: number("max_mod"),
    minCreateRevision: number("min_create"),
    maxCreateRevision: number("max_create"),
  };
}

/** Lines `if target key [end] op operand`, `then`, `else`; operations below, nested ones two spaces deeper, `txn` among them. */
function parseTxn(lines: readonly string[]): TxnOp {
  const compare: CompareOp[] = [];
  const branches: { then: RequestOp[]; else: RequestOp[] } = { then: [], else: [] };
  let branch: RequestOp[] = branches.then;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].slice(2);
    const [name, ...args] = line.split(" ");
    if (name === "if") compare.push(parseCompare(args));
    else if (name === "then" || name === "else") branch = branches[name];
    else if (name === "put") branch.push({ kind: "put", put: parsePut(args) });
    else if (name === "del") branch.push({ kind: "deleteRange", deleteRange: parseDelete(args) });
    else if (name === "range") branch.push({ kind: "range", range: parseRange(args) });
    else {
      assert.equal(name, "txn", `unknown line in a txn: "${line}"`);
      const nested: string[] = [];
      while (i + 1 < lines.length && lines[i + 1].startsWith("    ")) nested.push(lines[++i].slice(2));
      branch.push({ kind: "txn", txn: parseTxn(nested) });
    }
  }
  return { compare, success: branches.then, failure: branches.else };
}

function parseCompare(args: readonly string[]): CompareOp {
  const [target, key, ...rest] = args;
  const end = rest.length === 3 ? rest.shift() : undefined;
  const [result, operand] = rest;
  const targets = ["version", "create", "mod", "value", "lease"];
  return {
    key: bytes(key),
    rangeEnd: rangeEnd(end),
    target: targets.indexOf(target) as CompareOp["target"],
    result: ["=", ">", "<", "!="].indexOf(result) as CompareOp["result"],
    operand: target === "value" ? bytes(operand) : target === "lease" ? BigInt(operand) : Number(operand),
  };
}

function showKv(encoded: Uint8Array): string {
  const kv = decodeKeyValue(encoded);
  const lease = kv.lease === 0n ? "" : ` lease ${kv.lease}`;
  return `${show(kv.key)} = "${
    show(kv.value)
  }" create ${kv.createRevision} mod ${kv.modRevision} version ${kv.version}${lease}`;
}

function showRange(result: RangeResult): string {
  const head = `revision ${result.revision}, count ${result.count}${result.more ? ", more" : ""}`;
  return [head, ...result.kvs.map(showKv)].join("\n");
}

function showPut(result: { revision: number; prevKv: Uint8Array | undefined }): string {
  return `revision ${result.revision}` + (result.prevKv ? `\nbefore ${showKv(result.prevKv)}` : "");
}

function showDelete(result: { revision: number; deleted: number; prevKvs: Uint8Array[] }): string {
  return [
    `revision ${result.revision}, deleted ${result.deleted}`,
    ...result.prevKvs.map((kv) => `before ${showKv(kv)}`),
  ]
    .join("\n");
}

function showOutcome(outcome: { succeeded: boolean; responses: ResponseOp[] }): string[] {
  const lines = outcome.responses.flatMap((response): string[] => {
    if (response.kind === "range") return showRange(response.range).split("\n");
    if (response.kind === "put") return showPut(response.put).split("\n");
    if (response.kind === "deleteRange") return showDelete(response.deleteRange).split("\n");
    return ["txn", ...showOutcome(response.txn).map((line) => `  ${line}`)];
  });
  return [outcome.succeeded ? "then" : "else", ...lines.map((line) => `  ${line}`)];
}
