// Packets that are too big, and the MSS of SYNs (behaviour 18).
import { tooBigError } from "./answer.ts";
import { carriedOver, wordSum } from "./checksum.ts";
import type { Flow } from "./flow.ts";
import { DONT_FRAGMENT, IPV4 } from "./ipv4.ts";
import type { Endpoint } from "./networks.ts";
import type { Arrival, Path } from "./path.ts";
import { SYN, TCP_HEADER, type Transport } from "./transport.ts";

const HEADERS = 40;
const MSS = { kind: 2, length: 4, value: 2 };
const END = 0;
const FILLER = 1;

/** Whether a packet is too big for where it goes; if so, its sender is told when that is asked for. */
export function isTooBig(path: Path, arrival: Arrival, mtu: number, flow: number): boolean {
  const { settings, counters, out } = path;
  const { packet, ip } = arrival;
  if (settings.packetTooBig === "forward" || ip.offloaded || ip.totalLength <= mtu) return false;
  const view = new DataView(packet.frame.buffer, packet.frame.byteOffset);
  if ((view.getUint16(ip.at + IPV4.fragment) & DONT_FRAGMENT) === 0) return false;
  const bytes = settings.packetTooBig === "answer" ? tooBigError(packet.frame, packet.link, ip, mtu) : undefined;
  if (bytes !== undefined) {
    out.push({ side: packet.side === "provider" ? "provider" : "consumer", cause: "answer", flow, bytes });
    counters.generated.icmp++;
  }
  return true;
}

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
  const most = Math.min(path.networks.mtuOf(flow.network), serviceMtu(flow.endpoint)) - HEADERS;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint16(option + MSS.value) <= most) return bytes;
  const out = bytes.slice();
  const changed = new DataView(out.buffer);
  changed.setUint16(option + MSS.value, most);
  const checksum = at + TCP_HEADER.checksum;
  const evenEnd = options + Math.ceil((option + MSS.length - options) / 2) * 2;
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
