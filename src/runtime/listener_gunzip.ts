import type { Gunzip } from "../grpc/mod.ts";

type Zlib = typeof import("node:zlib");

/** Loaded at the first compressed request: it takes 20 ms, and hardly any client compresses. */
function loadZlib(): Zlib {
  return process.getBuiltinModule("node:zlib") as unknown as Zlib;
}

/** Undoes gzip with the host's zlib; see {@link Gunzip}. */
export const gunzip: Gunzip = (compressed, maxBytes) => {
  try {
    return loadZlib().gunzipSync(compressed, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
};
