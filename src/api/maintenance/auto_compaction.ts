import { etcdserverpb } from "../../../proto/gen/mod.ts";
import type { EtcdError } from "../../base/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import { CommandCode, EntryMaker, type Member } from "../../server/mod.ts";

/** What proposes, on behalf of no client, to compact up to a revision; `done` is called when that has been agreed on, or has failed. */
export function compactionProposer(
  { member, clock }: { member: Pick<Member, "propose">; clock: Clock },
): (revision: number, done: (error?: EtcdError) => void) => void {
  const entries = new EntryMaker();
  return (revision, done) => {
    const compact = { revision, physical: false };
    member.propose({
      entry: entries.make(CommandCode.compact, etcdserverpb.CompactionRequest.encode(compact)),
      command: { kind: "compact", compact },
      arrivalMs: clock.monotonicMs(),
      answer: () => done(),
      failed: (error) => done(error),
    });
  };
}
