// Addresses as numbers, which keys and comparisons are made of: an IPv4 address is the number that it is, an IPv6 address its place in a
// book, from 2^32 on. What the configuration has stays in the book, of the others those that were read last.

import { addressNumber, addressText } from "../config/address.ts";
import { bytesOf, isSix, textOf } from "../config/ipv6.ts";
import { get16, put32, sumOf } from "../wire/words.ts";

const SIX_FROM = 2 ** 32;
const SIZE = 16;
/** Room for the number of an address, and of a port below it. */
export const ADDRESSES = 2 ** 36;
/** Addresses that are remembered whatever else there is. */
const REMEMBERED_MIN = 65_536;

/** Whether a number stands for an IPv6 address. */
export const isSixNumber = (address: number): boolean => address >= SIX_FROM;

interface Entry {
  number: number;
  bytes: Uint8Array;
}

/** Entries by their bytes, eight characters, and by number. */
class Entries {
  readonly byBytes = new Map<string, Entry>();
  readonly byNumber = new Map<number, Entry>();

  add(key: string, entry: Entry): void {
    this.byBytes.set(key, entry);
    this.byNumber.set(entry.number, entry);
  }
}

/** Numbers are never given twice. */
export class AddressBook {
  private readonly configured = new Entries();
  /** Those read last, and before them: when there are too many of the one, they become the other, which is forgotten. */
  private recent = new Entries();
  private older = new Entries();
  private readonly most: number;
  private next = SIX_FROM;

  /** Remembers at least so many addresses, beside those of configurations. */
  constructor(most = REMEMBERED_MIN) {
    this.most = Math.max(most, REMEMBERED_MIN);
  }

  /** Number of an address of the configuration, in text. */
  ofText(text: string): number {
    if (!isSix(text)) return addressNumber(text);
    const bytes = bytesOf(text);
    const key = keyOf(bytes, 0);
    const entry = this.find(key) ?? { number: this.next++, bytes };
    this.configured.add(key, entry);
    return entry.number;
  }

  /** Number of the IPv6 address at a place of a frame. */
  read(frame: Uint8Array, at: number): number {
    const key = keyOf(frame, at);
    const known = this.find(key);
    if (known !== undefined) return known.number;
    const entry = { number: this.next++, bytes: frame.slice(at, at + SIZE) };
    this.remember(key, entry);
    return entry.number;
  }

  /** The bytes of an address, 4 or 16; of one that was forgotten all zero. */
  bytes(address: number): Uint8Array {
    if (isSixNumber(address)) return this.entry(address)?.bytes ?? new Uint8Array(SIZE);
    const bytes = new Uint8Array(4);
    put32(bytes, 0, address);
    return bytes;
  }

  text(address: number): string {
    return isSixNumber(address) ? textOf(this.bytes(address)) : addressText(address);
  }

  /** Sum of the 16-bit words of an IPv6 address. */
  sum(address: number): number {
    return sumOf(this.bytes(address), 0, SIZE);
  }

  private find(key: string): Entry | undefined {
    const known = this.configured.byBytes.get(key) ?? this.recent.byBytes.get(key);
    if (known !== undefined) return known;
    const old = this.older.byBytes.get(key);
    if (old !== undefined) this.remember(key, old);
    return old;
  }

  private entry(number: number): Entry | undefined {
    const { configured, recent, older } = this;
    return configured.byNumber.get(number) ?? recent.byNumber.get(number) ?? older.byNumber.get(number);
  }

  private remember(key: string, entry: Entry): void {
    if (this.recent.byBytes.size >= this.most) {
      this.older = this.recent;
      this.recent = new Entries();
    }
    this.recent.add(key, entry);
  }
}

/** Sixteen bytes as a text of eight characters. */
function keyOf(bytes: Uint8Array, at: number): string {
  const word = (i: number): number => get16(bytes, at + 2 * i);
  return String.fromCharCode(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
}
