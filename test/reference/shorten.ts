// A SYN without the data that came with it (behaviour 14.1, step 3).
import { carriedOver, wordSum } from "./checksum.ts";
import { IPV4 } from "./ipv4.ts";
import { IPV6 } from "./ipv6.ts";
import type { Arrival } from "./path.ts";
import { TCP_HEADER, type Transport } from "./transport.ts";

/** The packet without its data, or undefined when they are not all captured. */
export function withoutData(
  arrival: Arrival,
  transport: Transport,
): { arrival: Arrival; transport: Transport } | undefined {
  const { packet, ip } = arrival;
  const { data, at, sequence } = transport;
  if (data === undefined || data.bytes.length < data.length) return undefined;
  const end = ip.at + ip.totalLength - data.length;
  const frame = packet.frame.slice(0, end);
  const view = new DataView(frame.buffer);
  const totalLength = ip.totalLength - data.length;
  if (!ip.offloaded && ip.family === 6) {
    view.setUint16(ip.at + IPV6.payloadLength, totalLength - IPV6.end);
  } else if (!ip.offloaded) {
    const before = view.getUint16(ip.at + IPV4.totalLength);
    view.setUint16(ip.at + IPV4.totalLength, totalLength);
    const checksumAt = ip.at + IPV4.checksum;
    view.setUint16(checksumAt, carriedOver(view.getUint16(checksumAt), before, totalLength));
  }
  const length = ip.totalLength - ip.headerLength;
  const checksumAt = at + TCP_HEADER.checksum;
  const before = length + wordSum(data.bytes);
  view.setUint16(checksumAt, carriedOver(view.getUint16(checksumAt), before, length - data.length));
  return {
    arrival: { ...arrival, packet: { ...packet, frame }, ip: { ...ip, totalLength }, wireLength: end },
    transport: {
      ...transport,
      ...(sequence === undefined ? {} : { sequence: { ...sequence, end: (sequence.end - data.length) >>> 0 } }),
      data: { length: 0, bytes: new Uint8Array(0) },
    },
  };
}
