// TCP (RFC 9293) and UDP (RFC 768) headers as far as behaviour 1.3 reads them.
import { type Ip, TCP } from "./ip.ts";

/** Offsets in bytes; all fields in network order. */
export const PORTS = { source: 0, destination: 2, end: 4 };
export const TCP_HEADER = {
  sequence: 4,
  acknowledgement: 8,
  offset: 12,
  flags: 13,
  window: 14,
  windowEnd: 16,
  checksum: 16,
  urgent: 18,
  end: 20,
};
export const UDP_HEADER = { length: 4, checksum: 6, end: 8 };

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;
export const URG = 32;

/** Sequence numbers of one TCP packet. */
export interface Sequence {
  number: number;
  /** Number after the packet's last: sequence number + payload + SYN + FIN, modulo 2^32. */
  end: number;
  acknowledgement: number;
}

export interface Transport {
  /** Where the header begins in the frame, in bytes. */
  at: number;
  sourcePort: number;
  destinationPort: number;
  /** TCP flags, 0 for UDP or when not captured. */
  flags: number;
  /** Only for TCP of which the first 16 bytes are captured. */
  sequence?: Sequence;
  /** Data of TCP: how many, and those captured. Only when the first 16 bytes of the header are. */
  data?: { length: number; bytes: Uint8Array };
  /** Where the checksum field begins in the frame; absent when it is not wholly captured. */
  checksumAt?: number;
}

/** Ports of a TCP or UDP packet, whatever else is in its header; undefined when they are not captured. */
export function portsOf(frame: Uint8Array, ip: Ip): { source: number; destination: number } | undefined {
  const at = ip.at + ip.headerLength;
  if (Math.min(frame.length - at, ip.totalLength - ip.headerLength) < PORTS.end) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset + at);
  return { source: view.getUint16(PORTS.source), destination: view.getUint16(PORTS.destination) };
}

/** The header after an IPv4 header, in the first fragment of a datagram too, or the reason to drop the packet. */
export function readTransport(frame: Uint8Array, ip: Ip): Transport | string {
  const at = ip.at + ip.headerLength;
  const length = ip.totalLength - ip.headerLength;
  const captured = Math.min(frame.length - at, length);
  const view = new DataView(frame.buffer, frame.byteOffset + at, captured);
  const isTcp = ip.protocol === TCP;
  const whole = isTcp ? tcpFault(view, length) : udpFault(view, length, ip.offloaded);
  const fault = ip.kind === "fragment" ? firstFault(view, length, isTcp) : whole;
  if (fault !== undefined) return fault;
  if (captured < PORTS.end) return "truncated";
  const checksum = isTcp ? TCP_HEADER.checksum : UDP_HEADER.checksum;
  return {
    at,
    sourcePort: view.getUint16(PORTS.source),
    destinationPort: view.getUint16(PORTS.destination),
    flags: isTcp && captured > TCP_HEADER.flags ? view.getUint8(TCP_HEADER.flags) : 0,
    ...(isTcp && captured >= TCP_HEADER.windowEnd
      ? { sequence: sequenceOf(view, length), data: dataOf(frame, at, view, length) }
      : {}),
    ...(captured >= checksum + 2 ? { checksumAt: at + checksum } : {}),
  };
}

function tcpFault(view: DataView, length: number): string | undefined {
  if (length < TCP_HEADER.end) return "bad-tcp-header";
  if (view.byteLength <= TCP_HEADER.offset) return undefined;
  const offset = dataOffset(view);
  return offset < TCP_HEADER.end || offset > length ? "bad-tcp-header" : undefined;
}

function udpFault(view: DataView, length: number, offloaded: boolean): string | undefined {
  if (length < UDP_HEADER.end) return "bad-udp-length";
  if (view.byteLength < UDP_HEADER.length + 2) return undefined;
  const field = view.getUint16(UDP_HEADER.length);
  if (field === 0) return offloaded ? undefined : "bad-udp-length";
  return field < UDP_HEADER.end || field > length ? "bad-udp-length" : undefined;
}

/** What is against the first fragment of a datagram (19.2). */
function firstFault(view: DataView, length: number, isTcp: boolean): string | undefined {
  const least = isTcp ? TCP_HEADER.end : UDP_HEADER.end;
  if (length < least) return "fragment-malformed";
  if (view.byteLength < least) return "truncated";
  if (isTcp) return dataOffset(view) < least || dataOffset(view) > length ? "bad-tcp-header" : undefined;
  return view.getUint16(UDP_HEADER.length) < least ? "bad-udp-length" : undefined;
}

/** Bytes. */
const dataOffset = (view: DataView): number => (view.getUint8(TCP_HEADER.offset) >> 4) * 4;

function dataOf(frame: Uint8Array, at: number, view: DataView, length: number) {
  const offset = dataOffset(view);
  return { length: length - offset, bytes: frame.slice(at + offset, at + Math.max(offset, view.byteLength)) };
}

function sequenceOf(view: DataView, length: number): Sequence {
  const flags = view.getUint8(TCP_HEADER.flags);
  const marks = (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  const end = view.getUint32(TCP_HEADER.sequence) + length - dataOffset(view) + marks;
  return {
    number: view.getUint32(TCP_HEADER.sequence),
    end: end >>> 0,
    acknowledgement: view.getUint32(TCP_HEADER.acknowledgement),
  };
}

/** Whether a TCP packet opens a connection: SYN without ACK and without RST. */
export const isBeginning = ({ flags }: Transport): boolean => (flags & (SYN | ACK | RST)) === SYN;
