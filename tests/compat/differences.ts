import type { Answer } from "./grpc_caller.ts";
import type { Message, Value } from "./wire.ts";

/** What two answers differ in; both sides as text. */
export interface Difference {
  path: string;
  etcd: string;
  candidate: string;
}

/**
 * Fields that two members of different clusters may answer differently. The Raft term: etcd's is the number of elections
 * that it has held since its data directory was made. Places in its log: etcd's has entries of its own making. What content takes
 * on disk, and the hash over it.
 */
const unlike = new Set([
  "raft_term",
  ...["raftTerm", "raftIndex", "raftAppliedIndex", "dbSize", "dbSizeInUse"],
]);

/** Lists that etcd gives in the order of a Go map, which is none. */
const unordered = new Set(["alarms", "errors"]);

/** Every place where the candidate's answer differs from etcd's. */
export function differences(etcd: Answer, candidate: Answer): Difference[] {
  const found: Difference[] = [];
  compare("code", String(etcd.code), String(candidate.code), found);
  compare("details", withoutGoText(etcd.details), withoutGoText(candidate.details), found);
  compare("messages", etcd.messages, candidate.messages, found);
  return found;
}

/**
 * The messages of a RangeStream as one: keys of all chunks, and the fields that only one chunk carries. Where chunks end is the
 * server's own business; that the header comes with the last is not.
 */
export function joinChunks(answer: Answer): Answer {
  const joined: Message = { chunks: answer.messages.length === 0 ? "none" : "some" };
  const kvs: Value[] = [];
  answer.messages.forEach(({ range_response, ...rest }, index) => {
    const { kvs: some, ...fields } = range_response as Message;
    if (some !== undefined) kvs.push(...some as Value[]);
    for (const [name, value] of Object.entries({ ...rest, ...fields })) {
      const where = index === answer.messages.length - 1 ? "last" : "earlier";
      joined[`${where} chunk's ${name}`] = value;
    }
  });
  return { ...answer, messages: [{ ...joined, kvs }] };
}

/** The first differences as lines of text. */
export function describe(found: readonly Difference[]): string {
  return found.slice(0, 5).map(({ path, etcd, candidate }) =>
    `    ${path}: etcd ${shown(etcd)}, candidate ${shown(candidate)}`
  ).join("\n");
}

/** Texts that come from Go's own libraries are compared up to the colon that they follow. */
function withoutGoText(details: string): string {
  const told = /^(grpc: (?:error unmarshalling request|failed to unmarshal the received message)): .*$/s;
  return details.replace(told, "$1: (the library's words)");
}

function compare(path: string, etcd: Value | undefined, candidate: Value | undefined, found: Difference[]): void {
  if (etcd === candidate) return;
  if (Array.isArray(etcd) && Array.isArray(candidate)) {
    if (etcd.length !== candidate.length) {
      found.push({ path: `${path}.length`, etcd: String(etcd.length), candidate: String(candidate.length) });
    }
    for (let i = 0; i < Math.min(etcd.length, candidate.length); i++) {
      compare(`${path}[${i}]`, etcd[i], candidate[i], found);
    }
  } else if (isMessage(etcd) && isMessage(candidate)) {
    for (const name of new Set([...Object.keys(etcd), ...Object.keys(candidate)])) {
      // A hash may be 0, and is left out then.
      if (name !== "hash" && (!unlike.has(name) || (name in etcd) !== (name in candidate))) {
        compare(`${path}.${name}`, inOrder(name, etcd[name]), inOrder(name, candidate[name]), found);
      }
    }
  } else {
    found.push({ path, etcd: text(etcd), candidate: text(candidate) });
  }
}

/** What may come in any order, in one; protobuf's text form has one space or two, as it likes. */
function inOrder(name: string, value: Value | undefined): Value | undefined {
  if (!unordered.has(name) || !Array.isArray(value)) return value;
  const key = (each: Value) => JSON.stringify(each);
  return value.map((each) => typeof each === "string" ? each.replace(/ +/g, " ") : each)
    .sort((a, b) => key(a) < key(b) ? -1 : 1);
}

function isMessage(value: Value | undefined): value is Message {
  return typeof value === "object" && !Array.isArray(value);
}

function text(value: Value | undefined): string {
  return value === undefined ? "(absent)" : JSON.stringify(value);
}

function shown(value: string): string {
  return value.length <= 200 ? value : `${value.slice(0, 200)}... (${value.length} characters)`;
}
