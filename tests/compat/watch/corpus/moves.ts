import { compact as compactStep, deleteRange, put as putStep, txn as txnStep } from "../../corpus/step.ts";
import type { Message } from "../../wire.ts";
import type { Awaited, Move } from "../conversation.ts";

/** The stream of moves that name none. */
const MAIN = "main";

/** Asks for a watch. */
export function create(request: Message, stream: string = MAIN): Move {
  return { kind: "send", stream, request: { create_request: request } };
}

/** Asks for a watch and waits for its answer, `canceled` ones included, which come under `answeredAs`. */
export function created(request: Message, answeredAs: number | bigint, stream: string = MAIN): Move[] {
  return [create(request, stream), wait({ id: answeredAs, created: 1 }, stream)];
}

/** Asks to cancel a watch. */
export function cancel(id: number | bigint, stream: string = MAIN): Move {
  return { kind: "send", stream, request: { cancel_request: { watch_id: id } } };
}

/** Cancels a watch and waits for its answer. */
export function canceled(id: number | bigint, stream: string = MAIN): Move[] {
  return [cancel(id, stream), wait({ id, canceled: 1 }, stream)];
}

/** Asks how far the stream has come. */
export function askProgress(stream: string = MAIN): Move {
  return { kind: "send", stream, request: { progress_request: {} } };
}

/** Asks how far the stream has come and waits for the answer, which comes only when all its watches have seen everything. */
export function progress(stream: string = MAIN): Move[] {
  return [askProgress(stream), wait({ id: -1, progress: 1 }, stream)];
}

/** Asks until progress is told at `revision`. */
export function progressUntil(revision: number, stream: string = MAIN): Move {
  return { kind: "progressUntil", stream, revision };
}

/** Sends what may be no WatchRequest. */
export function send(request: Message | Uint8Array, stream: string = MAIN): Move {
  return { kind: "send", stream, request };
}

export function wait(awaited: Awaited, stream: string = MAIN): Move {
  return { kind: "await", stream, awaited };
}

export function halfClose(stream: string = MAIN): Move {
  return { kind: "halfClose", stream };
}

export function put(key: string, value: string | Uint8Array = "v"): Move {
  return { kind: "call", step: putStep({ key, value }) };
}

export function del(key: string, rangeEnd?: string): Move {
  return { kind: "call", step: deleteRange({ key, range_end: rangeEnd }) };
}

export function txn(...success: Message[]): Move {
  return { kind: "call", step: txnStep({ success }) };
}

export function compact(revision: number): Move {
  return { kind: "call", step: compactStep({ revision, physical: true }) };
}

/** The parts of a txn. */
export const op = {
  put: (key: string, value = "v"): Message => ({ request_put: { key, value } }),
  del: (key: string, range_end?: string): Message => ({ request_delete_range: { key, range_end } }),
  txn: (...success: Message[]): Message => ({ request_txn: { success } }),
};
