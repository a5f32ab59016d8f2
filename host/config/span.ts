// What a block or a single address holds: addresses from the first to the last, of one family.

import { addressNumber, addressText, isAddress } from "./address.ts";
import { isAddress6, isSix, numberOf, textOf } from "./ipv6.ts";

const BITS = { 4: 32, 6: 128 };
const HEXADECIMAL = 16;

/** Addresses from the first to the last, both included, as numbers of 32 or 128 bits. */
export interface Span {
  family: 4 | 6;
  first: bigint;
  last: bigint;
}

/** The span of a block or a single address; undefined when the text is none. Host bits are not looked at. */
export function spanOf(text: string): Span | undefined {
  const family = isSix(text) ? 6 : 4;
  const [address = "", length = String(BITS[family]), ...rest] = text.split("/");
  if (rest.length > 0 || !isAnyAddress(address) || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > BITS[family])
    return undefined;
  const hosts = (1n << BigInt(BITS[family] - Number(length))) - 1n;
  const number = family === 6 ? numberOf(address) : BigInt(addressNumber(address));
  const first = number & ~hosts;
  return { family, first, last: first | hosts };
}

/** Whether a text is an address of either family, in its one plain form. */
export const isAnyAddress = (text: string): boolean => (isSix(text) ? isAddress6(text) : isAddress(text));

/** Whether a span holds all of another one. */
export const holdsSpan = (outer: Span, inner: Span): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;

/** Whether two spans have an address in common. */
export const spansOverlap = (a: Span, b: Span): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

/** The text of a span's first address. */
export function firstText({ family, first }: Span): string {
  if (family === 4) return addressText(Number(first));
  const pairs = first
    .toString(HEXADECIMAL)
    .padStart(BITS[6] / 4, "0")
    .match(/../g) as string[];
  return textOf(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, HEXADECIMAL)));
}
