// A flow with a PROXY header in front of its client's stream (behaviour 16).
import type { EmitOut } from "../plane.ts";
import { carriedOver, checksumOf, wordSum } from "./checksum.ts";
import type { Flow } from "./flow.ts";
import { type Ip, TCP } from "./ip.ts";
import { IPV4 } from "./ipv4.ts";
import type { Arrival, Path } from "./path.ts";
import { IPV6 } from "./ipv6.ts";
import { headerOf } from "./proxy-header.ts";
import { withAcknowledgements, withSequence } from "./proxy-numbers.ts";
import { addressSum, type Leaving } from "./rewrite.ts";
import { withoutData } from "./shorten.ts";
import { ACK, FIN, readTransport, RST, SYN, TCP_HEADER, type Transport, URG } from "./transport.ts";

const MODULUS = 0xffff;

/** What is known of one flow's header. */
export interface Proxy {
  header: Uint8Array;
  /** Number of the client's first byte. */
  start?: number;
  left: boolean;
  acknowledged: boolean;
  /** A packet with data or FIN that began at `start` has left. */
  followed: boolean;
}

/** What a new flow has. */
export function proxyOf({ endpoint, client, clientPort, endpointPort, protocol, midStream }: Flow): Proxy | undefined {
  if (endpoint.proxy === undefined || protocol !== TCP || midStream) return undefined;
  const header = headerOf(endpoint.proxy, { client, clientPort, address: endpoint.address, port: endpointPort });
  return { header, left: false, acknowledged: false, followed: false };
}

/** How far a number is ahead of another, modulo 2^32; negative before it. */
const ahead = (one: number, other: number): number => (one - other) | 0;

/** Whether all of a packet's TCP header is captured. */
export function isWhole({ packet: { frame }, ip }: Arrival, { at }: Transport): boolean {
  const captured = Math.min(frame.length - at, ip.totalLength - ip.headerLength);
  return captured >= TCP_HEADER.end && captured >= ((frame[at + TCP_HEADER.offset] as number) >> 4) * 4;
}

/** A client's packet that may go on, a SYN without its data; else the reason for which it is dropped. */
export function taken(
  proxy: Proxy,
  arrival: Arrival,
  transport: Transport,
): { arrival: Arrival; transport: Transport } | string {
  const { sequence, data, flags } = transport;
  if (!isWhole(arrival, transport) || sequence === undefined || data === undefined) return "truncated";
  if ((flags & SYN) !== 0) {
    const next = (sequence.number + 1) >>> 0;
    proxy.start ??= next;
    if (proxy.start !== next) return "segments-conflict";
    if (data.length === 0) return { arrival, transport };
    return withoutData(arrival, transport) ?? "truncated";
  }
  if (proxy.start === undefined) return "truncated";
  const begins = ahead(sequence.number, proxy.start);
  return begins < 0 && begins + data.length > 0 ? "segments-conflict" : { arrival, transport };
}

/** A translated packet of a client leaves, by itself or with the header. */
export function leaveBehind(path: Path, flow: Flow, { bytes, ip, transport }: Leaving): Uint8Array {
  const proxy = flow.proxy as Proxy;
  const start = proxy.start as number;
  const { at, flags, sequence, data } = transport;
  const number = sequence?.number ?? 0;
  const says = (data?.length ?? 0) > 0 || (flags & FIN) !== 0;
  const due =
    number === start &&
    (flags & (ACK | SYN | RST)) === ACK &&
    !proxy.acknowledged &&
    (!proxy.left || !says || proxy.followed);
  const send = (frame: Uint8Array): Uint8Array => {
    path.out.push({ side: "provider", cause: "input", flow: flow.number, bytes: frame });
    return frame;
  };
  const asItIs = ahead(number, start) < 0 || ((flags & RST) !== 0 && !proxy.left);
  const { length } = proxy.header;
  const extended = ip.family === 6 && ip.headerLength > IPV6.end;
  const small = !ip.offloaded && ip.totalLength + length <= flow.endpoint.service.mtu;
  const fits = (flags & URG) === 0 && !extended && small;
  if (due && !fits) sendHeader(path, flow, ip, at, bytes);
  if (number === start && says) proxy.followed = true;
  if (due && fits) {
    countHeader(path, proxy);
    return send(joined(bytes, ip, at, proxy.header));
  }
  return send(asItIs ? bytes : withSequence(bytes, at, number + length));
}

function countHeader({ counters }: Path, proxy: Proxy): void {
  proxy.left = true;
  counters.generated.proxyHeader++;
}

/** The header leaves in a packet of its own, made from one that begins at the client's first byte, with its new addresses. */
function sendHeader(path: Path, flow: Flow, ip: Ip, given: number, from: Uint8Array): void {
  const { header, start } = flow.proxy as Proxy;
  const { family, at } = ip;
  const headers = from.slice(given, given + ((from[given + TCP_HEADER.offset] as number) >> 4) * 4);
  const tcp = family === 6 ? at + IPV6.end : given;
  const bytes = Uint8Array.from([...from.slice(0, tcp), ...headers, ...header]);
  const view = new DataView(bytes.buffer);
  view.setUint32(tcp + TCP_HEADER.sequence, start as number);
  bytes[tcp + TCP_HEADER.flags] = ACK;
  view.setUint16(tcp + TCP_HEADER.urgent, 0);
  if (family === 6) {
    bytes[at + IPV6.nextHeader] = TCP;
    view.setUint16(at + IPV6.payloadLength, bytes.length - tcp);
  } else {
    view.setUint16(at + IPV4.totalLength, bytes.length - at);
    view.setUint16(at + IPV4.checksum, 0);
    view.setUint16(at + IPV4.checksum, checksumOf(wordSum(bytes, at, tcp)));
  }
  view.setUint16(tcp + TCP_HEADER.checksum, 0);
  view.setUint16(tcp + TCP_HEADER.checksum, checksumOf(pseudoSum(bytes, ip, bytes.length - tcp) + wordSum(bytes, tcp)));
  path.out.push({ side: "provider", cause: "answer", flow: flow.number, bytes } satisfies EmitOut);
  countHeader(path, flow.proxy as Proxy);
}

const pseudoSum = (bytes: Uint8Array, ip: Ip, length: number): number => addressSum(bytes, ip) + TCP + length;

/** A packet with the header between its TCP header and its data. */
function joined(bytes: Uint8Array, ip: Ip, tcp: number, header: Uint8Array): Uint8Array {
  const data = tcp + ((bytes[tcp + TCP_HEADER.offset] as number) >> 4) * 4;
  const longer = Uint8Array.from([...bytes.subarray(0, data), ...header, ...bytes.subarray(data)]);
  const view = new DataView(longer.buffer);
  const total = ip.totalLength + header.length;
  if (ip.family === 6) view.setUint16(ip.at + IPV6.payloadLength, total - IPV6.end);
  else {
    view.setUint16(ip.at + IPV4.totalLength, total);
    const ipChecksum = view.getUint16(ip.at + IPV4.checksum);
    view.setUint16(ip.at + IPV4.checksum, carriedOver(ipChecksum, ip.totalLength, total));
  }
  const checksum = view.getUint16(tcp + TCP_HEADER.checksum);
  const length = ip.totalLength - ip.headerLength;
  const known = pseudoSum(bytes, ip, length) + wordSum(bytes, tcp, data);
  // All words sum to 0 modulo 65,535; the checksum is among those that are known.
  const sum = (MODULUS - (known % MODULUS)) % MODULUS;
  const moved = header.length % 2 === 0 ? sum : (sum * 256) % MODULUS;
  view.setUint16(
    tcp + TCP_HEADER.checksum,
    carriedOver(checksum, length + sum, length + header.length + wordSum(header) + moved),
  );
  return longer;
}

/** A held packet with the number that the server has. */
export function heldBehind({ proxy }: Flow, { at, sequence }: Transport, bytes: Uint8Array): Uint8Array {
  return proxy === undefined ? bytes : withSequence(bytes, at, (sequence?.number ?? 0) + proxy.header.length);
}

/** Before a held packet is let go: the header leaves, if that packet begins the stream and it has not left. */
export function announce(path: Path, flow: Flow, { frame, ip, tcp }: { frame: Uint8Array; ip: Ip; tcp: number }): void {
  const { proxy } = flow;
  if (proxy?.start === undefined) return;
  const number = new DataView(frame.buffer, frame.byteOffset).getUint32(tcp + TCP_HEADER.sequence);
  if ((number - proxy.header.length) >>> 0 !== proxy.start) return;
  if (!proxy.left) sendHeader(path, flow, ip, tcp, frame);
  proxy.followed = true;
}

/** A server's packet with the numbers that the client knows; undefined when its header is cut. */
export function lowered(
  proxy: Proxy,
  arrival: Arrival,
  transport: Transport,
): { arrival: Arrival; transport: Transport } | undefined {
  if (!isWhole(arrival, transport)) return undefined;
  if (proxy.start === undefined) return { arrival, transport };
  noteAcknowledged(proxy, transport.flags, transport.sequence?.acknowledgement ?? 0);
  const lower = (number: number): number => loweredNumber(proxy, number);
  const frame = withAcknowledgements(arrival.packet.frame, transport.at, lower, true);
  const read = readTransport(frame, arrival.ip) as Transport;
  return { arrival: { ...arrival, packet: { ...arrival.packet, frame } }, transport: read };
}

/** A captured reply, translated, with the numbers that the server had. */
export function raised(proxy: Proxy, tcp: number, bytes: Uint8Array): Uint8Array {
  if (proxy.start === undefined) return bytes;
  const frame = withAcknowledgements(bytes, tcp, (number) => raisedNumber(proxy, number), false);
  const view = new DataView(frame.buffer);
  noteAcknowledged(proxy, view.getUint8(tcp + TCP_HEADER.flags), view.getUint32(tcp + TCP_HEADER.acknowledgement));
  return frame;
}

/** The client's number for one of the server's. */
export function loweredNumber({ start, header }: Proxy, number: number): number {
  if (start === undefined || ahead(number, start) <= 0) return number;
  const less = ahead(number, start) - header.length;
  return less >= 0 ? (start + less) >>> 0 : start;
}

/** The server's number for one of the client's. */
export function raisedNumber(proxy: Proxy | undefined, number: number): number {
  if (proxy?.start === undefined) return number;
  const behind = ahead(number, proxy.start);
  return behind > 0 || (behind === 0 && proxy.left) ? (number + proxy.header.length) >>> 0 : number;
}

function noteAcknowledged(proxy: Proxy, flags: number, number: number): void {
  if ((flags & ACK) === 0 || proxy.start === undefined) return;
  if (ahead(number, proxy.start) >= proxy.header.length) proxy.acknowledged = true;
}

/** The number that a reset to the server has. */
export function expectedByServer(proxy: Proxy | undefined, number: number): number {
  if (proxy?.start === undefined || !proxy.left || ahead(number, proxy.start) < 0) return number;
  return (number + proxy.header.length) >>> 0;
}
