// Link layer of a captured frame (behaviour 1.1).
import type { LinkName } from "../plane.ts";
import type { Family } from "./ip.ts";

export interface Link {
  family: Family;
  /** Where the IP header begins, in bytes. */
  length: number;
  /** VLAN identifiers, outer first. */
  tags: number[];
}

/** Lengths of link headers, in bytes, and where the ethertype stands in them. */
const ETHERTYPED = {
  ethernet: { length: 14, ethertype: 12 },
  sll: { length: 16, ethertype: 14 },
  sll2: { length: 20, ethertype: 0 },
};
const NULL_LENGTH = 4;
const NULL_FAMILY_IPV4 = 2;
const NULL_FAMILIES_IPV6 = [10, 24, 28, 30];
/** The one that a header is given. */
const NULL_FAMILY_WRITTEN = 30;

/** A tag: two bytes tag control information, two bytes the ethertype after it. */
const TAG_LENGTH = 4;
const TAG_ETHERTYPE = 2;
const TAG_IDENTIFIER = 0x0fff;
const TAGS_MAX = 2;

const TAG_TYPES = [0x8100, 0x88a8, 0x9100];
const TYPE_IPV4 = 0x0800;
const TYPE_IPV6 = 0x86dd;

/** The link header of a frame with IP in it; else the reason why the packet ends here. */
export function readLink(link: LinkName, frame: Uint8Array): Link | string {
  if (link === "raw") return readRaw(frame);
  if (link === "null") return readNull(frame);
  if (link === "other") return "link-type";
  return readEthertyped(frame, ETHERTYPED[link].length, ETHERTYPED[link].ethertype);
}

function readRaw(frame: Uint8Array): Link | string {
  const [first] = frame;
  if (first === undefined) return "truncated";
  const family = first >> 4;
  return family === 4 || family === 6 ? { family, length: 0, tags: [] } : "bad-ip-header";
}

function readNull(frame: Uint8Array): Link | string {
  if (frame.length < NULL_LENGTH) return "truncated";
  const view = new DataView(frame.buffer, frame.byteOffset, NULL_LENGTH);
  const families = [view.getUint32(0, false), view.getUint32(0, true)];
  if (families.includes(NULL_FAMILY_IPV4)) return { family: 4, length: NULL_LENGTH, tags: [] };
  const isIpv6 = NULL_FAMILIES_IPV6.some((family) => families.includes(family));
  return isIpv6 ? { family: 6, length: NULL_LENGTH, tags: [] } : "not-ip";
}

function readEthertyped(frame: Uint8Array, headerLength: number, ethertype: number): Link | string {
  const word = (at: number): number => ((frame[at] as number) << 8) | (frame[at + 1] as number);
  if (frame.length < headerLength) return "truncated";
  let type = word(ethertype);
  let length = headerLength;
  const tags: number[] = [];
  while (TAG_TYPES.includes(type)) {
    if (tags.length === TAGS_MAX) return "vlan-depth";
    if (frame.length < length + TAG_LENGTH) return "truncated";
    tags.push(word(length) & TAG_IDENTIFIER);
    type = word(length + TAG_ETHERTYPE);
    length += TAG_LENGTH;
  }
  if (type === TYPE_IPV6) return { family: 6, length, tags };
  return type === TYPE_IPV4 ? { family: 4, length, tags } : "not-ip";
}

/** A link header that names another family (behaviour 23.3). */
export function naming(header: Uint8Array, link: LinkName, family: Family): Uint8Array {
  const out = header.slice();
  const view = new DataView(out.buffer);
  if (link === "null") {
    const littleEndian = view.getUint32(0, true) < view.getUint32(0, false);
    view.setUint32(0, family === 4 ? NULL_FAMILY_IPV4 : NULL_FAMILY_WRITTEN, littleEndian);
  } else if (link === "ethernet" || link === "sll" || link === "sll2") {
    const { length, ethertype } = ETHERTYPED[link];
    const at = out.length === length ? ethertype : out.length - TAG_ETHERTYPE;
    view.setUint16(at, family === 4 ? TYPE_IPV4 : TYPE_IPV6);
  }
  return out;
}
