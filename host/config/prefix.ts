// Addresses and blocks of either family, as text.

import {
  type AddressBlock,
  addressNumber,
  blockOf,
  blocksOverlap,
  blockText,
  hasHostBits,
  inBlock,
  isAddress,
} from "./address.ts";
import { blockText6, isAddress6, isSix, type Span, spanOf } from "./ipv6.ts";

/** Whether a text is an address of either family. */
export const isAnyAddress = (text: string): boolean => isAddress(text) || isAddress6(text);

/** Whether a text is a block of either family. */
export function isBlock(text: string): boolean {
  return isSix(text) ? text.includes("/") && spanOf(text) !== undefined : blockOf(text) !== undefined;
}

/** A block without the bits set beyond its length; the block itself when it has none. */
export function withoutHostBits(text: string): string {
  if (isSix(text)) return blockText6(text);
  const block = blockOf(text) as AddressBlock;
  return hasHostBits(block) ? blockText(block) : text;
}

/** Whether a block, or an address, holds an address. */
export function holds(block: string, address: string): boolean {
  if (isSix(block) !== isSix(address)) return false;
  if (isAddress(block)) return block === address;
  if (!isSix(block)) return inBlock(blockOf(block) as AddressBlock, addressNumber(address));
  const [own, other] = [spanOf(block), spanOf(address)] as [Span, Span];
  return own.first <= other.first && other.last <= own.last;
}

/** Whether a block holds all of another one. */
export function contains(outer: string, inner: string): boolean {
  if (isSix(outer) !== isSix(inner)) return false;
  if (isSix(outer)) return holds(outer, inner);
  const [own, other] = [blockOf(outer), blockOf(inner)] as [AddressBlock, AddressBlock];
  return (own.mask & other.mask) >>> 0 === own.mask && inBlock(own, other.address);
}

/** Whether two blocks have an address in common. */
export function overlap(a: string, b: string): boolean {
  if (isSix(a) !== isSix(b)) return false;
  if (!isSix(a)) return blocksOverlap(blockOf(a) as AddressBlock, blockOf(b) as AddressBlock);
  const [own, other] = [spanOf(a), spanOf(b)] as [Span, Span];
  return own.first <= other.last && other.first <= own.last;
}

/** The addresses of an endpoint. */
export function addressesOfEndpoint(endpoint: {
  privateIPAddress: string;
  privateIPv6Address?: string | undefined;
}): string[] {
  const { privateIPAddress, privateIPv6Address } = endpoint;
  return privateIPv6Address === undefined ? [privateIPAddress] : [privateIPAddress, privateIPv6Address];
}
