// Addresses and ports as notes have them: network order.

import { addressText } from "../config/address.ts";

/** An IPv4 address as it lies in a packet. */
export const addressBe = (value: number): string =>
  addressText(((value & 255) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24));

/** `address:port`, an IPv6 address, if there is one, in brackets; the port in the lower half of `ports`, none without them. */
export function endText(six: string | undefined, address: number, ports?: number): string {
  const name = six === undefined ? addressBe(address) : `[${six}]`;
  return ports === undefined ? name : `${name}:${((ports & 255) << 8) | ((ports >>> 8) & 255)}`;
}
