// Addresses and blocks of either family, as text.

import { firstText, holdsSpan, type Span, spanOf, spansOverlap } from "./span.ts";

export { isAnyAddress } from "./span.ts";

/** Whether a text is a block of either family. */
export const isBlock = (text: string): boolean => text.includes("/") && spanOf(text) !== undefined;

/** A block without the bits set beyond its length. */
export const withoutHostBits = (text: string): string => `${firstText(spanOf(text) as Span)}/${text.split("/")[1]}`;

/** Whether a block, or an address, holds all of another one. */
export const holds = (outer: string, inner: string): boolean => holdsSpan(spanOf(outer) as Span, spanOf(inner) as Span);

/** Whether two blocks have an address in common. */
export const overlap = (a: string, b: string): boolean => spansOverlap(spanOf(a) as Span, spanOf(b) as Span);

/** The addresses of an endpoint. */
export function addressesOfEndpoint(endpoint: {
  privateIPAddress: string;
  privateIPv6Address?: string | undefined;
}): string[] {
  const { privateIPAddress, privateIPv6Address } = endpoint;
  return privateIPv6Address === undefined ? [privateIPAddress] : [privateIPAddress, privateIPv6Address];
}
