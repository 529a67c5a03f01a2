import { Reader, Writer } from "protobufjs/minimal";

/** The default of a field of type bytes, shared. */
export const noBytes: Uint8Array = new Uint8Array(0);

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
  /** The message in bytes of their own. Throws RangeError where a 64-bit number does not fit (see int64.ts). */
  encode(message: Init<T>): Uint8Array;
  /** Reads fields up to `reader.len` into `message`, which is the default for an embedded message that appears twice. */
  read(reader: Reader, message?: T): T;
  /** Appends the fields, without a length. */
  write(writer: Writer, message: Init<T>): void;
}

/** Makes the codec of a message. Called by generated code. */
export function messageType<T>(
  name: string,
  { read, write }: Pick<MessageType<T>, "read" | "write">,
): MessageType<T> {
  return {
    name,
    read,
    write,
    decode: (bytes) => read(new Reader(plainView(bytes))),
    encode: (message) => {
      const writer = new Writer();
      write(writer, message);
      return writer.finish();
    },
  };
}

/** A Uint8Array in place of a Buffer, so that fields of type bytes are plain Uint8Arrays too. */
function plainView(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Narrows the reader to the embedded message that starts here; returns what {@link leave} wants back. */
export function enter(reader: Reader): number {
  const length = reader.size();
  const end = reader.pos + length;
  const outer = reader.len;
  if (end > outer) throw new RangeError(`embedded message of ${length} bytes passes the end`);
  reader.len = end;
  return outer;
}

/** Widens the reader again. */
export function leave(reader: Reader, outer: number): void {
  reader.len = outer;
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

/** Skips a field that is not known, or has another wire type than it should. */
export function skipField(reader: Reader, tag: number): void {
  reader.skipType(tag & 7, 0, tag >>> 3);
}
