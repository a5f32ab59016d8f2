// A number that is the same for every packet of a flow, in both directions, and spreads flows: what source ports of VXLAN (RFC 7348,
// section 5), FlowIDs of NVGRE (RFC 7637, section 3.2) and flow labels (RFC 6438) are made of. Fragments have no ports, so that
// all of a datagram's go one way.

import { FRAGMENT_BITS, IPV4, IPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/ip.ts";
import { PORTS_END } from "../wire/transport.ts";
import { get16 } from "../wire/words.ts";

const ADDRESS = 4;
const ADDRESS6 = 16;
const WORD = 4;
const SIX = 6;

/** Entropy of 32 bits of the packet that begins at an offset; its addresses are there. */
export function entropyOf(frame: Uint8Array, ip: number): number {
  const isSix = (frame[ip] as number) >> 4 === SIX;
  const size = isSix ? ADDRESS6 : ADDRESS;
  const source = ip + (isSix ? IPV6.source : IPV4.source);
  const protocol = frame[ip + (isSix ? IPV6.next : IPV4.protocol)] as number;
  const l4 = ip + (isSix ? IPV6.size : ((frame[ip] as number) & 15) * WORD);
  const hasPorts =
    (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP) &&
    (isSix || (get16(frame, ip + IPV4.fragment) & FRAGMENT_BITS) === 0) &&
    l4 + PORTS_END <= frame.length;
  const [sourcePort, destinationPort] = hasPorts ? [get16(frame, l4), get16(frame, l4 + 2)] : [0, 0];
  const ends = endOf(frame, source, size, sourcePort) + endOf(frame, source + size, size, destinationPort);
  return mixed(ends ^ protocol);
}

/** Both ends of a flow, added: their order is not told. */
function endOf(frame: Uint8Array, at: number, size: number, port: number): number {
  let hash = port;
  for (let i = 0; i < size; i += 2) hash = mixed(hash ^ get16(frame, at + i));
  return hash;
}

/** The finaliser of MurmurHash3. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
