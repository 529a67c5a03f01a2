/**
 * Turns for work in slices, one callback each, between which the host looks for input.
 *
 * Deno polls its sockets when it has nothing else to do, or else only every 61st turn (tokio's `event_interval`): a chain of
 * `setImmediate` of 2 ms each keeps a request waiting for 120 ms. A turn that begins when a byte has come through a socket comes after such
 * a poll. It costs 12 us; a timer, which does the same, 2 ms.
 */
export class InputTurns {
  readonly #near: Deno.Conn;
  readonly #far: Deno.Conn;
  readonly #byte = new Uint8Array(1);
  readonly #received = new Uint8Array(1);
  #waiting: (() => void)[] = [];
  #isUnderWay = false;
  #isBroken = false;

  /** Connects a socket to itself on the loopback interface. */
  static async open(): Promise<InputTurns> {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const near = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    near.setNoDelay(true);
    for (;;) {
      const far = await listener.accept();
      // Anybody on this machine may have been quicker.
      if (far.remoteAddr.port === near.localAddr.port) return new InputTurns(near, far);
      far.close();
    }
  }

  private constructor(near: Deno.Conn, far: Deno.Conn) {
    this.#near = near;
    this.#far = far;
  }

  /** Calls `callback` in a turn of its own, after all that were handed in before. */
  next(callback: () => void): void {
    if (this.#isBroken) return void setTimeout(callback, 0);
    this.#waiting.push(callback);
    if (!this.#isUnderWay) this.#send();
  }

  /** Frees the sockets; what waits, and what comes later, is called by timers. */
  close(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#near.close();
    this.#far.close();
    for (const callback of this.#waiting.splice(0)) setTimeout(callback, 0);
  }

  #send(): void {
    this.#isUnderWay = true;
    const fail = () => this.close();
    this.#far.read(this.#received).then((count) => count === null ? fail() : this.#arrived(), fail);
    this.#near.write(this.#byte).catch(fail);
  }

  #arrived(): void {
    this.#isUnderWay = false;
    if (this.#isBroken) return;
    const callback = this.#waiting.shift();
    if (this.#waiting.length > 0) this.#send();
    callback?.();
  }
}
