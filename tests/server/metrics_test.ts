import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import type { Message } from "../compat/wire.ts";
import { type ParsedFamily, parseExposition } from "../support/exposition_parser.ts";
import { startLocalServer } from "../support/local_server.ts";

/** A family's form: type, label names, bounds of its buckets. */
interface Form {
  type: string;
  labels: string;
  bounds: string;
}

const etcdForms = new Map<string, Form>(
  Deno.readTextFileSync(new URL("testdata/etcd_metrics.txt", import.meta.url)).split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(" "))
    .map(([name, type, labels, bounds]) => [name, { type, labels, bounds: bounds.split(",").map(plainNumber).join() }]),
);

/** A bound as JavaScript writes it. */
function plainNumber(text: string): string {
  return /^\d/.test(text) ? String(Number(text)) : text;
}

/** Metrics of functions that detcd does not have, or not yet. */
const absent = [
  /^etcd_grpc_proxy_/, // a program of its own
  /^etcd_debugging_store_/, // etcd's v2 store
  /^etcd_debugging_disk_backend_commit_/, // steps of etcd's own storage engine
  /_mvcc_pending_events_total$/, // there is no queue of events
  /^etcd_debugging_auth_/,
  /_feature_enabled$/,
  /_snap_|_snapshot_apply_|_heartbeat_send_|_learner_promote_/,
];

function formOf(family: ParsedFamily): Form {
  const labels = new Set<string>();
  const bounds = new Set<string>();
  for (const sample of family.samples) {
    for (const [name, value] of Object.entries(sample.labels)) {
      if (name === "le") bounds.add(plainNumber(value));
      else labels.add(name);
    }
  }
  return { type: family.type, labels: [...labels].sort().join() || "-", bounds: [...bounds].join() || "-" };
}

async function metricsOf(endpoint: string): Promise<Map<string, ParsedFamily>> {
  return parseExposition(await (await fetch(`http://${endpoint}/metrics`)).text());
}

function valueOf(families: Map<string, ParsedFamily>, name: string, labels: Record<string, string> = {}): number {
  const family = families.get(name) ?? families.get(name.replace(/_(count|sum)$/, ""));
  assert(family !== undefined, `there is no ${name}`);
  const found = family.samples.filter((sample) =>
    sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  );
  assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)} is there ${found.length} times`);
  return found[0].value;
}

const key = new TextEncoder().encode("a");

/** One of each kind of request. */
async function sendRequests(endpoint: string): Promise<void> {
  using caller = new GrpcCaller(endpoint);
  const metadata = { "client-api-version": "3.7" };
  const call = async (method: string, request: Message, code = 0) =>
    assert.equal((await caller.call(`etcdserverpb.KV/${method}`, request, { metadata })).code, code, method);
  await call("Put", { key, value: key });
  await call("Put", { key: new Uint8Array(), value: key }, 3);
  await call("Put", { key, ignore_value: true, value: new Uint8Array(), lease: "7" }, 5);
  await call("Range", { key });
  await call("Range", { key, revision: "1000" }, 11);
  await call("DeleteRange", { key });
  const put = { request_put: { key, value: key } };
  const range = { request_range: { key } };
  await call("Txn", { compare: [], success: [put, range], failure: [] });
  await call("Txn", { compare: [], success: [range, range], failure: [] });
  await call("Compact", { revision: "3", physical: true });
  const stream = await caller.call("etcdserverpb.KV/RangeStream", { key }, { stream: true });
  assert.equal(stream.code, 0);
}

Deno.test("/metrics has the names, types, label names and buckets of etcd, but for functions that are not there", async () => {
  await using server = await startLocalServer(["--metrics=extensive"]);
  await sendRequests(server.endpoint);
  const families = await metricsOf(server.endpoint);
  const expected = new Map([...etcdForms].filter(([name]) => !absent.some((each) => each.test(name))));
  const ours = new Map(
    [...families].filter(([name]) => /^(etcd|grpc)_/.test(name) && !/^etcd_server_healthcheck/.test(name))
      .map(([name, family]) => [name, formOf(family)]),
  );
  assert.deepEqual(new Map([...ours].sort()), new Map([...expected].sort()));
});

Deno.test("/metrics counts what requests have done", async () => {
  await using server = await startLocalServer();
  await sendRequests(server.endpoint);
  const families = await metricsOf(server.endpoint);
  const value = (name: string, labels?: Record<string, string>) => valueOf(families, name, labels);
  assert.equal(value("etcd_server_has_leader"), 1);
  assert.equal(value("etcd_server_is_leader"), 1);
  assert.equal(value("etcd_server_id", { server_id: "22" }), 1);
  assert.equal(value("etcd_server_proposals_applied_total"), 5);
  assert.equal(value("etcd_server_proposals_pending"), 0);
  assert.equal(value("etcd_mvcc_put_total"), 2);
  assert.equal(value("etcd_mvcc_delete_total"), 1);
  assert.equal(value("etcd_mvcc_txn_total"), 2);
  assert.equal(value("etcd_mvcc_range_total"), 6);
  assert.equal(value("etcd_debugging_mvcc_total_put_size_in_bytes"), 4);
  assert.equal(value("etcd_debugging_mvcc_current_revision"), 4);
  assert.equal(value("etcd_debugging_mvcc_compact_revision"), 3);
  assert.equal(value("etcd_debugging_mvcc_keys_total"), 1);
  assert.equal(value("etcd_debugging_mvcc_db_compaction_keys_total"), 1);
  assert.equal(value("etcd_debugging_mvcc_db_compaction_total_duration_milliseconds_count"), 1);
  assert.equal(value("etcd_mvcc_db_open_read_transactions"), 0);

  const applied = (op: string, success: string) => value("etcd_server_apply_duration_seconds_count", { op, success });
  assert.equal(applied("Put", "true"), 1);
  assert.equal(applied("Put", "false"), 1);
  for (const op of ["DeleteRange", "Txn", "Compaction"]) assert.equal(applied(op, "true"), 1);
  const requests = (type: string, success: string) =>
    value("etcd_server_request_duration_seconds_count", { type, success });
  for (const type of ["Put", "DeleteRange", "Txn", "ReadonlyTxn", "Compaction", "Range"]) {
    assert.equal(requests(type, "true"), 1, type);
  }
  assert.equal(requests("Put", "false"), 1);
  assert.equal(requests("Range", "false"), 1);
  assert.equal(value("etcd_server_range_duration_seconds_count", { success: "true" }), 1);
  assert.equal(value("etcd_server_range_duration_seconds_count", { success: "false" }), 1);
  const writes = value("etcd_disk_wal_write_duration_seconds_count");
  assert.equal(writes, 5);
  assert.equal(value("etcd_disk_wal_fsync_duration_seconds_count"), writes);
  assert(value("etcd_disk_backend_commit_duration_seconds_count") >= writes);

  assert.equal(value("etcd_server_client_requests_total", { type: "unary", client_api_version: "3.7" }), 9);
  assert.equal(value("etcd_server_client_requests_total", { type: "stream", client_api_version: "unknown" }), 1);
  const put = { grpc_method: "Put", grpc_service: "etcdserverpb.KV", grpc_type: "unary" };
  assert.equal(value("grpc_server_started_total", put), 3);
  assert.equal(value("grpc_server_msg_received_total", put), 3);
  assert.equal(value("grpc_server_msg_sent_total", put), 1);
  assert.equal(value("grpc_server_handled_total", { ...put, grpc_code: "OK" }), 1);
  assert.equal(value("grpc_server_handled_total", { ...put, grpc_code: "InvalidArgument" }), 1);
  assert.equal(value("grpc_server_handled_total", { ...put, grpc_code: "NotFound" }), 1);
  assert(value("etcd_network_client_grpc_received_bytes_total") > 0);
  assert(value("etcd_network_client_grpc_sent_bytes_total") > 0);
  assert.equal(families.has("grpc_server_handling_seconds"), false, "only --metrics=extensive has it");
});
