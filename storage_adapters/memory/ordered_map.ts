/** Entries of neighbouring keys. Parallel arrays of one length, never empty while in a map. */
interface Leaf<Key, Value> {
  keys: Key[];
  values: Value[];
  /** The epoch of the map in which this leaf was made; one from an earlier epoch is shared with a fork and must not change. */
  epoch: number;
}

const leafEntriesMax = 64;

/** A map in key order, made of leaves in an array: point operations cost a search, {@link fork} costs next to nothing. */
export class OrderedMap<Key, Value> {
  readonly #compare: (a: Key, b: Key) => number;
  #leaves: Leaf<Key, Value>[];
  #epoch = 0;

  constructor(compare: (a: Key, b: Key) => number, leaves: Leaf<Key, Value>[] = []) {
    this.#compare = compare;
    this.#leaves = leaves;
  }

  /** A map of the same content that later changes of this one do not reach. The fork itself must not be changed. */
  fork(): OrderedMap<Key, Value> {
    this.#epoch++;
    return new OrderedMap(this.#compare, this.#leaves.slice());
  }

  get(key: Key): Value | undefined {
    const leaf = this.#leaves[this.#leafIndex(key)];
    if (leaf === undefined) return undefined;
    const at = this.#lowerBound(leaf.keys, key);
    return at < leaf.keys.length && this.#compare(leaf.keys[at], key) === 0 ? leaf.values[at] : undefined;
  }

  /** Sets the value at `key` and returns the one that was there. */
  set(key: Key, value: Value): Value | undefined {
    const index = this.#leafIndex(key);
    if (this.#leaves.length === 0) {
      this.#leaves.push({ keys: [key], values: [value], epoch: this.#epoch });
      return undefined;
    }
    const leaf = this.#own(index);
    const at = this.#lowerBound(leaf.keys, key);
    if (at < leaf.keys.length && this.#compare(leaf.keys[at], key) === 0) {
      const old = leaf.values[at];
      leaf.values[at] = value;
      return old;
    }
    leaf.keys.splice(at, 0, key);
    leaf.values.splice(at, 0, value);
    if (leaf.keys.length > leafEntriesMax) this.#split(index, at);
    return undefined;
  }

  /** Removes `key` and returns the value that was there. */
  delete(key: Key): Value | undefined {
    const index = this.#leafIndex(key);
    if (index >= this.#leaves.length) return undefined;
    const at = this.#lowerBound(this.#leaves[index].keys, key);
    const found = this.#leaves[index].keys;
    if (at >= found.length || this.#compare(found[at], key) !== 0) return undefined;
    const leaf = this.#own(index);
    const [old] = leaf.values.splice(at, 1);
    leaf.keys.splice(at, 1);
    if (leaf.keys.length === 0) this.#leaves.splice(index, 1);
    return old;
  }

  /** Entries with keys in [`from`, `to`), ascending, or descending when `reverse`. The map must not change meanwhile. */
  *entries(range: { from?: Key; to?: Key; reverse?: boolean }): Generator<[Key, Value], void, void> {
    const { from, to, reverse = false } = range;
    let index = 0;
    if (reverse) index = to === undefined ? this.#leaves.length - 1 : this.#leafIndex(to);
    else if (from !== undefined) index = this.#leafIndex(from);
    for (; index >= 0 && index < this.#leaves.length; index += reverse ? -1 : 1) {
      const { keys, values } = this.#leaves[index];
      const low = from === undefined ? 0 : this.#lowerBound(keys, from);
      const high = to === undefined ? keys.length : this.#lowerBound(keys, to);
      if (reverse) {
        for (let i = high - 1; i >= low; i--) yield [keys[i], values[i]];
        if (low > 0) return;
      } else {
        for (let i = low; i < high; i++) yield [keys[i], values[i]];
        if (high < keys.length) return;
      }
    }
  }

  /** The leaf in which `key` is or belongs; 0 in an empty map. */
  #leafIndex(key: Key): number {
    let low = 0;
    let high = this.#leaves.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#compare(this.#leaves[middle].keys[0], key) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #lowerBound(keys: readonly Key[], key: Key): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(keys[middle], key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #own(index: number): Leaf<Key, Value> {
    const leaf = this.#leaves[index];
    if (leaf.epoch === this.#epoch) return leaf;
    return this.#leaves[index] = { keys: leaf.keys.slice(), values: leaf.values.slice(), epoch: this.#epoch };
  }

  /** Halves a leaf that has grown too large; one that grew at the map's end keeps all but the newest entry. */
  #split(index: number, grownAt: number): void {
    const leaf = this.#leaves[index];
    const atEnd = index === this.#leaves.length - 1 && grownAt === leaf.keys.length - 1;
    const middle = atEnd ? grownAt : leaf.keys.length >>> 1;
    const right = { keys: leaf.keys.splice(middle), values: leaf.values.splice(middle), epoch: this.#epoch };
    this.#leaves.splice(index + 1, 0, right);
  }
}
