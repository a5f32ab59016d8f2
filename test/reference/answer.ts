// ICMP that the plane makes: time exceeded, too big, echo replies (RFC 792, RFC 4443; behaviour 8, 17.6, 18 and 23).
import { carriedOver, checksumOf, wordSum } from "./checksum.ts";
import { macsSwapped } from "./ethernet.ts";
import { ICMP, type Ip } from "./ip.ts";
import { DONT_FRAGMENT } from "./ipv4.ts";
import { comesFromHost, comesFromLoopback } from "./martian.ts";
import type { LinkName } from "../plane.ts";
import { ICMPV6 } from "./ipv6.ts";
import { carryingIpv6, frameOf, frameOfIpv6 } from "./packet.ts";

const TYPE_UNREACHABLE = 3;
const CODE_FRAGMENTATION_NEEDED = 4;
const TYPE_ECHO = 8;
const TYPE_TIME_EXCEEDED = 11;
/** Offsets in bytes. */
const CHECKSUM = 2;
const MTU = 6;
const QUOTE = 8;
/** Bytes quoted: all in all an error has 576 (RFC 1812, 4.3.2.3). */
const QUOTED = 548;
/** Precedence of what routers say (RFC 1812, 4.3.2.5). */
const CONTROL = 0xc0;

/** Where cooked headers have their packet type, and those of frames to many stations. */
const COOKED_TYPE: Partial<Record<LinkName, number>> = { sll: 1, sll2: 10 };
const TO_MANY = [1, 2];

const V6 = { echo: 128, echoReply: 129, tooBig: 2, timeExceeded: 3, mtu: 4, quoted: 1232 };

/** The answer to a packet, or undefined when its source cannot be answered. */
export const timeExceeded = (frame: Uint8Array, link: LinkName, ip: Ip): Uint8Array | undefined =>
  ip.family === 6
    ? errorAboutIpv6(frame, link, ip, V6.timeExceeded, 0)
    : errorAbout(frame, link, ip, TYPE_TIME_EXCEEDED, 0, 0);

/** The same to one that is too big for an MTU (RFC 1191, RFC 8201). */
export const tooBigError = (frame: Uint8Array, link: LinkName, ip: Ip, mtu: number): Uint8Array | undefined =>
  ip.family === 6
    ? errorAboutIpv6(frame, link, ip, V6.tooBig, mtu)
    : errorAbout(frame, link, ip, TYPE_UNREACHABLE, CODE_FRAGMENTATION_NEEDED, mtu);

/** The answer to an echo request; undefined when not all of it is captured, or its source cannot be answered. */
export function echoReply(frame: Uint8Array, link: LinkName, ip: Ip): Uint8Array | undefined {
  const end = ip.at + ip.totalLength;
  if (frame.length < end || !isAnswerable(frame, link, ip)) return undefined;
  const icmp = frame.slice(ip.at + ip.headerLength, end);
  const view = new DataView(icmp.buffer);
  const [asked, answered] = ip.family === 6 ? [V6.echo, V6.echoReply] : [TYPE_ECHO, 0];
  icmp[0] = answered;
  const checksum = carriedOver(view.getUint16(CHECKSUM), asked * 256, answered * 256);
  // Without a pseudo-header all else may be 0, and a sum of 0 has the checksum 0xffff.
  view.setUint16(CHECKSUM, ip.family === 4 && checksum === 0 ? 0xffff : checksum);
  const whole = link === "ethernet" ? macsSwapped(frame) : frame;
  const { typeOfService } = ip;
  const header = {
    protocol: ip.family === 6 ? ICMPV6 : ICMP,
    source: ip.destination,
    destination: ip.source,
    fragment: DONT_FRAGMENT,
    typeOfService,
  };
  return (ip.family === 6 ? carryingIpv6 : frameOf)(whole.subarray(0, ip.at), header, icmp);
}

/** Whether a packet has a source that can be answered, and its frame was sent to one station (RFC 1122, 3.2.2). */
export const isAnswerable = (frame: Uint8Array, link: LinkName, ip: Ip): boolean =>
  !isToMany(frame, link) && comesFromHost(ip) && !comesFromLoopback(ip);

function isToMany(frame: Uint8Array, link: LinkName): boolean {
  if (link === "ethernet") return ((frame[0] as number) & 1) === 1;
  const at = COOKED_TYPE[link];
  return at !== undefined && TO_MANY.includes(frame[at] as number);
}

/** As much of the packet as is captured and fits. */
function errorAboutIpv6(frame: Uint8Array, link: LinkName, ip: Ip, type: number, mtu: number): Uint8Array | undefined {
  if (!isAnswerable(frame, link, ip)) return undefined;
  const { at, source, destination, totalLength } = ip;
  const quoted = frame.subarray(at, at + Math.min(totalLength, V6.quoted));
  const icmp = Uint8Array.from([type, ...new Uint8Array(QUOTE - 1), ...quoted]);
  new DataView(icmp.buffer).setUint32(V6.mtu, mtu);
  const whole = link === "ethernet" ? macsSwapped(frame) : frame;
  const header = { protocol: ICMPV6, source: destination, destination: source };
  return frameOfIpv6(whole.subarray(0, at), header, icmp, CHECKSUM);
}

function errorAbout(
  frame: Uint8Array,
  link: LinkName,
  ip: Ip,
  type: number,
  code: number,
  mtu: number,
): Uint8Array | undefined {
  if (!isAnswerable(frame, link, ip)) return undefined;
  const quoted = Math.min(QUOTED, ip.totalLength, frame.length - ip.at);
  const icmp = Uint8Array.from([...new Uint8Array(QUOTE), ...frame.subarray(ip.at, ip.at + quoted)]);
  icmp[0] = type;
  icmp[1] = code;
  new DataView(icmp.buffer).setUint16(MTU, mtu);
  new DataView(icmp.buffer).setUint16(CHECKSUM, checksumOf(wordSum(icmp)));
  const whole = link === "ethernet" ? macsSwapped(frame) : frame;
  const header = {
    protocol: ICMP,
    typeOfService: CONTROL,
    source: ip.destination,
    destination: ip.source,
    fragment: 0,
  };
  return frameOf(whole.subarray(0, ip.at), header, icmp);
}
