const initialState = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

/** Appends the bit 1, zeros, and the length in bits, so that the length is a multiple of 64 bytes (FIPS 180-4, 5.1.1). */
function pad(message: Uint8Array): DataView {
  const blocks = (message.length + 9 + 63) >> 6;
  const padded = new Uint8Array(blocks * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  return view;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Mixes the block of 64 bytes at `offset` into `state` (FIPS 180-4, 6.1.2). */
function mixBlock(state: Uint32Array, block: { view: DataView; offset: number }): void {
  const words = new Int32Array(80);
  for (let t = 0; t < 16; t++) words[t] = block.view.getInt32(block.offset + t * 4);
  for (let t = 16; t < 80; t++) words[t] = rotateLeft(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
  let [a, b, c, d, e] = state;
  for (let t = 0; t < 80; t++) {
    let mixed: number;
    let constant: number;
    if (t < 20) [mixed, constant] = [(b & c) | (~b & d), 0x5a827999];
    else if (t < 40) [mixed, constant] = [b ^ c ^ d, 0x6ed9eba1];
    else if (t < 60) [mixed, constant] = [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
    else [mixed, constant] = [b ^ c ^ d, 0xca62c1d6];
    const next = (rotateLeft(a, 5) + mixed + e + constant + words[t]) | 0;
    [a, b, c, d, e] = [next, a, rotateLeft(b, 30), c, d];
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

/**
 * The first 64 bits of the SHA-1 of a message (FIPS 180-4), from which etcd makes ids. Not for anything secret. It is here
 * because ids are needed a few times at start, and loading a crypto module costs more than the start may.
 */
export function sha1Head(message: Uint8Array): bigint {
  const view = pad(message);
  const state = Uint32Array.from(initialState);
  for (let offset = 0; offset < view.byteLength; offset += 64) mixBlock(state, { view, offset });
  return (BigInt(state[0]) << 32n) | BigInt(state[1]);
}
