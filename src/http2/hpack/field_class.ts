/**
 * What a field means to HTTP/2 itself. It is found once, where a field is first decoded, and stored beside it in the tables, so
 * that a field that is only referred to costs no look at its text.
 */
export const FieldClass = {
  Plain: 0,
  /** Makes the message malformed wherever it stands: bad characters, connection-specific, unknown pseudo-header. */
  Malformed: 1,
  ContentLength: 2,
  Method: 3,
  /** `:method` with the value CONNECT. */
  MethodConnect: 4,
  Scheme: 5,
  Path: 6,
  Authority: 7,
  Status: 8,
  /** `:status` 100 to 199. */
  StatusInformational: 9,
} as const;

/** One of {@link FieldClass}'s values. */
export type FieldClass = typeof FieldClass[keyof typeof FieldClass];

/** By octet: whether it may stand in a field name, RFC 9113, section 8.2.1 (a token of RFC 9110 without upper case). */
const nameOctets = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") nameOctets[char.charCodeAt(0)] = 1;

function isValidName(name: string): boolean {
  if (name.length === 0) return false;
  for (let i = 0; i < name.length; i++) {
    if (nameOctets[name.charCodeAt(i)] === 0) return false;
  }
  return true;
}

/** RFC 9113, section 8.2.1: no NUL, CR, LF; no space or tab at either end. */
function isValidValue(value: string): boolean {
  const length = value.length;
  if (length === 0) return true;
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(length - 1);
  if (first === 0x20 || first === 0x09 || last === 0x20 || last === 0x09) return false;
  for (let i = 0; i < length; i++) {
    const octet = value.charCodeAt(i);
    if (octet <= 0x0d && (octet === 0 || octet === 0x0a || octet === 0x0d)) return false;
  }
  return true;
}

/** The class of a field, RFC 9113, sections 8.2 and 8.3. */
export function classifyField(name: string, value: string): FieldClass {
  if (!isValidValue(value)) return FieldClass.Malformed;
  if (name.charCodeAt(0) === 0x3a) return classifyPseudo(name, value);
  if (!isValidName(name)) return FieldClass.Malformed;
  switch (name) {
    case "content-length":
      return /^[0-9]{1,15}$/.test(value) ? FieldClass.ContentLength : FieldClass.Malformed;
    case "te":
      return value === "trailers" ? FieldClass.Plain : FieldClass.Malformed;
    case "connection":
    case "keep-alive":
    case "proxy-connection":
    case "transfer-encoding":
    case "upgrade":
      return FieldClass.Malformed;
    default:
      return FieldClass.Plain;
  }
}

function classifyPseudo(name: string, value: string): FieldClass {
  switch (name) {
    case ":method":
      if (value === "") return FieldClass.Malformed;
      return value === "CONNECT" ? FieldClass.MethodConnect : FieldClass.Method;
    case ":scheme":
      return value === "" ? FieldClass.Malformed : FieldClass.Scheme;
    case ":path":
      return value === "" ? FieldClass.Malformed : FieldClass.Path;
    case ":authority":
      return FieldClass.Authority;
    case ":status":
      if (!/^[1-9][0-9]{2}$/.test(value)) return FieldClass.Malformed;
      return value.charCodeAt(0) === 0x31 ? FieldClass.StatusInformational : FieldClass.Status;
    default:
      return FieldClass.Malformed;
  }
}
