// Packets that are too big, and the MSS of SYNs (behaviour 18).
import { tooBigError } from "./answer.ts";
import { carriedOver, wordSum } from "./checksum.ts";
import { isIpv6 } from "./address.ts";
import type { Flow } from "./flow.ts";
import type { Family, Ip } from "./ip.ts";
import { FRAGMENT_HEADER } from "./ipv6.ts";
import type { Endpoint } from "./networks.ts";
import type { Arrival, Path } from "./path.ts";
import { SYN, TCP_HEADER, type Transport } from "./transport.ts";

/** Bytes of IP headers without options. */
const IP_HEADER = { 4: 20, 6: 40 };
const TCP_LENGTH = 20;
/** What every network of IPv6 carries (RFC 8200, 5). */
const IPV6_MTU_LEAST = 1280;
const MSS = { kind: 2, length: 4, value: 2 };
const END = 0;
const FILLER = 1;

/** Whether a packet is too big for where it goes, as IPv4 or IPv6; if so, its sender is told when that is asked for. */
export function isTooBig(path: Path, arrival: Arrival, mtu: number, flow: number, leaves: Family): boolean {
  const { settings, counters, out } = path;
  const { packet, ip } = arrival;
  const same = ip.family === leaves;
  const header = IP_HEADER[leaves] + (!same && ip.family === 4 && ip.kind === "fragment" ? FRAGMENT_HEADER.end : 0);
  const size = same ? ip.totalLength : header + ip.totalLength - ip.headerLength;
  const mayBeCut = same ? !ip.dontFragment : ip.hasFragmentHeader === true;
  if (settings.packetTooBig === "forward" || ip.offloaded || size <= mtu || mayBeCut) return false;
  const growth = header - IP_HEADER[ip.family];
  const passes = sizeTold(ip, same ? mtu : mtu - growth);
  const bytes = settings.packetTooBig === "answer" ? tooBigError(packet.frame, packet.link, ip, passes) : undefined;
  if (bytes !== undefined) {
    out.push({ side: packet.side === "provider" ? "provider" : "consumer", cause: "answer", flow, bytes });
    counters.generated.icmp++;
  }
  return true;
}

/** The size that a sender is told: none of IPv6 is told less than every network carries. */
const sizeTold = ({ family }: Ip, size: number): number => (family === 6 ? Math.max(size, IPV6_MTU_LEAST) : size);

/** The family of what a service's backends are sent. */
export const serviceFamily = ({ service }: Endpoint): Family => (service.natAddresses.some(isIpv6) ? 6 : 4);

/** MTU of the network of the service behind an endpoint. */
export const serviceMtu = ({ service }: Endpoint): number => service.mtu;

/** A translated SYN with an MSS that both networks of its flow take. */
export function clamped(path: Path, flow: Flow, { at, flags }: Transport, bytes: Uint8Array, end: number): Uint8Array {
  if (!path.settings.clampMss || flow.protocol !== 6 || (flags & SYN) === 0) return bytes;
  const captured = Math.min(bytes.length, end);
  if (captured < at + TCP_HEADER.end) return bytes;
  const options = at + TCP_HEADER.end;
  const stop = Math.min(at + ((bytes[at + TCP_HEADER.offset] as number) >> 4) * 4, captured);
  const option = mssAmong(bytes, options, stop);
  if (option === undefined) return bytes;
  const consumer = path.networks.mtuOf(flow.network) - IP_HEADER[isIpv6(flow.client) ? 6 : 4];
  const provider = serviceMtu(flow.endpoint) - IP_HEADER[serviceFamily(flow.endpoint)];
  const most = Math.min(consumer, provider) - TCP_LENGTH;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint16(option + MSS.value) <= most) return bytes;
  const out = bytes.slice();
  const changed = new DataView(out.buffer);
  changed.setUint16(option + MSS.value, most);
  const checksum = at + TCP_HEADER.checksum;
  // A last byte of an odd number of them counts as the upper half of a word, and what is not captured does not change.
  const evenEnd = Math.min(options + Math.ceil((option + MSS.length - options) / 2) * 2, bytes.length);
  changed.setUint16(
    checksum,
    carriedOver(view.getUint16(checksum), wordSum(bytes, options, evenEnd), wordSum(out, options, evenEnd)),
  );
  return out;
}

/** Offset of the first MSS option of the right length. */
function mssAmong(bytes: Uint8Array, from: number, to: number): number | undefined {
  let at = from;
  while (at + 1 < to) {
    const kind = bytes[at] as number;
    if (kind === END) return undefined;
    if (kind === FILLER) {
      at++;
      continue;
    }
    const length = bytes[at + 1] as number;
    if (length < 2 || at + length > to) return undefined;
    if (kind === MSS.kind && length === MSS.length) return at;
    at += length;
  }
  return undefined;
}
