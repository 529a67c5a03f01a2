/** Why a text is not a value of some kind; the caller adds which option it was meant for. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}

/** The largest and smallest whole number that a text can give; what lies beyond is held at them (2^53 - 1). */
const largest = Number.MAX_SAFE_INTEGER;

/** A whole number as Go's `strconv` reads it with base 0: prefixes 0x, 0o, 0b, a leading 0 for octal, single underscores. */
const unsignedPattern =
  /^(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])+|[1-9](?:_?[0-9])*|0)$/;

function magnitude(text: string): bigint {
  if (!unsignedPattern.test(text)) throw new ValueError("must be a whole number");
  const digits = text.replaceAll("_", "");
  return BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
}

/**
 * An unsigned number of at most `bits` bits, as Go's `strconv.ParseUint(text, 0, bits)` reads it. A number above 2^53 - 1 is
 * held at that bound.
 */
export function parseUnsigned(text: string, bits: 32 | 64): number {
  const value = magnitude(text);
  if (value >= 1n << BigInt(bits)) throw new ValueError(`must be below 2^${bits}`);
  return Math.min(Number(value), largest);
}

/** A signed 64-bit number as Go's `strconv.ParseInt(text, 0, 64)` reads it, held within ±(2^53 - 1). */
export function parseSigned(text: string): number {
  const negative = text.startsWith("-");
  const value = magnitude(negative || text.startsWith("+") ? text.slice(1) : text);
  if (value >= (1n << 63n) + (negative ? 1n : 0n)) throw new ValueError("must fit into 64 bits");
  const held = Math.min(Number(value), largest);
  return negative ? 0 - held : held;
}

const truths = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falsehoods = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** A truth value in one of the spellings of Go's `strconv.ParseBool`. */
export function parseBoolean(text: string): boolean {
  if (truths.has(text)) return true;
  if (falsehoods.has(text)) return false;
  throw new ValueError('must be "true" or "false"');
}

const nanosecondsPer: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  "\u00b5s": 1e3,
  "\u03bcs": 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** The units of {@link nanosecondsPer}, largest first for printing. */
const printedUnits: readonly (readonly [string, number])[] = [["h", 3_600_000], ["m", 60_000], ["s", 1000]];

/** A duration in milliseconds from Go's notation (`1m30s`, `1.5h`, `100ms`, `0`); it may be negative and have a fraction. */
export function parseDurationMs(text: string): number {
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text;
  if (unsigned === "0") return 0;
  if (!/^(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)[^0-9.]+)+$/.test(unsigned)) {
    throw new ValueError('must be a duration such as "100ms", "5s" or "1h30m"');
  }
  let nanoseconds = 0;
  for (const [, amount, unit] of unsigned.matchAll(/([0-9.]+)([^0-9.]+)/g)) {
    const factor = Object.hasOwn(nanosecondsPer, unit) ? nanosecondsPer[unit] : undefined;
    if (factor === undefined) {
      throw new ValueError(`has the unknown unit "${unit}"; units are ns, us, ms, s, m and h`);
    }
    nanoseconds += Number(amount) * factor;
  }
  if (nanoseconds >= 2 ** 63) throw new ValueError("must be shorter than 2^63 nanoseconds (292 years)");
  return (text.startsWith("-") ? 0 - nanoseconds : nanoseconds) / 1e6;
}

/** A duration in Go's notation, such as `1m30s`. */
export function formatDurationMs(durationMs: number): string {
  if (durationMs === 0) return "0s";
  if (durationMs < 0) return `-${formatDurationMs(0 - durationMs)}`;
  if (durationMs < 1000) return `${durationMs}ms`;
  let rest = durationMs;
  let text = "";
  for (const [unit, unitMs] of printedUnits) {
    const amount = unit === "s" ? rest / unitMs : Math.floor(rest / unitMs);
    rest -= amount * unitMs;
    if (amount > 0 || text !== "") text += `${amount}${unit}`;
  }
  return text;
}
