// IPv6 addresses in text, read strictly: in the one form of RFC 5952, so that equal addresses are equal texts. Parsing is
// ipaddr.js's; the strictness is here.

import ipaddr from "ipaddr.js";

/** Whether a text is meant as an IPv6 address or block. */
export const isSix = (text: string): boolean => text.includes(":");

/** The one plain form of an IPv6 address; undefined when the text is none, has a zone, or ends with an IPv4 address. */
export function plainForm(text: string): string | undefined {
  return ipaddr.IPv6.isValid(text) && !/[%.]/.test(text) ? ipaddr.IPv6.parse(text).toRFC5952String() : undefined;
}

/** Whether a text is an IPv6 address in its one plain form. */
export const isAddress6 = (text: string): boolean => isSix(text) && plainForm(text) === text;

/** The sixteen bytes of an address that `isAddress6` accepts. */
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray());

/** The text of sixteen bytes. */
export const textOf = (bytes: Uint8Array): string => new ipaddr.IPv6([...bytes]).toRFC5952String();

/** An address in any form as a number of 128 bits. */
export function numberOf(text: string): bigint {
  return bytesOf(text).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** An address as its last and first eight bytes, as the hash takes it. */
export const wordsOf = (text: string): [last: bigint, first: bigint] => [
  numberOf(text) & ((1n << 64n) - 1n),
  numberOf(text) >> 64n,
];

/** Whether an address can belong to a host of a virtual network: a global or a unique local one. */
export function isHostAddress6(text: string): boolean {
  const [first = 0] = bytesOf(text);
  return (first & 0xe0) === 0x20 || (first & 0xfe) === 0xfc;
}
