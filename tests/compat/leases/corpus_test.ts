import { testChapters } from "../chapters.ts";
import { showRequest } from "../show.ts";
import { leaseChapters } from "./corpus.ts";
import { LeasePair } from "./lease_pair.ts";
import type { LeaseStep } from "./steps.ts";

function show(step: LeaseStep): string {
  if (!("keepAlive" in step)) return showRequest(step);
  const renewals = step.keepAlive.map((request) => showRequest({ method: "Lease/LeaseKeepAlive", request }));
  return renewals.join(", ").slice(0, 600);
}

testChapters(leaseChapters, { start: (flags) => LeasePair.start(flags), show });
