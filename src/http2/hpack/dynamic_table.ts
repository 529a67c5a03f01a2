import { type FieldClass, FieldClass as Class } from "./field_class.ts";

/** What each entry costs above its name and value, RFC 7541, section 4.1. */
export const entryOverheadBytes = 32;

/**
 * The dynamic table of RFC 7541, section 2.3.2, on either side. Entries lie in a ring, so that neither insertion nor eviction
 * moves any. `onEvict` hears of each entry that leaves.
 */
export class DynamicTable {
  #names: string[];
  #values: string[];
  #classes: FieldClass[];
  /** Ring positions are taken modulo its size, a power of two. */
  #mask: number;
  /** Entries ever inserted. The newest one is number `#inserted - 1`. */
  #inserted = 0;
  #length = 0;
  #bytes = 0;
  #maxBytes: number;
  readonly #onEvict: ((name: string, value: string, number: number) => void) | undefined;

  constructor(maxBytes: number, onEvict?: (name: string, value: string, number: number) => void) {
    this.#maxBytes = maxBytes;
    this.#onEvict = onEvict;
    this.#names = [];
    this.#values = [];
    this.#classes = [];
    this.#mask = -1;
    this.#grow(16);
  }

  /** Number of entries. */
  get length(): number {
    return this.#length;
  }

  /** Size as RFC 7541, section 4.1 counts it. Never above `maxBytes`. */
  get bytes(): number {
    return this.#bytes;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** Entries ever inserted; changes with every insertion. */
  get inserted(): number {
    return this.#inserted;
  }

  /** Name of the entry inserted `age` insertions ago; 0 is the newest. `age` must be below `length`. */
  name(age: number): string {
    return this.#names[(this.#inserted - 1 - age) & this.#mask];
  }

  value(age: number): string {
    return this.#values[(this.#inserted - 1 - age) & this.#mask];
  }

  fieldClass(age: number): FieldClass {
    return this.#classes[(this.#inserted - 1 - age) & this.#mask];
  }

  /** Sets the bound and evicts what no longer fits. */
  setMaxBytes(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#evictTo(maxBytes);
  }

  /** Adds an entry, RFC 7541, section 4.4. One that is larger than the table empties it and is not added: false. */
  insert(name: string, value: string, fieldClass: FieldClass): boolean {
    const bytes = name.length + value.length + entryOverheadBytes;
    if (bytes > this.#maxBytes) {
      this.#evictTo(0);
      return false;
    }
    this.#evictTo(this.#maxBytes - bytes);
    if (this.#length > this.#mask) this.#grow(this.#names.length * 2);
    const at = this.#inserted & this.#mask;
    this.#names[at] = name;
    this.#values[at] = value;
    this.#classes[at] = fieldClass;
    this.#inserted++;
    this.#length++;
    this.#bytes += bytes;
    return true;
  }

  #evictTo(bytes: number): void {
    while (this.#bytes > bytes) {
      const number = this.#inserted - this.#length;
      const at = number & this.#mask;
      const name = this.#names[at];
      const value = this.#values[at];
      this.#names[at] = "";
      this.#values[at] = "";
      this.#length--;
      this.#bytes -= name.length + value.length + entryOverheadBytes;
      this.#onEvict?.(name, value, number);
    }
  }

  #grow(size: number): void {
    const names = new Array<string>(size).fill("");
    const values = new Array<string>(size).fill("");
    const classes = new Array<FieldClass>(size).fill(Class.Plain);
    for (let number = this.#inserted - this.#length; number < this.#inserted; number++) {
      names[number & (size - 1)] = this.#names[number & this.#mask];
      values[number & (size - 1)] = this.#values[number & this.#mask];
      classes[number & (size - 1)] = this.#classes[number & this.#mask];
    }
    this.#names = names;
    this.#values = values;
    this.#classes = classes;
    this.#mask = size - 1;
  }
}
