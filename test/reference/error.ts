// An ICMP error of a flow as it leaves (behaviour 17.3, 17.4, 23.6).
import { addressBytes } from "./address.ts";
import { carriedOver, checksumOf, wordSum } from "./checksum.ts";
import { counterpart } from "./counterpart.ts";
import { type Embedded, ICMP_HEADER, type Numbers, pseudoSum, setTransport, withEnds } from "./embedded.ts";
import { extendedBody } from "./extensions.ts";
import type { Flow } from "./flow.ts";
import { type Family, ICMP } from "./ip.ts";
import { DONT_FRAGMENT, IPV4, MORE_FRAGMENTS } from "./ipv4.ts";
import { FRAGMENT, FRAGMENT_HEADER, ICMPV6, IPV6, MORE } from "./ipv6.ts";
import { naming } from "./link.ts";
import { headerOf } from "./packet.ts";
import type { Arrival, Path } from "./path.ts";
import { addressSum, type Ends, familyOf, withAddresses } from "./rewrite.ts";

const IPV6_MOST = 1280;
const LENGTH_MOST = 65_535;
const REST = 4;

/** What an error leaves with. */
export interface Aim {
  flow: Flow;
  embedded: Embedded;
  /** Ends and numbers of the packet in it; the error goes the other way. */
  ends: Ends;
  numbers: Numbers;
  ttl: number;
}

/** The frame that leaves, or undefined when the error is nothing in the family that it goes to. */
export function leavingError(path: Path, arrival: Arrival, aim: Aim): Uint8Array | undefined {
  const { packet, ip } = arrival;
  const { embedded, ends, numbers, ttl } = aim;
  if (familyOf(ends.source) !== embedded.family) return crossed(path, arrival, aim);
  const inner = withEnds(packet.frame, ip, embedded, ends, numbers);
  const bytes = withAddresses(inner, ip, { source: ends.destination, destination: ends.source }, ttl);
  if (ip.family === 6) {
    const checksum = ip.at + ip.headerLength + ICMP_HEADER.checksum;
    const view = new DataView(bytes.buffer);
    view.setUint16(checksum, carriedOver(view.getUint16(checksum), addressSum(inner, ip), addressSum(bytes, ip)));
  }
  return bytes;
}

/** The error in the other family. */
function crossed(path: Path, { packet, ip }: Arrival, aim: Aim): Uint8Array | undefined {
  const { frame } = packet;
  const { flow, embedded, ends, numbers, ttl } = aim;
  const family = familyOf(ends.source);
  const view = new DataView(frame.buffer, frame.byteOffset);
  const at = ip.at + ip.headerLength;
  const told = { type: view.getUint8(at), code: view.getUint8(at + ICMP_HEADER.code), rest: view.getUint32(at + REST) };
  const words = counterpart(told, family, {
    consumer: path.networks.mtuOf(flow.network),
    service: flow.endpoint.service.mtu,
    embeddedLength: view.getUint16(embedded.at + IPV4.totalLength),
    hasFragmentHeader: embedded.fragment !== undefined,
  });
  if (words === undefined) return undefined;
  const header = innerHeader(view, embedded, family, ends);
  const { transport, protocol, end } = embedded;
  const first = [words.type, words.code, 0, 0, 0, 0, 0, 0];
  const isWhole = frame.length >= ip.at + ip.totalLength;
  const extended = extendedBody(frame, embedded, isWhole, { family, type: words.type, header: header.length });
  const message = Uint8Array.from([...first, ...header, ...(extended?.bytes ?? frame.subarray(transport, end))]);
  new DataView(message.buffer).setUint32(REST, extended?.rest ?? words.rest);
  const addresses = { before: addressSum(frame, embedded), after: addressSum(header, { family, at: 0 }) };
  const place = { at: first.length + header.length, end: message.length, protocol };
  setTransport(message, place, { ...ends, numbers }, addresses);
  const plain = ip.totalLength - ip.headerLength - (embedded.transport - embedded.at) + header.length;
  const length = extended === undefined ? plain : message.length;
  const ended = extended !== undefined && extended.rest === undefined;
  return framed(frame, { packet, ip }, { family, message, length, ended, aim: { ends, ttl } });
}

/** Link header, IP header and message, which has a checksum then, in one frame. */
function framed(
  frame: Uint8Array,
  { packet, ip }: Pick<Arrival, "packet" | "ip">,
  {
    family,
    message,
    length,
    ended,
    aim,
  }: { family: Family; message: Uint8Array; length: number; ended: boolean; aim: Pick<Aim, "ends" | "ttl"> },
): Uint8Array {
  const at = ip.at + ip.headerLength;
  const whole = frame.length >= ip.at + ip.totalLength;
  const most = IPV6_MOST - IPV6.end;
  const cut = family === 6 && whole && length > most;
  const own = cut ? message.slice(0, most) : message.slice();
  const ownLength = cut ? most : length;
  const outer = headerOf(family, {
    protocol: family === 6 ? ICMPV6 : ICMP,
    typeOfService: ip.typeOfService,
    fragment: DONT_FRAGMENT,
    length: ip.offloaded || ownLength > LENGTH_MOST ? undefined : ownLength,
  });
  outer[family === 6 ? IPV6.hopLimit : IPV4.ttl] = aim.ttl;
  setAddresses(outer, family, aim.ends.destination, aim.ends.source);
  if (family === 4) rightChecksum(outer);
  const end = Math.min(frame.length, ip.at + ip.totalLength);
  const sumOf = (bytes: Uint8Array, from: number, to: number): number =>
    wordSum(bytes, from, to) - wordSum(bytes, from + ICMP_HEADER.checksum, from + ICMP_HEADER.checksum + 2);
  const before =
    sumOf(frame, at, end) + (ip.family === 6 ? pseudoSum(frame, ip.at, ip.totalLength - ip.headerLength) : 0);
  const after = sumOf(own, 0, own.length) + (family === 6 ? pseudoSum(outer, 0, ownLength) : 0);
  const checksum = new DataView(frame.buffer, frame.byteOffset).getUint16(at + ICMP_HEADER.checksum);
  new DataView(own.buffer).setUint16(ICMP_HEADER.checksum, carriedOver(checksum, before, after));
  const link = naming(frame.slice(0, ip.at), packet.link, family);
  return Uint8Array.from([...link, ...outer, ...own, ...(cut || ended ? [] : frame.subarray(end))]);
}

/** The header of the packet in an error, in the other family, with its fragment header. */
function innerHeader(
  view: DataView,
  { at, transport, protocol, fragment }: Embedded,
  family: Family,
  ends: Ends,
): Uint8Array {
  if (family === 6) {
    const told = view.getUint16(at + IPV4.totalLength);
    const words = (view.getUint8(at) & 15) * 4;
    const more = fragment === undefined ? 0 : FRAGMENT_HEADER.end;
    const header = headerOf(6, {
      protocol: fragment === undefined ? protocol : FRAGMENT,
      typeOfService: view.getUint8(at + IPV4.typeOfService),
      fragment: 0,
      length: told === 0 ? 0 : told - words + more,
    });
    header[IPV6.hopLimit] = view.getUint8(at + IPV4.ttl);
    setAddresses(header, 6, ends.source, ends.destination);
    if (fragment === undefined) return header;
    const behind = new Uint8Array(FRAGMENT_HEADER.end);
    behind[0] = protocol;
    new DataView(behind.buffer).setUint16(FRAGMENT_HEADER.offset, MORE);
    new DataView(behind.buffer).setUint32(FRAGMENT_HEADER.identification, fragment.identification);
    return Uint8Array.from([...header, ...behind]);
  }
  const told = view.getUint16(at + IPV6.payloadLength);
  const flags = fragment === undefined ? DONT_FRAGMENT : fragment.more ? MORE_FRAGMENTS : 0;
  const typeOfService = (view.getUint32(at) >>> 20) & 0xff;
  const header = headerOf(4, { protocol, typeOfService, fragment: flags, length: undefined });
  const own = new DataView(header.buffer);
  own.setUint16(IPV4.totalLength, told === 0 ? 0 : IPV4.end + told - (transport - at - IPV6.end));
  own.setUint16(IPV4.identification, fragment?.identification ?? 0);
  header[IPV4.ttl] = view.getUint8(at + IPV6.hopLimit);
  setAddresses(header, 4, ends.source, ends.destination);
  rightChecksum(header);
  return header;
}

function setAddresses(header: Uint8Array, family: Family, source: number, destination: number): void {
  header.set(addressBytes(source), family === 6 ? IPV6.source : IPV4.source);
  header.set(addressBytes(destination), family === 6 ? IPV6.destination : IPV4.destination);
}

function rightChecksum(header: Uint8Array): void {
  new DataView(header.buffer).setUint16(IPV4.checksum, checksumOf(wordSum(header)));
}
