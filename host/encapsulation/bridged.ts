// A frame as a tunnel carries it: Ethernet without VLAN tags, which must not be in NVGRE (RFC 7637, section 3.2) and should not be in
// VXLAN (RFC 7348, section 6.1). Link headers of other types give way to an Ethernet one whose addresses are made up.

import type { LinkName } from "../links.ts";
import { ETHERNET, madeUpMac, TAG_SIZE, TAG_TYPES, TYPE_IPV4, TYPE_IPV6 } from "../wire/ethernet.ts";
import { get16, put16 } from "../wire/words.ts";

/** Sizes of link headers, and where they have the ethertype if they have one. */
const LINKS: Partial<Record<LinkName, { size: number; type?: number }>> = {
  ethernet: { size: ETHERNET.size, type: ETHERNET.type },
  raw: { size: 0 },
  null: { size: 4 },
  sll: { size: 16, type: 14 },
  sll2: { size: 20, type: 0 },
};
const TYPE_SIZE = 2;
const SIX = 6;
/** Last bytes of made-up addresses. */
const DESTINATION = 1;
const SOURCE = 2;

/** The header of the frame inside, and where in the frame that leaves its packet begins. */
export interface Bridged {
  header: Uint8Array;
  ip: number;
}

/** How a frame with an IP packet is carried; undefined when its link type is none that the plane reads. */
export function bridged(frame: Uint8Array, link: LinkName): Bridged | undefined {
  const outside = LINKS[link];
  if (outside === undefined) return undefined;
  let ip = outside.size;
  for (let { type } = outside; type !== undefined && TAG_TYPES.includes(get16(frame, type)); type = ip - TYPE_SIZE)
    ip += TAG_SIZE;
  const header = new Uint8Array(ETHERNET.size);
  if (link === "ethernet") {
    header.set(frame.subarray(0, ETHERNET.type));
  } else {
    header.set(madeUpMac(DESTINATION), ETHERNET.destination);
    header.set(madeUpMac(SOURCE), ETHERNET.source);
  }
  put16(header, ETHERNET.type, (frame[ip] as number) >> 4 === SIX ? TYPE_IPV6 : TYPE_IPV4);
  return { header, ip };
}
