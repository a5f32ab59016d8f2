// The IPv6 space in intervals: cut where any block of a configuration begins or ends. Blocks hold all of an interval or none of it, so
// its number stands for its addresses wherever the core asks what holds an address.

import * as Abi from "../abi.ts";
import type { Configuration } from "./configuration.ts";
import type { TableImage } from "./image.ts";
import { isSix } from "./ipv6.ts";
import type { Family, Range } from "./security.ts";
import { type Span, spanOf } from "./span.ts";

const END = 1n << 128n;
const WORD = 64n;
const MASK = (1n << WORD) - 1n;

/** The intervals of a configuration; as a family, addresses are the numbers of their intervals. */
export class Intervals implements Family {
  /** First address of each, ascending from 0. */
  private readonly starts: bigint[];
  private readonly numbers: Map<bigint, number>;

  constructor(configuration: Configuration) {
    const starts = new Set([0n]);
    for (const text of prefixesOf(configuration)) {
      const { first, last } = spanOf(text) as Span;
      starts.add(first);
      if (last + 1n < END) starts.add(last + 1n);
    }
    this.starts = [...starts].sort((a, b) => (a < b ? -1 : 1));
    this.numbers = new Map(this.starts.map((start, number) => [start, number]));
  }

  readonly rangesOf = (text: string): Range[] => {
    if (!isSix(text)) return [];
    const { first, last } = spanOf(text) as Span;
    const behind = this.numbers.get(last + 1n) ?? this.starts.length;
    return [{ first: this.numbers.get(first) as number, last: behind - 1 }];
  };

  /** Writes where they begin: the first eight bytes of an address, then the last, as numbers. */
  write(image: TableImage): void {
    const section = image.section(this.starts.length * Abi.INTERVAL_SIZE);
    this.starts.forEach((start, number) => {
      image.u64(section + number * Abi.INTERVAL_SIZE + Abi.INTERVAL_HIGH, start >> WORD);
      image.u64(section + number * Abi.INTERVAL_SIZE + Abi.INTERVAL_LOW, start & MASK);
    });
    image.u32(Abi.TABLES_INTERVALS, section);
    image.u32(Abi.TABLES_INTERVAL_COUNT, this.starts.length);
  }
}

/** IPv6 blocks and addresses that something of a configuration holds. */
function prefixesOf(configuration: Configuration): string[] {
  const { virtualNetworks, virtualNetworkGateways = [], networkSecurityGroups = [] } = configuration;
  return [
    ...virtualNetworks.flatMap(({ addressSpace }) => addressSpace),
    ...virtualNetworkGateways.flatMap(({ localNetworkAddressSpace }) => localNetworkAddressSpace),
    ...networkSecurityGroups.flatMap(({ securityRules }) =>
      securityRules.flatMap((rule) => rule.sourceAddressPrefixes),
    ),
    ...(configuration.applicationSecurityGroups ?? []).flatMap(({ addresses }) => addresses),
  ].filter(isSix);
}

/** Whether a configuration has an IPv6 address of an endpoint, of a service or of a backend. */
export function hasSix({ privateEndpoints, privateLinkServices, loadBalancers }: Configuration): boolean {
  return (
    privateEndpoints.some((one) => isSix(one.privateIPAddress) || one.privateIPv6Address !== undefined) ||
    privateLinkServices.some(({ natAddresses }) => natAddresses.some(isSix)) ||
    loadBalancers.some(({ backendAddressPools }) =>
      backendAddressPools.some(({ backends }) => backends.some(({ address }) => isSix(address))),
    )
  );
}
