// The provider's leg: what its host makes of a packet of the consumer's leg before the load balancer takes it. The tunnel is opened, and
// one step rewrites source address, source port and destination address, from IPv6 to IPv4 (sdn-pipeline-basic-elements.md of
// sonic-net/DASH); the way back is flow state.

import { headSize } from "../encapsulation/outer.ts";
import { ETHERNET, TYPE_IPV4 } from "../wire/ethernet.ts";
import { DONT_FRAGMENT, IPV4, IPV6 } from "../wire/ip.ts";
import { UDP } from "../wire/transport.ts";
import { checksumOf, get16, put16, put32, sumOf } from "../wire/words.ts";
import { carryChecksum, type LegPacket, type WirePacket } from "./packet.ts";

const VERSION_4 = 0x45;
const LENGTH_MAX = 0xffff;
const HEAD = ETHERNET.size + IPV4.min;

/** What a flow's client and endpoint become: a NAT address and port, and the frontend's address. */
export interface ProviderEnds {
  nat: number;
  natPort: number;
  frontend: number;
}

/** A packet of the consumer's leg as it is on the provider's. A request has crossed the plane there, a reply is yet to. */
export function openedLeg({ frame, wireLength, outer }: LegPacket, ends: ProviderEnds, isReply: boolean): WirePacket {
  const inner = headSize(outer);
  const six = inner + ETHERNET.size;
  const l4 = frame.slice(six + IPV6.size);
  const protocol = frame[six + IPV6.next] as number;
  const opened = new Uint8Array(HEAD + l4.length);
  const length = wireLength - six - IPV6.size;
  opened.set(frame.subarray(inner, inner + ETHERNET.type));
  put16(opened, ETHERNET.type, TYPE_IPV4);
  writeIpv4(opened, frame.subarray(six, six + IPV6.size), length, ends, isReply);
  const before = sumOf(frame, six + IPV6.source, six + IPV6.size);
  const after = sumOf(opened, ETHERNET.size + IPV4.source, HEAD);
  const port = isReply ? UDP.destinationPort : UDP.sourcePort;
  const growth = after - before + ends.natPort - get16(l4, port);
  put16(l4, port, ends.natPort);
  carryChecksum(l4, protocol, growth);
  opened.set(l4, HEAD);
  return { frame: opened, wireLength: HEAD + length };
}

/** The header that RFC 7915, section 5.1, makes of one of IPv6: no identification, since it says don't-fragment (RFC 6864). */
function writeIpv4(frame: Uint8Array, six: Uint8Array, length: number, ends: ProviderEnds, isReply: boolean): void {
  const at = ETHERNET.size;
  const total = IPV4.min + length;
  frame[at] = VERSION_4;
  frame[at + IPV4.trafficClass] = (get16(six, 0) >> 4) & 0xff;
  put16(frame, at + IPV4.totalLength, total > LENGTH_MAX ? 0 : total);
  put16(frame, at + IPV4.fragment, DONT_FRAGMENT);
  frame[at + IPV4.ttl] = (six[IPV6.hops] as number) + (isReply ? 1 : -1);
  frame[at + IPV4.protocol] = six[IPV6.next] as number;
  put32(frame, at + IPV4.source, isReply ? ends.frontend : ends.nat);
  put32(frame, at + IPV4.destination, isReply ? ends.nat : ends.frontend);
  put16(frame, at + IPV4.checksum, checksumOf(sumOf(frame, at, at + IPV4.min)));
}
