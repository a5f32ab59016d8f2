// A frame in one line: protocol, addresses, TCP flags and numbers, TTL, size.

import { addressText } from "../config/address.ts";
import type { LinkName } from "../links.ts";
import { identificationText } from "./fragment.ts";
import { packet6 } from "../replay/frame6.ts";
import { FrameView, PROTOCOL_TCP, PROTOCOL_UDP, TCP } from "../replay/frame.ts";

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
const SEQUENCE = 4;
const ACKNOWLEDGEMENT = 8;
const NUMBERS_END = 12;
const ACK = 0x10;
const PROTOCOL_ICMP = 1;
const PROTOCOL_ICMPV6 = 58;
const PROTOCOL_FRAGMENT = 44;
const FRAGMENT_HEADER = 8;
const PROTOCOL_NAMES: Record<number, string> = {
  [PROTOCOL_ICMP]: "icmp",
  4: "ip in ip",
  41: "6in4",
  47: "gre",
  50: "esp",
  [PROTOCOL_ICMPV6]: "icmpv6",
  [PROTOCOL_TCP]: "tcp",
  [PROTOCOL_UDP]: "udp",
};

/** By type, and by type and code where that tells more. */
const ICMP_NAMES: Record<string, string> = {
  0: "echo reply",
  3: "unreachable",
  "3 0": "network unreachable",
  "3 1": "host unreachable",
  "3 3": "port unreachable",
  "3 4": "fragmentation needed",
  5: "redirect",
  8: "echo request",
  11: "time exceeded",
  12: "parameter problem",
};

const ICMPV6_NAMES: Record<string, string> = {
  1: "unreachable",
  "1 0": "no route",
  "1 1": "prohibited",
  "1 4": "port unreachable",
  2: "packet too big",
  3: "time exceeded",
  4: "parameter problem",
  128: "echo request",
  129: "echo reply",
};

/** TCP flags by name, such as `SYN ACK`. */
export const flagsText = (flags: number): string =>
  FLAG_NAMES.filter((_, bit) => (flags & (1 << bit)) !== 0).join(" ") || "no flags";

/** One line about a frame. */
export function packetText(frame: Uint8Array, link: LinkName): string {
  const view = new FrameView();
  const whole = view.read(frame, 0, frame.length, link, 0, () => undefined);
  const size = `frame of ${bytesOf(frame.length)}`;
  if (view.six >= 0) return ipv6Text(view, size) ?? `${link} ${size}`;
  if (!view.addressed) return `${link} ${size}`;
  const protocol = PROTOCOL_NAMES[view.protocol] ?? `protocol ${view.protocol}`;
  const [from, to] = [addressText(view.source), addressText(view.destination)];
  if (!whole) {
    const more = fragmentText(view) || (view.protocol === PROTOCOL_ICMP ? icmpText(view, ICMP_NAMES) : "");
    return `${protocol} ${from} > ${to}${more}, TTL ${view.ttl}, ${size}`;
  }
  const tuple = `${protocol} ${from}:${view.sourcePort} > ${to}:${view.destinationPort}`;
  return `${tuple}${view.protocol === PROTOCOL_TCP ? tcpText(view) : ""}${fragmentText(view)}, TTL ${view.ttl}, ${size}`;
}

function fragmentText({ fragmented, fragmentOffset, identification }: FrameView): string {
  return fragmented ? `, fragment from byte ${fragmentOffset} of datagram ${identificationText(identification)}` : "";
}

const bytesOf = (count: number): string => `${count} byte${count === 1 ? "" : "s"}`;

/** One line about an IPv6 packet. */
function ipv6Text(view: FrameView, size: string): string | undefined {
  const { buffer } = view;
  const packet = packet6(buffer, view.six);
  if (packet === undefined) return undefined;
  const { source, destination, hopLimit, protocol, l4 } = packet;
  const tail = `hop limit ${hopLimit}, ${size}`;
  const nameOf = (number: number): string => PROTOCOL_NAMES[number] ?? `protocol ${number}`;
  if (protocol === PROTOCOL_FRAGMENT && l4 + FRAGMENT_HEADER <= buffer.length) {
    const header = new DataView(buffer.buffer, buffer.byteOffset + l4);
    const part = `from byte ${header.getUint16(2) & 0xfff8} of datagram ${identificationText(header.getUint32(4))}`;
    return `${nameOf(header.getUint8(0))} ${source} > ${destination}, fragment ${part}, ${tail}`;
  }
  const name = nameOf(protocol);
  view.l4 = l4;
  if (protocol === PROTOCOL_ICMPV6) return `${name} ${source} > ${destination}${icmpText(view, ICMPV6_NAMES)}, ${tail}`;
  const ported = (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP) && l4 + 4 <= buffer.length;
  if (!ported) return `${name} ${source} > ${destination}, ${tail}`;
  const port = (at: number): number => ((buffer[at] as number) << 8) | (buffer[at + 1] as number);
  view.flags = protocol === PROTOCOL_TCP ? (buffer[l4 + TCP.flags] ?? 0) : 0;
  const tcp = protocol === PROTOCOL_TCP ? tcpText(view) : "";
  return `${name} [${source}]:${port(l4)} > [${destination}]:${port(l4 + 2)}${tcp}, ${tail}`;
}

function icmpText({ buffer, l4 }: FrameView, names: Record<string, string>): string {
  if (l4 + 1 >= buffer.length) return "";
  const [type, code] = [buffer[l4] as number, buffer[l4 + 1]];
  const name = names[`${type} ${code}`] ?? names[type];
  return ` type ${type} code ${code}${name === undefined ? "" : ` (${name})`}`;
}

function tcpText({ buffer, l4, end, flags }: FrameView): string {
  if (end - l4 < NUMBERS_END + 2) return "";
  const view = new DataView(buffer.buffer, buffer.byteOffset);
  const acknowledgement = (flags & ACK) === 0 ? "" : `, acknowledgement ${view.getUint32(l4 + ACKNOWLEDGEMENT)}`;
  const header = ((buffer[l4 + TCP.offset] as number) >> 4) * 4;
  const data = Math.max(end - l4 - header, 0);
  return ` ${flagsText(flags)}, sequence ${view.getUint32(l4 + SEQUENCE)}${acknowledgement}, ${data === 0 ? "no data" : `${bytesOf(data)} of data`}`;
}
