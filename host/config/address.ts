// IPv4 addresses in text, read strictly: four decimal parts without leading zeros. A filter must not read 010.0.0.1 as 8.0.0.1, as lenient readers do. Parsing is ipaddr.js's; the strictness is here.

import ipaddr from "ipaddr.js";

const STRICT_IPV4 = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;
const STRICT_MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i;

/** Whether a text is an IPv4 address in its one plain form. */
export function isAddress(text: string): boolean {
  return STRICT_IPV4.test(text) && ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** An address as a number: 10.0.0.1 is 0x0a000001. The text must be one `isAddress` accepts. */
export function addressNumber(text: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(text).octets;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

/** The bytes of an address of either family, 4 or 16. */
export const addressBytes = (text: string): Uint8Array => Uint8Array.from(ipaddr.parse(text).toByteArray());

/** The text of those bytes. */
export const addressOf = (bytes: Uint8Array): string => ipaddr.fromByteArray([...bytes]).toString();

/** The text of an address. */
export function addressText(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Whether an address can belong to one host: not zero, multicast or broadcast. */
export function isHostAddress(address: number): boolean {
  const first = address >>> 24;
  return first !== 0 && first < 224;
}

/** Whether a text is a MAC address of six hexadecimal pairs. */
export function isMac(text: string): boolean {
  return STRICT_MAC.test(text);
}

/** The six bytes of a MAC address. */
export function macBytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(/[:-]/), (pair) => Number.parseInt(pair, 16));
}
