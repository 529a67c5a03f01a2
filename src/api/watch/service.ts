import type { services } from "../../../proto/gen/mod.ts";
import { errors } from "../../base/mod.ts";
import type { HandlersFor } from "../../grpc/mod.ts";
import type { Clock, Random } from "../../ports/mod.ts";
import type { Member } from "../../server/mod.ts";
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
  /** Responses to watches that asked for fragments stay below; etcd's `--max-request-bytes` and 512 KiB. */
  responseBytesMax: number;
  /** Time between progress notifications; up to a tenth is added for each stream. */
  progressNotifyIntervalMs: number;
}

/** So many streams gather responses at a time, 16 KiB each; others send them one by one. */
const gatheringStreamsMax = 256;

/** `etcdserverpb.Watch`. */
export class WatchService {
  readonly handlers: HandlersFor<typeof services.Watch>;
  /** Running calls, to be ended with the service. */
  readonly #fail = new Set<() => void>();
  #isClosed = false;

  constructor({ member, clock, random, responseBytesMax, progressNotifyIntervalMs }: WatchOptions) {
    const term = () => member.consensus.term;
    const encoder = new WatchResponseEncoder(new HeaderWriter(member.identity, { term }), { term });
    const pool = new FramedMessagesPool({ max: gatheringStreamsMax });
    const hub = member.watches;
    this.handlers = {
      Watch: (call) => {
        if (this.#isClosed) throw errors.stopped();
        const spreadMs = random.below(Math.max(1, Math.floor(progressNotifyIntervalMs / 10)));
        const progressIntervalMs = progressNotifyIntervalMs + spreadMs;
        const stream = new WatchStream(call, { hub, clock, encoder, pool, responseBytesMax, progressIntervalMs });
        const fail = () => call.fail(errors.stopped());
        this.#fail.add(fail);
        hub.metrics.streams.add(1);
        call.onEnd = () => {
          this.#fail.delete(fail);
          hub.metrics.streams.add(-1);
          stream.release();
        };
      },
    };
  }

  /** Ends all streams: clients go on elsewhere, or when the member is back. */
  close(): void {
    this.#isClosed = true;
    for (const fail of [...this.#fail]) fail();
  }
}
