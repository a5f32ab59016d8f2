// Runs of 32-bit numbers -> tries that the core walks a byte at a time (assembly/admit/trie.ts). A node holds only the places
// where something else begins, and nodes of the same content are one, so that a trie grows with its runs and not with its space.

import * as Abi from "../abi.ts";
import type { TableImage } from "./image.ts";

const PLACES = 256;
const WORDS = 4;
const WORD_BITS = 64;
const FIRST_SHIFT = 24;
const BYTE = 8;

/** A place of a node: a value when odd, halved and rounded down a node's number when even. */
type Place = number;

/** Where the runs of a trie begin, ascending from 0, and each one's value, an even number. */
export interface TrieRuns {
  starts: readonly number[];
  values: readonly number[];
}

/** All tries of an image. */
export class Tries {
  private readonly nodes: { starts: number[]; places: Place[] }[] = [];
  private readonly known = new Map<string, number>();

  /** Builds a trie; what it is told by until the nodes are written. */
  add(runs: TrieRuns): Place {
    return this.node(runs, FIRST_SHIFT, 0, 0);
  }

  /** Writes the nodes; gives the core's root for what `add` gave. */
  write(image: TableImage): (root: Place) => number {
    const offsets: number[] = [];
    let size = 0;
    for (const { places } of this.nodes) {
      offsets.push(size);
      size += Math.ceil((Abi.NODE_RUNS + places.length * 4) / Abi.NODE_ALIGNMENT) * Abi.NODE_ALIGNMENT;
    }
    const section = image.section(size);
    const entryOf = (place: Place): number => (place % 2 === 1 ? place : section + (offsets[place / 2] as number));
    this.nodes.forEach(({ starts, places }, which) => {
      const at = section + (offsets[which] as number);
      for (let word = 0; word < WORDS; word++) {
        const inWord = starts.filter((start) => Math.floor(start / WORD_BITS) === word);
        image.u8(at + Abi.NODE_BEFORE + word, starts.filter((start) => start < word * WORD_BITS).length);
        const bits = inWord.reduce((sum, start) => sum | (1n << BigInt(start % WORD_BITS)), 0n);
        image.u64(at + Abi.NODE_STARTS + word * 8, bits);
      }
      places.forEach((place, run) => image.u32(at + Abi.NODE_RUNS + run * 4, entryOf(place)));
    });
    return entryOf;
  }

  /** The node for the numbers from `base` whose byte at `shift` varies; `run` is the one that `base` lies in. */
  private node({ starts, values }: TrieRuns, shift: number, base: number, run: number): Place {
    const places: Place[] = [];
    const begins: number[] = [];
    const width = 2 ** shift;
    let at = run;
    for (let byte = 0; byte < PLACES; byte++) {
      const first = base + byte * width;
      while ((starts[at + 1] ?? Number.POSITIVE_INFINITY) <= first) at++;
      const whole = (starts[at + 1] ?? Number.POSITIVE_INFINITY) >= first + width;
      const place = whole ? (values[at] as number) + 1 : this.node({ starts, values }, shift - BYTE, first, at);
      if (places.at(-1) === place) continue;
      places.push(place);
      begins.push(byte);
    }
    return places.length === 1 ? (places[0] as Place) : this.numbered(begins, places);
  }

  private numbered(starts: number[], places: Place[]): Place {
    const key = `${starts.join()} ${places.join()}`;
    let number = this.known.get(key);
    if (number === undefined) {
      number = this.nodes.length;
      this.nodes.push({ starts, places });
      this.known.set(key, number);
    }
    return number * 2;
  }
}
