// Checksums around what a tunnel carries (behaviour 22.1).
import { checksumOf, wordSum } from "./checksum.ts";
import { type Ip, UDP } from "./ip.ts";

const HEADER4 = { checksum: 10, addresses: 12, addressesEnd: 20 };
const HEADER6 = { addresses: 8, addressesEnd: 40 };
const UDP_FIELDS = { length: 4, checksum: 6, least: 8 };
const GRE_CHECKSUM = 0x80;

export function isUndamaged(frame: Uint8Array, ip: Ip): boolean {
  if (ip.family === 4 && isWrongHeader(frame.subarray(ip.at, ip.at + ip.headerLength))) return false;
  if (ip.offloaded) return true;
  const behind = frame.subarray(ip.at + ip.headerLength, ip.at + ip.totalLength);
  const length = ip.totalLength - ip.headerLength;
  return ip.protocol === UDP ? isSoundUdp(frame, ip, behind, length) : isSoundGre(behind, length);
}

const isWrongHeader = (header: Uint8Array): boolean =>
  (header[HEADER4.checksum] !== 0 || header[HEADER4.checksum + 1] !== 0) && !comesOut(wordSum(header));

function isSoundUdp(frame: Uint8Array, ip: Ip, udp: Uint8Array, length: number): boolean {
  const view = new DataView(udp.buffer, udp.byteOffset, udp.byteLength);
  const stored = view.getUint16(UDP_FIELDS.checksum);
  if (stored === 0) return true;
  const stated = view.getUint16(UDP_FIELDS.length);
  const covered = stated < UDP_FIELDS.least || stated > length ? length : stated;
  if (udp.length < covered) return true;
  const pseudo = pseudoHeaderSum(frame, ip, covered);
  // A card is given the sum of the pseudo-header, and adds the rest.
  const isForTheCard = checksumOf(pseudo) + stored === 0xffff;
  return isForTheCard || comesOut(pseudo + wordSum(udp, 0, covered));
}

/** Sum of the words of a packet's pseudo-header, with a length. */
export function pseudoHeaderSum(frame: Uint8Array, ip: Ip, length: number): number {
  const { addresses, addressesEnd } = ip.family === 4 ? HEADER4 : HEADER6;
  return wordSum(frame, ip.at + addresses, ip.at + addressesEnd) + ip.protocol + length;
}

const isSoundGre = (gre: Uint8Array, length: number): boolean =>
  gre.length < length || ((gre[0] as number) & GRE_CHECKSUM) === 0 || comesOut(wordSum(gre));

const comesOut = (sum: number): boolean => checksumOf(sum) === 0;
