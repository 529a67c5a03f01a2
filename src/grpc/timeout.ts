const unitMs: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/**
 * The length of a `grpc-timeout` header in milliseconds, with a fraction. A malformed one gives grpc-go's words for what is
 * wrong with it.
 */
export function parseTimeoutMs(value: string): number | string {
  if (value.length < 2) return `transport: timeout string is too short: ${JSON.stringify(value)}`;
  if (value.length > 9) return `transport: timeout string is too long: ${JSON.stringify(value)}`;
  const unit = unitMs[value[value.length - 1]];
  if (unit === undefined) return `transport: timeout unit is not recognized: ${JSON.stringify(value)}`;
  const digits = value.slice(0, -1);
  if (!/^[0-9]+$/.test(digits)) return `strconv.ParseUint: parsing ${JSON.stringify(digits)}: invalid syntax`;
  return Number(digits) * unit;
}
