// What networks take: packets that are too big for one, and the MSS that ends are told (docs/behaviour.md, sections 18 and 23.5), by the
// replay's own reckoning.

import { type Configuration, DEFAULT_MTU } from "../config/configuration.ts";
import { DONT_FRAGMENT, IPV6 } from "../wire/ip.ts";
import { get16, put16 } from "../wire/words.ts";
import { type FrameView, IPV4, PROTOCOL_TCP, TCP } from "./frame.ts";
import { changed } from "./readdress.ts";

/** Bytes of IP and TCP headers without options. */
const headersOf = (isSix: boolean): number => (isSix ? IPV6.size : IPV4.min) + TCP.min;
const SYN = 0x02;
const WORD = 4;
const KIND_END = 0;
const KIND_NOTHING = 1;
const KIND_MSS = 2;
const OPTION_MIN = 2;
const MSS_LENGTH = 4;
const ALL_ONES = 0xffff;

/** The sizes of a configuration. */
export class Sizes {
  private readonly mtus: number[];
  private readonly drops: boolean;
  private readonly clamps: boolean;

  constructor({ virtualNetworks, settings }: Configuration) {
    this.mtus = virtualNetworks.map(({ mtu }) => mtu ?? DEFAULT_MTU);
    this.drops = settings.packetTooBig !== "forward";
    this.clamps = settings.clampMss;
  }

  /** Whether the packet in a view may not leave to a network, over IPv6 or IPv4. */
  isTooBig({ buffer, ip, l4, total, version, fragmentHeader }: FrameView, network: number, isSix: boolean): boolean {
    if (!this.drops || total === 0) return false;
    if (version === 4 && !isSix && (get16(buffer, ip + IPV4.fragment) & DONT_FRAGMENT) === 0) return false;
    if (isSix === (version === 6)) return total > this.mtuOf(network);
    // What had a fragment header has no don't-fragment over IPv4.
    if (fragmentHeader >= 0) return false;
    return total - (l4 - ip) + (isSix ? IPV6.size : IPV4.min) > this.mtuOf(network);
  }

  /** The highest MSS that leaves between two networks, over IPv6 or IPv4 in each; undefined when it is left alone. */
  mss(network: number, isSix: boolean, other: number, isOtherSix: boolean): number | undefined {
    if (!this.clamps) return undefined;
    return Math.min(this.mtuOf(network) - headersOf(isSix), this.mtuOf(other) - headersOf(isOtherSix));
  }

  private mtuOf(network: number): number {
    return this.mtus[network] ?? DEFAULT_MTU;
  }
}

/** Lowers the MSS of the SYN in a view, in place; a checksum that was wrong stays wrong by as much. */
export function lowerMss({ buffer, l4, end, flags, protocol }: FrameView, highest: number): void {
  if (protocol !== PROTOCOL_TCP || (flags & SYN) === 0 || end - l4 < TCP.min) return;
  const header = l4 + ((buffer[l4 + TCP.offset] as number) >> 4) * WORD;
  const at = mssOption(buffer, l4 + TCP.min, Math.min(header, end));
  if (at === undefined) return;
  const before = get16(buffer, at);
  if (before <= highest) return;
  put16(buffer, at, highest);
  const growth = (at - l4) % 2 === 0 ? highest - before : swapped(highest) - swapped(before);
  put16(buffer, l4 + TCP.checksum, changed(get16(buffer, l4 + TCP.checksum), growth));
}

/** Offset of the value of the first MSS option, if there is one before the list ends. */
function mssOption(buffer: Uint8Array, from: number, end: number): number | undefined {
  for (let at = from; at < end; ) {
    const kind = buffer[at] as number;
    if (kind === KIND_END) return undefined;
    if (kind === KIND_NOTHING) {
      at++;
      continue;
    }
    const length = at + 1 < end ? (buffer[at + 1] as number) : 0;
    if (length < OPTION_MIN || at + length > end) return undefined;
    if (kind === KIND_MSS && length === MSS_LENGTH) return at + OPTION_MIN;
    at += length;
  }
  return undefined;
}

const swapped = (value: number): number => ((value << 8) | (value >>> 8)) & ALL_ONES;
