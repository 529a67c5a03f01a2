import assert from "node:assert/strict";
import { OlderRevisions } from "./older_revisions.ts";

Deno.test("OlderRevisions keeps every key's events through growing, dropping and reuse of blocks", () => {
  const older = new OlderRevisions();
  const handles = new Map<number, number>();
  const plain = new Map<number, { sequence: number; revision: number; isTombstone: boolean }[]>();
  let sequence = 0;
  const add = (key: number, times: number) => {
    for (let i = 0; i < times; i++) {
      const event = { sequence: ++sequence, revision: sequence * 3, isTombstone: sequence % 5 === 0 };
      handles.set(key, older.append(handles.get(key) ?? 0, event));
      plain.set(key, [...(plain.get(key) ?? []), event]);
    }
  };
  const drop = (key: number, dropped: number) => {
    handles.set(key, older.dropOldest(handles.get(key)!, dropped));
    plain.set(key, plain.get(key)!.slice(dropped));
  };
  const check = () => {
    let total = 0;
    for (const [key, events] of plain) {
      const handle = handles.get(key)!;
      assert.equal(older.count(handle), events.length);
      total += events.length;
      events.forEach((event, i) => {
        assert.equal(older.sequenceAt(handle, i), event.isTombstone ? -event.sequence : event.sequence);
        assert.equal(older.revisionAt(handle, i), event.revision);
        assert.equal(older.countUpTo(handle, event.revision), i + 1);
        assert.equal(older.countUpTo(handle, event.revision - 1), i);
      });
      if (events.length === 0) assert.equal(handle, 0, "no events need no block");
    }
    assert.equal(older.total, total);
  };
  for (let key = 0; key < 40; key++) add(key, key * 20);
  check();
  for (let key = 1; key < 40; key++) drop(key, Math.min(key * 20, 1 + (key * 37) % (key * 20)));
  check();
  for (let key = 0; key < 40; key++) add(key, 3 + (key % 3) * 200);
  check();
  for (let key = 0; key < 40; key++) drop(key, plain.get(key)!.length);
  check();
  assert.equal(older.total, 0);
  add(5, 10);
  check();
});

Deno.test("OlderRevisions.dropOldest() works through 300,000 events of one key in small portions", () => {
  const older = new OlderRevisions();
  let handle = 0;
  for (let i = 1; i <= 300_000; i++) handle = older.append(handle, { sequence: i, revision: i, isTombstone: false });
  for (let left = 300_000; left > 0;) {
    assert.equal(older.sequenceAt(handle, 0), 300_001 - left);
    assert.equal(older.sequenceAt(handle, left - 1), 300_000);
    const dropped = Math.min(100, left);
    handle = older.dropOldest(handle, dropped);
    left -= dropped;
  }
  assert.equal(handle, 0);
});
