// Type, code and bytes 4 to 7 of an ICMP error in the other family (behaviour 23.6).
import type { Family } from "./ip.ts";

export interface Words {
  type: number;
  code: number;
  /** Bytes 4 to 7. */
  rest: number;
}

/** What an MTU depends on. */
export interface Sizes {
  /** MTU of the flow's networks. */
  consumer: number;
  service: number;
  /** What the packet in the error says of its length, and whether it has a fragment header. */
  embeddedLength: number;
  hasFragmentHeader: boolean;
}

const PLATEAUS = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];
const NO_ROUTE = [0, 1, 5, 6, 7, 8, 11, 12];
const PROHIBITED = [9, 10, 13, 15];
/** Byte of a header of one family, by that of the other, as [first, last, there]. */
const TO_IPV6 = [
  [0, 0, 0],
  [1, 1, 1],
  [2, 3, 4],
  [8, 8, 7],
  [9, 9, 6],
  [12, 15, 8],
  [16, 19, 24],
];
const TO_IPV4 = [
  [0, 0, 0],
  [1, 1, 1],
  [4, 5, 2],
  [6, 6, 9],
  [7, 7, 8],
  [8, 23, 12],
  [24, 39, 16],
];

/** What an error is in the family that it goes to; undefined when it is nothing there. */
export const counterpart = (words: Words, to: Family, sizes: Sizes): Words | undefined =>
  to === 6 ? inIpv6(words, sizes) : inIpv4(words, sizes);

function inIpv6({ type, code, rest }: Words, sizes: Sizes): Words | undefined {
  if (type === 11) return { type: 3, code, rest: 0 };
  if (type === 12) {
    const pointer = moved(TO_IPV6, rest >>> 24);
    return (code === 0 || code === 2) && pointer !== undefined ? { type: 4, code: 0, rest: pointer } : undefined;
  }
  if (NO_ROUTE.includes(code)) return { type: 1, code: 0, rest: 0 };
  if (PROHIBITED.includes(code)) return { type: 1, code: 1, rest: 0 };
  if (code === 3) return { type: 1, code: 4, rest: 0 };
  if (code === 2) return { type: 4, code: 1, rest: 6 };
  if (code !== 4) return undefined;
  const told = rest & 0xffff || (PLATEAUS.find((size) => size < sizes.embeddedLength) ?? 68);
  return { type: 2, code: 0, rest: Math.max(1280, Math.min(told + 20, sizes.consumer, sizes.service + 20)) };
}

function inIpv4({ type, code, rest }: Words, sizes: Sizes): Words | undefined {
  if (type === 3) return { type: 11, code, rest: 0 };
  if (type === 2) {
    const less = sizes.hasFragmentHeader ? 28 : 20;
    const mtu = Math.max(68, Math.min(rest - less, sizes.service, sizes.consumer - 20));
    return { type: 3, code: 4, rest: mtu };
  }
  if (type === 4) {
    if (code === 1) return { type: 3, code: 2, rest: 0 };
    const pointer = moved(TO_IPV4, rest);
    return code === 0 && pointer !== undefined ? { type: 12, code: 0, rest: pointer * 2 ** 24 } : undefined;
  }
  const codes = [1, 10, 1, 1, 3];
  const unreachable = codes[code];
  return unreachable === undefined ? undefined : { type: 3, code: unreachable, rest: 0 };
}

function moved(places: number[][], at: number): number | undefined {
  return places.find(([first = 0, last = 0]) => at >= first && at <= last)?.[2];
}
