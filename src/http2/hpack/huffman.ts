/**
 * Length in bits of each octet's code, RFC 7541, appendix B. The code is canonical: codes of one length follow each other in
 * the order of the octets, and longer codes follow shorter ones; so the lengths say everything.
 */
// deno-fmt-ignore
const codeLengthBits: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];

const shortestBits = 5;
const longestBits = 30;
/** Codes up to this length are found with one look-up. */
const quickBits = 9;
const quickMask = (1 << quickBits) - 1;

/** The code of each octet, in the low bits. */
const codes = new Uint32Array(256);
const lengths = Uint8Array.from(codeLengthBits);
/** The octets in the order of their codes. */
const octetsByCode = new Uint8Array(256);
/** For each length: its first code, how many codes there are, and where its octets begin in `octetsByCode`. */
const firstCode = new Uint32Array(longestBits + 1);
const codeCount = new Uint32Array(longestBits + 1);
const firstOctet = new Uint32Array(longestBits + 1);
/** By the next `quickBits` bits: octet << 4 | length, or 0 when the code is longer. */
const quick = new Uint16Array(1 << quickBits);

{
  let code = 0;
  let at = 0;
  for (let bits = shortestBits; bits <= longestBits; bits++) {
    code = (code << 1) >>> 0;
    firstCode[bits] = code;
    firstOctet[bits] = at;
    for (let octet = 0; octet < 256; octet++) {
      if (lengths[octet] !== bits) continue;
      codes[octet] = code;
      octetsByCode[at++] = octet;
      codeCount[bits]++;
      if (bits <= quickBits) {
        const spare = quickBits - bits;
        quick.fill((octet << 4) | bits, code << spare, (code + 1) << spare);
      }
      code++;
    }
  }
}

/** Bytes that `text` (Latin-1) takes when Huffman coded. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += lengths[text.charCodeAt(i) & 0xff];
  return (bits + 7) >>> 3;
}

/** Writes `text` (Latin-1) Huffman coded into `out` from `at`, padded with ones; gives the position after it. There must be room. */
export function huffmanEncode(text: string, out: Uint8Array, at: number): number {
  let held = 0;
  let heldBits = 0;
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i) & 0xff;
    const code = codes[octet];
    let bits = lengths[octet];
    while (bits > 0) {
      const taken = Math.min(bits, 8 - heldBits);
      held = (held << taken) | ((code >>> (bits - taken)) & ((1 << taken) - 1));
      heldBits += taken;
      bits -= taken;
      if (heldBits === 8) {
        out[at++] = held;
        held = 0;
        heldBits = 0;
      }
    }
  }
  if (heldBits > 0) out[at++] = (held << (8 - heldBits)) | (0xff >>> heldBits);
  return at;
}

/** The 32 bits of `bytes` from bit `bitAt`, with ones after `end`. */
function bitsFrom(bytes: Uint8Array, end: number, bitAt: number): number {
  let at = bitAt >>> 3;
  const shift = bitAt & 7;
  let word = 0;
  for (let i = 0; i < 4; i++, at++) word = (word << 8) | (at < end ? bytes[at] : 0xff);
  if (shift === 0) return word >>> 0;
  const next = at < end ? bytes[at] : 0xff;
  return ((word << shift) | (next >>> (8 - shift))) >>> 0;
}

/**
 * Decodes the Huffman coded bytes `start` to `end` into `out` from 0. `out` must have room for 8/5 of the input.
 *
 * @returns the number of octets, or -1 when the code is invalid: EOS within it, or padding that is not the beginning of EOS or
 * is longer than 7 bits (RFC 7541, section 5.2).
 */
export function huffmanDecode(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let length = 0;
  let at = start;
  /** The next bits of the input, in the low `heldBits` bits. */
  let held = 0;
  let heldBits = 0;
  while (true) {
    while (heldBits < quickBits && at < end) {
      held = ((held & quickMask) << 8) | bytes[at++];
      heldBits += 8;
    }
    if (heldBits < quickBits) break;
    const entry = quick[(held >>> (heldBits - quickBits)) & quickMask];
    if (entry !== 0) {
      out[length++] = entry >>> 4;
      heldBits -= entry & 15;
      continue;
    }
    const bitAt = at * 8 - heldBits;
    const word = bitsFrom(bytes, end, bitAt);
    const bits = longCodeBits(word);
    const left = end * 8 - bitAt;
    if (bits === 0 || bits > left) return endsWithPadding(word, left) ? length : -1;
    out[length++] = octetsByCode[firstOctet[bits] + ((word >>> (32 - bits)) - firstCode[bits])];
    at = (bitAt + bits) >>> 3;
    heldBits = 0;
    const used = (bitAt + bits) & 7;
    if (used !== 0) {
      held = bytes[at++];
      heldBits = 8 - used;
    }
  }
  // Fewer than `quickBits` bits are left: codes that fit into them, then padding.
  while (heldBits > 0) {
    const padded = ((held << (quickBits - heldBits)) | ((1 << (quickBits - heldBits)) - 1)) & quickMask;
    const entry = quick[padded];
    const bits = entry & 15;
    if (entry === 0 || bits > heldBits) {
      const ones = (1 << heldBits) - 1;
      return heldBits < 8 && (held & ones) === ones ? length : -1;
    }
    out[length++] = entry >>> 4;
    heldBits -= bits;
  }
  return length;
}

/** Length of the code, longer than `quickBits`, that `word` begins with; 0 for EOS. */
function longCodeBits(word: number): number {
  for (let bits = quickBits + 1; bits <= longestBits; bits++) {
    const code = word >>> (32 - bits);
    if (code - firstCode[bits] < codeCount[bits]) return bits;
  }
  return 0;
}

function endsWithPadding(word: number, left: number): boolean {
  return left < 8 && word >>> (32 - left) === (1 << left) - 1;
}
