// Addresses and MAC addresses between text, numbers and bytes. An IPv4 address is the number of its 32 bits; an IPv6 address is 2^32
// and more: how many others were met before it. So two are the same when their numbers are.
import ipaddr from "ipaddr.js";
import type { PrivateEndpoint } from "../../host/config/configuration.ts";
import type { Mix } from "./mix.ts";

const FIRST_IPV6 = 2 ** 32;

const met = new Map<string, number>();
const bytesOfMet: Uint8Array[] = [];

/** 10.0.0.1 is 0x0a000001. */
export const addressOf = (text: string): number => addressFrom(ipaddr.parse(text).toByteArray());

/** Those of an endpoint, one of each family at most. */
export const addressesOf = ({ privateIPAddress, privateIPv6Address }: PrivateEndpoint): number[] =>
  [privateIPAddress, ...(privateIPv6Address === undefined ? [] : [privateIPv6Address])].map(addressOf);

/** The address of 4 or 16 bytes. */
export function addressFrom(bytes: ArrayLike<number>): number {
  if (bytes.length === 4) return new DataView(Uint8Array.from(bytes).buffer).getUint32(0);
  const key = Buffer.from(Uint8Array.from(bytes)).toString("hex");
  let number = met.get(key);
  if (number === undefined) {
    number = FIRST_IPV6 + bytesOfMet.length;
    met.set(key, number);
    bytesOfMet.push(Uint8Array.from(bytes));
  }
  return number;
}

export const isIpv6 = (address: number): boolean => address >= FIRST_IPV6;

/** Its 4 or 16 bytes. */
export function addressBytes(address: number): Uint8Array {
  if (isIpv6(address)) return bytesOfMet[address - FIRST_IPV6] as Uint8Array;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, address);
  return bytes;
}

/** The number that hashes count with, 32 bits (behaviour 23.2). */
export function hashedNumber(mix: Mix, address: number): number {
  if (!isIpv6(address)) return address;
  const whole = wholeNumber(address);
  return mix(whole & 0xffff_ffff_ffff_ffffn, whole >> 64n);
}

/** All bits of it as one number. */
export const wholeNumber = (address: number): bigint =>
  addressBytes(address).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** IPv6 in the form of RFC 5952. */
export function addressText(address: number): string {
  const parsed = ipaddr.fromByteArray([...addressBytes(address)]);
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}

/** `address:port`, an IPv6 address in brackets. */
export const endText = (address: number, port: number): string =>
  isIpv6(address) ? `[${addressText(address)}]:${port}` : `${addressText(address)}:${port}`;

/** Six bytes of a text such as 02:00:00:00:00:01. */
export const macOf = (text: string): number[] => text.split(/[:-]/).map((pair) => Number.parseInt(pair, 16));
