// IPv4 packets that the plane makes itself: 20 bytes of header, TTL 64, identification 0, the checksum in full.
import { checksumOf, wordSum } from "./checksum.ts";
import { IPV4 } from "./ipv4.ts";

const VERSION_AND_WORDS = 0x45;
const TTL = 64;

export interface Header {
  protocol: number;
  source: number;
  destination: number;
  /** Flags and fragment offset. */
  fragment: number;
  /** 0 when absent. */
  typeOfService?: number;
}

/** Link header, IPv4 header and payload in one frame. */
export function frameOf(
  link: Uint8Array,
  { protocol, source, destination, fragment, typeOfService = 0 }: Header,
  payload: Uint8Array,
) {
  const header = new Uint8Array(IPV4.end);
  const view = new DataView(header.buffer);
  header[IPV4.versionAndWords] = VERSION_AND_WORDS;
  header[IPV4.typeOfService] = typeOfService;
  view.setUint16(IPV4.totalLength, IPV4.end + payload.length);
  view.setUint16(IPV4.fragment, fragment);
  header[IPV4.ttl] = TTL;
  header[IPV4.protocol] = protocol;
  view.setUint32(IPV4.source, source);
  view.setUint32(IPV4.destination, destination);
  view.setUint16(IPV4.checksum, checksumOf(wordSum(header)));
  return Uint8Array.from([...link, ...header, ...payload]);
}
