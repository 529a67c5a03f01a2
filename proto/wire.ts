import { WireReader } from "./reader.ts";
import { WireWriter } from "./writer.ts";

/**
 * What a message can be written from: every field may be left out, and then has its default. Of a oneof, either name the
 * field in its discriminator, or leave that out and give exactly one field.
 */
export type Init<T> = T extends Uint8Array ? Uint8Array
  : T extends readonly (infer Item)[] ? readonly Init<Item>[]
  : T extends object ? { readonly [Field in keyof T]?: Init<T[Field]> }
  : T;

/** A message's codec. */
export interface MessageType<T> {
  /** Full name, such as `mvccpb.KeyValue`. */
  readonly name: string;
  /**
   * Reads a message; every field is set. Fields of type bytes are views of `bytes`: copy what is kept. Unknown fields are
   * skipped. Throws where `bytes` is not such a message.
   */
  decode(bytes: Uint8Array): T;
  /**
   * The message's bytes: the caller's for good, but part of a larger buffer that other messages share, so copy what is kept
   * for long. Throws RangeError where a 64-bit number does not fit (see int64.ts).
   */
  encode(message: Init<T>): Uint8Array<ArrayBuffer>;
  /** Reads fields up to `reader.end` into `message`, which is the default for an embedded message that appears twice. */
  read(reader: WireReader, message?: T): T;
  /** Appends the fields, without a length. */
  write(writer: WireWriter, message: Init<T>): void;
}

/** What every `encode` writes with: nothing of a message stays in it after the call. */
const scratch = new WireWriter();

/** Makes the codec of a message. Called by generated code. */
export function messageType<T>(
  name: string,
  { read, write }: Pick<MessageType<T>, "read" | "write">,
): MessageType<T> {
  return {
    name,
    read,
    write,
    decode: (bytes) => read(new WireReader(plainView(bytes))),
    encode: (message) => {
      scratch.reset();
      write(scratch, message);
      return scratch.take();
    },
  };
}

/** A Uint8Array in place of a Buffer, so that fields of type bytes are plain Uint8Arrays too. */
function plainView(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * How deep messages that contain themselves (a transaction within a transaction) may nest. Go's implementation stops at
 * 10,000; ours must not run out of stack, here and in what walks the message afterwards.
 */
export const messageDepthMax = 1000;

/** Counts one level of nesting; throws RangeError at {@link messageDepthMax}. */
export function deeper(depth: number): number {
  if (depth >= messageDepthMax) throw new RangeError(`messages nested more than ${messageDepthMax} deep`);
  return depth + 1;
}
