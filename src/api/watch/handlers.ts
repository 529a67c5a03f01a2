import type { services } from "../../../proto/gen/mod.ts";
import type { HandlersFor } from "../../grpc/mod.ts";
import type { Clock, Random } from "../../ports/mod.ts";
import type { Member } from "../../server/mod.ts";
import type { EndlessCalls } from "../endless_calls.ts";
import { FramedMessagesPool } from "./framed_messages.ts";
import { HeaderWriter } from "../header.ts";
import { WatchResponseEncoder } from "./encode.ts";
import { WatchStream } from "./stream.ts";

/** What the Watch service works with. */
export interface WatchOptions {
  member: Member;
  clock: Clock;
  /** Spreads the progress notifications of streams that were opened together. */
  random: Random;
  /** Streams are among these. */
  endlessCalls: EndlessCalls;
  /** Responses to watches that asked for fragments stay below; etcd's `--max-request-bytes` and 512 KiB. */
  responseBytesMax: number;
  /** Time between progress notifications; up to a tenth is added for each stream. */
  progressNotifyIntervalMs: number;
}

/** So many streams gather responses at a time, 16 KiB each; others send them one by one. */
const gatheringStreamsMax = 256;

/** Handlers of `etcdserverpb.Watch`. */
export function watchHandlers(
  { member, clock, random, endlessCalls, responseBytesMax, progressNotifyIntervalMs }: WatchOptions,
): HandlersFor<typeof services.Watch> {
  const term = () => member.consensus.term;
  const encoder = new WatchResponseEncoder(new HeaderWriter(member.identity, { term }), { term });
  const pool = new FramedMessagesPool({ max: gatheringStreamsMax });
  const hub = member.watches;
  return {
    Watch: (call) => {
      const spreadMs = random.below(Math.max(1, Math.floor(progressNotifyIntervalMs / 10)));
      const progressIntervalMs = progressNotifyIntervalMs + spreadMs;
      const stream = new WatchStream(call, { hub, clock, encoder, pool, responseBytesMax, progressIntervalMs });
      endlessCalls.add(call, () => {
        hub.metrics.streams.add(-1);
        stream.release();
      });
      hub.metrics.streams.add(1);
    },
  };
}
