// Addresses in text, read strictly: four decimal parts without leading zeros, CIDR blocks without host bits. A filter must
// not read 010.0.0.1 as 8.0.0.1, as lenient readers do. Parsing is ipaddr.js's; the strictness is here.

import ipaddr from "ipaddr.js";

const STRICT_IPV4 = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;
const STRICT_MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i;
const BITS = 32;

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

/** A block of addresses: those that equal `address` under `mask`. */
export interface AddressBlock {
  address: number;
  mask: number;
}

/** A CIDR block; undefined when the text is none. Host bits are not looked at. */
export function blockOf(text: string): AddressBlock | undefined {
  const [address = "", length = "", ...rest] = text.split("/");
  if (rest.length > 0 || !isAddress(address) || !/^(0|[1-9]\d?)$/.test(length) || Number(length) > BITS)
    return undefined;
  const mask = Number(length) === 0 ? 0 : (-1 << (BITS - Number(length))) >>> 0;
  return { address: addressNumber(address), mask };
}

/** Whether a block has bits set beyond its mask. */
export function hasHostBits({ address, mask }: AddressBlock): boolean {
  return (address & ~mask) !== 0;
}

/** A block with its host bits cleared, as text. */
export function blockText({ address, mask }: AddressBlock): string {
  let length = 0;
  while (length < BITS && (mask & (1 << (BITS - 1 - length))) !== 0) length++;
  return `${addressText((address & mask) >>> 0)}/${length}`;
}

export function inBlock({ address, mask }: AddressBlock, candidate: number): boolean {
  return ((candidate ^ address) & mask) === 0;
}

export function blocksOverlap(a: AddressBlock, b: AddressBlock): boolean {
  return ((a.address ^ b.address) & a.mask & b.mask) === 0;
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
