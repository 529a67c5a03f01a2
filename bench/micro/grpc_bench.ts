/**
 * Unary calls through a session: bytes of requests in, bytes of answers out, as they come from a client that has sent the same
 * headers before. One iteration is one read with 64 calls; the aim is 3 us per call, which is 192 us per iteration.
 */
import { GrpcServer } from "../../src/grpc/mod.ts";
import { encodeHeaderBlock } from "../../src/http2/mod.ts";
import { systemClock } from "../../src/runtime/mod.ts";
import { putMethod, quietLogger } from "./put_method.ts";

const callsPerRead = 64;

function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(9 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, (payload.length << 8) | type);
  bytes[4] = flags;
  view.setUint32(5, streamId);
  bytes.set(payload, 9);
  return bytes;
}

function concat(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A literal with incremental indexing, so that later blocks need one byte for it (RFC 7541, section 6.2.1). */
function indexedLiteral(name: string, value: string): Uint8Array {
  const text = (s: string) => [s.length, ...new TextEncoder().encode(s)];
  return Uint8Array.from([0x40, ...text(name), ...text(value)]);
}

/** What grpc-go's client sends, as far as it is not in the static table. */
const fields: [string, string][] = [
  [":path", putMethod.path],
  [":authority", "127.0.0.1:2379"],
  ["content-type", "application/grpc"],
  ["user-agent", "grpc-go/1.83.2"],
  ["te", "trailers"],
];
const staticBlock = encodeHeaderBlock([":method", "POST", ":scheme", "http"]);
const firstBlock = concat([staticBlock, ...fields.map(([name, value]) => indexedLiteral(name, value))]);
const laterBlock = concat([staticBlock, Uint8Array.from(fields.map((_, i) => 0x80 | (62 + fields.length - 1 - i)))]);

const putRequest = concat([
  Uint8Array.of(0, 0, 0, 1, 37, 10, 32),
  new Uint8Array(32),
  Uint8Array.of(18, 128, 2),
  new Uint8Array(256),
]);

/** A read with `callsPerRead` requests; stream ids are filled in anew for each read. */
class Reads {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #idOffsets: number[] = [];
  #nextId = 3;

  constructor() {
    const parts: Uint8Array[] = [];
    let at = 0;
    for (let i = 0; i < callsPerRead; i++) {
      for (const part of [frame(1, 4, 1, laterBlock), frame(0, 1, 1, putRequest)]) {
        this.#idOffsets.push(at + 5);
        parts.push(part);
        at += part.length;
      }
    }
    this.#bytes = concat(parts);
    this.#view = new DataView(this.#bytes.buffer);
  }

  next(): Uint8Array {
    for (let i = 0; i < this.#idOffsets.length; i += 2) {
      this.#view.setUint32(this.#idOffsets[i], this.#nextId);
      this.#view.setUint32(this.#idOffsets[i + 1], this.#nextId);
      this.#nextId += 2;
    }
    return this.#bytes;
  }
}

const answer = Uint8Array.from([10, 8, 8, 1, 16, 2, 24, 3, 32, 4]);
const server = new GrpcServer({ clock: systemClock, logger: quietLogger, pingMinTimeMs: 5000 });
let handled = 0;
server.addService({ put: putMethod }, {
  put(call) {
    handled++;
    call.respondBytes(answer);
  },
});
const session = server.openConnection({ peer: "bench", local: "bench", scheme: "http" }, {
  onOutput() {},
  onClose() {},
});
session.receive(concat([
  new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  frame(4, 0, 0, new Uint8Array(0)),
  frame(4, 1, 0, new Uint8Array(0)),
  frame(8, 0, 0, Uint8Array.of(0x7f, 0xfe, 0xff, 0xff)),
  frame(1, 4, 1, firstBlock),
  frame(0, 1, 1, putRequest),
]));
session.takeOutput();
if (handled === 0 || session.isClosed) throw new Error("the first call was not answered");
const reads = new Reads();

Deno.bench(`${callsPerRead} unary calls in one read`, () => {
  const handledBefore = handled;
  session.receive(reads.next());
  session.takeOutput();
  if (handled !== handledBefore + callsPerRead) throw new Error("calls were not answered");
});
