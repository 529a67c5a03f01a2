import type { Step } from "../corpus/step.ts";
import type { Message } from "../wire.ts";

/** A LeaseKeepAlive stream on which all requests are sent at once, and then the client's side is closed. */
export interface KeepAlive {
  keepAlive: readonly (Message | Uint8Array)[];
}

/** One step of a chapter on leases. */
export type LeaseStep = Step | KeepAlive;

/** Steps that are made one after the other, to a fresh server. */
export interface LeaseChapter {
  name: string;
  steps: readonly LeaseStep[];
  flags?: readonly string[];
}

const lease = (rpc: string) => (request: Message | Uint8Array): Step => ({
  method: `etcdserverpb.Lease/Lease${rpc}`,
  request,
});

export const grant = lease("Grant");
export const revoke = lease("Revoke");
export const timeToLive = lease("TimeToLive");
export const leases = lease("Leases")({});

/** Renews leases on one stream. */
export function keepAlive(...requests: (Message | Uint8Array)[]): KeepAlive {
  return { keepAlive: requests };
}
