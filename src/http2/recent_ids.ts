const kept = 1024;

/**
 * The newest stream ids of those that we have reset: their peer may not know yet, so what still comes for them is not an error
 * (RFC 9113, section 5.1).
 */
export class RecentIds {
  #ids: Int32Array | undefined = undefined;
  #next = 0;

  add(id: number): void {
    if (this.#ids === undefined) this.#ids = new Int32Array(kept);
    this.#ids[this.#next] = id;
    this.#next = (this.#next + 1) % kept;
  }

  /** The peer has said that it knows: nothing more may come. */
  delete(id: number): void {
    const at = this.#ids === undefined ? -1 : this.#ids.indexOf(id);
    if (at >= 0) this.#ids![at] = 0;
  }

  has(id: number): boolean {
    return this.#ids !== undefined && this.#ids.includes(id);
  }
}
