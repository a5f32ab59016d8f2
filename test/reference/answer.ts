// ICMP time exceeded (RFC 792; behaviour 8).
import { checksumOf, wordSum } from "./checksum.ts";
import { macsSwapped } from "./ethernet.ts";
import { ICMP, type Ipv4 } from "./ipv4.ts";
import type { LinkName } from "../plane.ts";
import { frameOf } from "./packet.ts";

const TYPE_TIME_EXCEEDED = 11;
/** Offsets in bytes. */
const CHECKSUM = 2;
const QUOTE = 8;
/** Bytes quoted after the IP header. */
const QUOTED = 8;

const NO_HOST_FIRST = 0;
const NO_HOST_FROM = 224;

/** The answer to a packet, or undefined when its source cannot be answered. */
export function timeExceeded(frame: Uint8Array, link: LinkName, ip: Ipv4): Uint8Array | undefined {
  const firstByte = ip.source >>> 24;
  if (firstByte === NO_HOST_FIRST || firstByte >= NO_HOST_FROM) return undefined;
  const quoted = Math.min(ip.headerLength + QUOTED, ip.totalLength, frame.length - ip.at);
  const icmp = Uint8Array.from([...new Uint8Array(QUOTE), ...frame.subarray(ip.at, ip.at + quoted)]);
  icmp[0] = TYPE_TIME_EXCEEDED;
  new DataView(icmp.buffer).setUint16(CHECKSUM, checksumOf(wordSum(icmp)));
  const whole = link === "ethernet" ? macsSwapped(frame) : frame;
  const header = { protocol: ICMP, source: ip.destination, destination: ip.source, fragment: 0 };
  return frameOf(whole.subarray(0, ip.at), header, icmp);
}
