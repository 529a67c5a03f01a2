const PAGE_NUMBERS_LOG2 = 15;
const PAGE_NUMBERS = 1 << PAGE_NUMBERS_LOG2;

/** A bit for each of the numbers that a page is for. */
interface Page {
  words: Uint32Array;
  /** Bits that are set; never 0 while the page is held. */
  count: number;
}

/**
 * A set of sequence numbers that are added in any order and taken out in ascending order. It holds a bit for every number near one that it has, so
 * that a million neighbours take 128 KiB.
 */
export class SequenceSet {
  readonly #pages = new Map<number, Page>();
  /** Number of the first page held, or of one before it; undefined when it must be looked for. */
  #firstPage: number | undefined;
  /** In the first page no word before this one has a bit set. */
  #firstWord = 0;

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.#pages.size === 0;
  }

  /** Adds a number that is not in the set. */
  add(sequence: number): void {
    const number = Math.floor(sequence / PAGE_NUMBERS);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = { words: new Uint32Array(PAGE_NUMBERS / 32), count: 0 };
      this.#pages.set(number, page);
    }
    const bit = sequence % PAGE_NUMBERS;
    page.words[bit >>> 5] |= 1 << (bit & 31);
    page.count++;
    this.#firstPage = undefined;
  }

  /** Takes out the lowest number and up to `lengthMax - 1` that follow it without a gap, as a range: `to` is exclusive. */
  takeRun(lengthMax: number): { from: number; to: number } | undefined {
    const first = this.#lowest();
    if (first === undefined) return undefined;
    let to = first;
    while (to - first < lengthMax && this.#remove(to)) to++;
    return { from: first, to };
  }

  #lowest(): number | undefined {
    if (this.#pages.size === 0) return undefined;
    if (this.#firstPage === undefined || !this.#pages.has(this.#firstPage)) {
      this.#firstPage = Infinity;
      for (const number of this.#pages.keys()) this.#firstPage = Math.min(this.#firstPage, number);
      this.#firstWord = 0;
    }
    const { words } = this.#pages.get(this.#firstPage)!;
    while (words[this.#firstWord] === 0) this.#firstWord++;
    const word = words[this.#firstWord];
    return this.#firstPage * PAGE_NUMBERS + this.#firstWord * 32 + (31 - Math.clz32(word & -word));
  }

  /** Whether the number was there. */
  #remove(sequence: number): boolean {
    const number = Math.floor(sequence / PAGE_NUMBERS);
    const page = this.#pages.get(number);
    if (page === undefined) return false;
    const bit = sequence % PAGE_NUMBERS;
    const mask = 1 << (bit & 31);
    if ((page.words[bit >>> 5] & mask) === 0) return false;
    page.words[bit >>> 5] &= ~mask;
    if (--page.count === 0) this.#pages.delete(number);
    return true;
  }
}
