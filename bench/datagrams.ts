// UDP datagrams of either family for sections that need other frames than those of the ladder: whole, in two fragments, in VXLAN; what
// a server answers, and ICMP errors. Checksums are right, but those of IPv4 headers of fragments, which nothing looks at.

/** Where parts of frames lie, in bytes. */
const ETHERNET = { type: 12, end: 14 } as const;
const IPV4 = {
  total: 2,
  identification: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  end: 20,
} as const;
const IPV6 = { payload: 4, next: 6, hops: 7, source: 8, end: 40 } as const;
const ICMP = { checksum: 2, end: 8 } as const;
const UDP = { length: 4, checksum: 6, end: 8 } as const;
const VXLAN = { vni: 4, end: 8 } as const;

const TYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const UDP_PROTOCOL = 17;
const ICMP_PROTOCOL = 1;
const UNREACHABLE = 3;
const MORE_FRAGMENTS = 0x2000;
const UNIT = 8;
const VXLAN_PORT = 4789;
const VXLAN_VALID = 0x08;
/** The first of two fragments, UDP header included, and the data of a datagram. */
const FIRST = 40;
export const DATA = 56;

/** From where to where; addresses as bytes, 4 or 16 of them. */
export interface Ends {
  source: Uint8Array;
  sourcePort: number;
  destination: Uint8Array;
  destinationPort: number;
}

/** A datagram of zeros. */
export function datagramFrame(ends: Ends, data = DATA): Uint8Array {
  const six = ends.source.length === 16;
  const header = six ? IPV6.end : IPV4.end;
  const frame = new Uint8Array(ETHERNET.end + header + UDP.end + data);
  const view = new DataView(frame.buffer);
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]);
  view.setUint16(ETHERNET.type, six ? TYPE.ipv6 : TYPE.ipv4);
  const ip = ETHERNET.end;
  view.setUint8(ip, six ? 0x60 : 0x45);
  if (six) {
    view.setUint16(ip + IPV6.payload, UDP.end + data);
    frame.set([UDP_PROTOCOL, 64], ip + IPV6.next);
  } else {
    view.setUint16(ip + IPV4.total, IPV4.end + UDP.end + data);
    frame.set([64, UDP_PROTOCOL], ip + IPV4.ttl);
  }
  const addresses = ip + (six ? IPV6.source : IPV4.source);
  frame.set(ends.source, addresses);
  frame.set(ends.destination, addresses + ends.source.length);
  const udp = ip + header;
  view.setUint16(udp, ends.sourcePort);
  view.setUint16(udp + 2, ends.destinationPort);
  view.setUint16(udp + UDP.length, UDP.end + data);
  const checksum = complement(view, addresses, frame.length, UDP_PROTOCOL + UDP.end + data);
  view.setUint16(udp + UDP.checksum, checksum || 0xffff);
  if (!six) view.setUint16(ip + IPV4.checksum, complement(view, ip, udp));
  return frame;
}

/** Complement of the sum of 16-bit words, which are whole ones, and of a number. */
function complement(view: DataView, from: number, to: number, begin = 0): number {
  let sum = begin;
  for (let at = from; at < to; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** What the server answers to a translated request: the same, turned around. */
export function answerTo(request: Uint8Array): Uint8Array {
  const frame = request.slice();
  const six = frame[ETHERNET.type] === TYPE.ipv6 >>> 8;
  const size = six ? 16 : 4;
  const source = ETHERNET.end + (six ? IPV6.source : IPV4.source);
  const udp = ETHERNET.end + (six ? IPV6.end : IPV4.end);
  swap(frame, source, source + size, size);
  swap(frame, udp, udp + 2, 2);
  return frame;
}

function swap(frame: Uint8Array, one: number, other: number, size: number): void {
  const kept = frame.slice(one, one + size);
  frame.copyWithin(one, other, other + size);
  frame.set(kept, other);
}

/** An error from the sender of an IPv4 datagram, about what it would have answered to: the header and eight bytes of that. */
export function errorBy(datagram: Uint8Array): Uint8Array {
  const icmp = ETHERNET.end + IPV4.end;
  const about = answerTo(datagram).subarray(ETHERNET.end, icmp + UDP.end);
  const frame = Uint8Array.from([...datagram.subarray(0, icmp), ...new Uint8Array(ICMP.end), ...about]);
  const view = new DataView(frame.buffer);
  frame[ETHERNET.end + IPV4.protocol] = ICMP_PROTOCOL;
  view.setUint16(ETHERNET.end + IPV4.total, frame.length - ETHERNET.end);
  view.setUint16(ETHERNET.end + IPV4.checksum, 0);
  view.setUint16(ETHERNET.end + IPV4.checksum, complement(view, ETHERNET.end, icmp));
  frame[icmp] = UNREACHABLE;
  view.setUint16(icmp + ICMP.checksum, complement(view, icmp, frame.length));
  return frame;
}

/** The two fragments of an IPv4 datagram. */
export function fragmentsOf(frame: Uint8Array): [first: Uint8Array, last: Uint8Array] {
  const udp = ETHERNET.end + IPV4.end;
  const first = frame.slice(0, udp + FIRST);
  const last = Uint8Array.from([...frame.subarray(0, udp), ...frame.subarray(udp + FIRST)]);
  for (const [part, place] of [
    [first, MORE_FRAGMENTS],
    [last, FIRST / UNIT],
  ] as const) {
    const view = new DataView(part.buffer);
    view.setUint16(ETHERNET.end + IPV4.total, part.length - ETHERNET.end);
    view.setUint16(ETHERNET.end + IPV4.fragment, place);
  }
  return [first, last];
}

/** Gives a fragment the identification of its datagram. */
export function identify(frame: Uint8Array, identification: number): void {
  frame[ETHERNET.end + IPV4.identification] = identification >>> 8;
  frame[ETHERNET.end + IPV4.identification + 1] = identification;
}

/** A frame in VXLAN, from one host of an overlay to another, without a UDP checksum (RFC 7348, 5). */
export function inVxlan(frame: Uint8Array): Uint8Array {
  const [source, destination] = [Uint8Array.of(192, 0, 2, 1), Uint8Array.of(192, 0, 2, 2)];
  const outer = datagramFrame(
    { source, sourcePort: 50_000, destination, destinationPort: VXLAN_PORT },
    VXLAN.end + frame.length,
  );
  const vxlan = outer.length - frame.length - VXLAN.end;
  outer.fill(0, vxlan - UDP.end + UDP.checksum, vxlan);
  outer[vxlan] = VXLAN_VALID;
  outer[vxlan + VXLAN.vni + 2] = 1;
  outer.set(frame, vxlan + VXLAN.end);
  return outer;
}
