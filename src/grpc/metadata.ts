const base64Alphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/** The bytes of a `-bin` value, padded or not; undefined where it is not base64. */
export function decodeBinaryValue(value: string): Uint8Array | undefined {
  if (!base64Alphabet.test(value)) return undefined;
  try {
    const text = atob(value);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  } catch {
    return undefined;
  }
}

/** Bytes as a `-bin` value: base64 without padding, as the gRPC specification asks of senders. */
export function encodeBinaryValue(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text).replace(/=+$/, "");
}

/** Whether a header belongs to the protocol and not to the application; as grpc-go decides it. */
function isReserved(name: string): boolean {
  switch (name) {
    case "content-type":
    case "user-agent":
    case "grpc-message-type":
    case "grpc-encoding":
    case "grpc-message":
    case "grpc-status":
    case "grpc-timeout":
    case "te":
      return true;
    default:
      return name.startsWith(":");
  }
}

/**
 * Headers or trailers of a call. Names are lower case. Values of names that end in `-bin` are bytes and travel as base64; all
 * others are printable ASCII. A request's metadata is a view of its header list: nothing is decoded before it is asked for.
 */
export class Metadata {
  /** In wire form. */
  #headers: readonly string[];
  /** Whether `#headers` was made here, so that it may be added to. */
  #isOwned = false;

  /** Metadata over a header list, which must not change; empty without one. */
  constructor(headers: readonly string[] = []) {
    this.#headers = headers;
  }

  /** The first value of `name`, also of protocol headers such as `user-agent` and `:authority`; undefined where there is none. */
  get(name: string): string | undefined {
    const headers = this.#headers;
    for (let i = 0; i < headers.length; i += 2) {
      if (headers[i] === name) return headers[i + 1];
    }
    return undefined;
  }

  /** All values of `name`, in order. */
  getAll(name: string): string[] {
    const values: string[] = [];
    for (let i = 0; i < this.#headers.length; i += 2) {
      if (this.#headers[i] === name) values.push(this.#headers[i + 1]);
    }
    return values;
  }

  /** All values of a `-bin` name as bytes; several in one header are separated by commas. Malformed ones are left out. */
  getAllBytes(name: string): Uint8Array[] {
    return this.getAll(name).flatMap((value) => value.split(",")).map((value) => decodeBinaryValue(value.trim()))
      .filter((bytes) => bytes !== undefined);
  }

  /** The first value of a `-bin` name as bytes. */
  getBytes(name: string): Uint8Array | undefined {
    return this.getAllBytes(name)[0];
  }

  /** Adds a value; bytes for names that end in `-bin`, text for all others. Throws a `TypeError` on what cannot be sent. */
  add(name: string, value: string | Uint8Array): this {
    if (!/^[0-9a-z_.-]+$/.test(name)) {
      throw new TypeError(`Cannot send metadata: name ${JSON.stringify(name)} is not valid`);
    }
    if (isReserved(name)) throw new TypeError(`Cannot send metadata: name "${name}" is reserved`);
    if (name.endsWith("-bin") !== value instanceof Uint8Array) {
      throw new TypeError(`Cannot send metadata: "${name}" must be ${name.endsWith("-bin") ? "bytes" : "text"}`);
    }
    if (typeof value === "string" && !/^[ -~]*$/.test(value)) {
      throw new TypeError(`Cannot send metadata: the value of "${name}" is not printable ASCII`);
    }
    const headers = this.#isOwned ? this.#headers as string[] : [...this.#headers];
    headers.push(name, typeof value === "string" ? value : encodeBinaryValue(value));
    this.#headers = headers;
    this.#isOwned = true;
    return this;
  }

  /** The application's names and values in wire form, in order; without the protocol's own headers. */
  *entries(): Generator<[name: string, value: string]> {
    for (let i = 0; i < this.#headers.length; i += 2) {
      if (!isReserved(this.#headers[i])) yield [this.#headers[i], this.#headers[i + 1]];
    }
  }

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.#headers.length === 0;
  }

  /** Appends the application's entries to a header list that is about to be sent. */
  appendTo(headers: string[]): void {
    for (const [name, value] of this.entries()) headers.push(name, value);
  }
}
