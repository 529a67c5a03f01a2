import { type Counter, exponentialBounds, type Histogram, type Registry } from "../base/mod.ts";

/** What leases measure, under etcd's names. */
export class LeaseMetrics {
  readonly granted: Counter;
  readonly revoked: Counter;
  readonly renewed: Counter;
  readonly expired: Counter;
  readonly ttlSeconds: Histogram;

  /** Registers them. */
  constructor(registry: Registry) {
    this.granted = registry.counter("etcd_debugging_lease_granted_total", {
      help: "The total number of granted leases.",
    });
    this.revoked = registry.counter("etcd_debugging_lease_revoked_total", {
      help: "The total number of revoked leases.",
    });
    this.renewed = registry.counter("etcd_debugging_lease_renewed_total", {
      help: "The number of renewed leases seen by the leader.",
    });
    this.expired = registry.counter("etcd_debugging_server_lease_expired_total", {
      help: "The total number of expired leases.",
    });
    this.ttlSeconds = registry.histogram("etcd_debugging_lease_ttl_total", {
      help: "Bucketed histogram of lease TTLs.",
      bounds: exponentialBounds(1, { factor: 2, count: 24 }),
    });
  }
}
