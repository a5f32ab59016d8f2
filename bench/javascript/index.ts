// The index of the planes in JavaScript: from a key to a record. Open addressing, an entry is one word: some bits of the hash and
// the number of the record, so that a line of the cache holds sixteen and other keys' records are hardly ever looked at.

import { alignedBuffer } from "./aligned.ts";
import { KEY_ABOUT, KEY_DESTINATION, KEY_PORTS, KEY_SOURCE, RECORD, type Records } from "./records.ts";

/** Bits of an entry that hold the number of a record, + 1; those above hold the hash's. */
export const NUMBER_MASK = 0x7fffff;
export const NUMBER_BITS = 23;
const LOAD_MAX = 0.5;

export class Index {
  /** 0 for an empty one. */
  readonly entries: Int32Array<ArrayBuffer>;
  readonly mask: number;

  constructor({ words, count }: Records) {
    if (count > NUMBER_MASK) throw new Error(`The index holds ${NUMBER_MASK} records, not ${count}.`);
    const size = 2 ** Math.ceil(Math.log2(count / LOAD_MAX));
    this.entries = new Int32Array(alignedBuffer(size * 4), 0, size);
    this.mask = size - 1;
    for (let record = 0; record < count; record++) {
      const word = (part: number): number => words[record * RECORD + part] as number;
      const hash = mix(word(KEY_ABOUT), word(KEY_SOURCE), word(KEY_DESTINATION), word(KEY_PORTS));
      let place = hash & this.mask;
      while (this.entries[place] !== 0) place = (place + 1) & this.mask;
      this.entries[place] = (hash & ~NUMBER_MASK) | (record + 1);
    }
  }
}

/** Mixes a key's words into 32 bits, good ones at either end; three multiplies spread keys that differ in one port only. */
export function mix(about: number, source: number, destination: number, ports: number): number {
  let hash = Math.imul(about ^ ports, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16) ^ source, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ destination, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
