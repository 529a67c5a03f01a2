import { errors } from "../base/mod.ts";

/** What is asked of a call. */
interface EndlessCall {
  fail(error: unknown): void;
  onEnd: (() => void) | undefined;
}

/** Running calls that have no end of their own, such as watches: they would hold up a member that stops for as long as it waits for any call. */
export class EndlessCalls {
  readonly #running = new Set<EndlessCall>();
  #isClosed = false;

  /** Notes a call until it ends; `onEnd` is called then. Throws `stopped` after {@link close}. */
  add(call: EndlessCall, onEnd?: () => void): void {
    if (this.#isClosed) throw errors.stopped();
    this.#running.add(call);
    call.onEnd = () => {
      this.#running.delete(call);
      onEnd?.();
    };
  }

  /** Ends all calls, and lets none begin: clients go on elsewhere, or when the member is back. */
  close(): void {
    this.#isClosed = true;
    for (const call of [...this.#running]) call.fail(errors.stopped());
  }
}
