import type { HeaderList } from "../types.ts";
import { FieldClass } from "./field_class.ts";

/** Bits of {@link HeaderBlock.pseudo}. */
export const Pseudo = {
  Method: 1 << FieldClass.Method,
  Connect: 1 << FieldClass.MethodConnect,
  Scheme: 1 << FieldClass.Scheme,
  Path: 1 << FieldClass.Path,
  Authority: 1 << FieldClass.Authority,
  Status: 1 << FieldClass.Status,
  Informational: 1 << FieldClass.StatusInformational,
} as const;

/** A decoded header block and what HTTP/2 has to know of it. Never changed once made: repeated blocks share it. */
export interface HeaderBlock {
  readonly list: HeaderList;
  /** Which pseudo-headers it has, of {@link Pseudo}. */
  readonly pseudo: number;
  /** Value of content-length, -1 without one. */
  readonly contentLength: number;
  /** A field is invalid, or a pseudo-header repeated or after a regular field (RFC 9113, sections 8.2 and 8.3). */
  readonly malformed: boolean;
  /** The list's size, RFC 9113, section 6.5.2, is above the bound; `list` is then not complete. */
  readonly tooLarge: boolean;
}

/** Whether the block can open a request, RFC 9113, section 8.3.1 and 8.5. */
export function isRequest(block: HeaderBlock): boolean {
  if (block.malformed) return false;
  const required = block.pseudo & ~Pseudo.Authority;
  if (required === (Pseudo.Method | Pseudo.Scheme | Pseudo.Path)) return true;
  return block.pseudo === (Pseudo.Connect | Pseudo.Authority);
}

/** Whether the block can be a final response's or an informational one's, RFC 9113, section 8.3.2. */
export function isResponse(block: HeaderBlock): boolean {
  return !block.malformed && (block.pseudo === Pseudo.Status || block.pseudo === Pseudo.Informational);
}

/** Whether the block can be trailers, RFC 9113, section 8.1: no pseudo-headers. */
export function isTrailers(block: HeaderBlock): boolean {
  return !block.malformed && block.pseudo === 0;
}
