// Random tunnels around frames.

import { BRIDGED, type Checksum, geneve, gre, nvgre, vxlan } from "../tunnel.ts";
import { checksumOf, wordSum } from "../reference/checksum.ts";
import type { Dice } from "./dice.ts";

const IDENTIFIERS = [1, 2, 3, 4, 0xff_ffff];
const IPV4 = 0x0800;
/** Where the header of a packet in an untagged frame begins, and where TCP and UDP headers have their checksum. */
const IP = 14;
const CHECKSUM_AT: Record<number, number> = { 6: 16, 17: 6 };
const OUTERS = [
  "",
  "",
  "",
  "vlan=10",
  "vlan=20.31",
  "options=2",
  "trailer=5",
  "total=40",
  "total=0",
  "ipsum=0",
  "ipsum=7",
  "fragment=0x2000",
  "fragment=0x2001",
  "udplength=12",
  "udplength=4",
];
const OUTERS6 = [
  "",
  "",
  "vlan=10",
  "ext=0,60",
  "ext=43",
  "ext=44",
  "trailer=5",
  "payload=30",
  "payload=0",
  "fragment=0",
  "fragment=0x2000",
  "fragment=0x0001",
  "udplength=12",
];
const CHECKSUMS: Checksum[] = ["none", "none", "right", "right", "partial", "wrong"];
const GRE_FLAGS = [0, 0x2000, 0x2000, 0x8000, 0x3000, 0xb000, 0x4000, 1, 0x03f8];

/** The frame, its TCP or UDP checksum, if it is one of IPv4 without tags, being the sum of its pseudo-header. */
function leftToCard(frame: Uint8Array): Uint8Array {
  const copy = frame.slice();
  const view = new DataView(copy.buffer);
  const at = CHECKSUM_AT[copy[IP + 9] ?? 0];
  const l4 = IP + ((copy[IP] ?? 0) & 15) * 4;
  if (at === undefined || l4 + at + 2 > copy.length || view.getUint16(IP - 2) !== IPV4) return copy;
  const length = view.getUint16(IP + 2) - (l4 - IP);
  const pseudo = wordSum(copy, IP + 12, IP + 20) + (copy[IP + 9] as number) + Math.max(length, 0);
  view.setUint16(l4 + at, 0xffff - checksumOf(pseudo));
  return copy;
}

/** Puts a frame into a tunnel; what is no Ethernet frame is taken for a packet without a link header. */
export function randomTunnel(given: Uint8Array, bridged: boolean, dice: Dice): Uint8Array {
  const frame = bridged && dice.chance(25) ? leftToCard(given) : given;
  const six = dice.chance(30);
  const outer = dice.pick(six ? OUTERS6 : OUTERS);
  const id = dice.pick(IDENTIFIERS);
  const type = dice.chance(4) ? dice.below(65_536) : bridged ? BRIDGED : IPV4;
  const around = { outer, id, type, six, checksum: dice.pick(CHECKSUMS) };
  const kind = dice.below(bridged ? 4 : 2);
  if (kind === 0) return gre(frame, { ...around, flags: dice.pick(GRE_FLAGS) });
  if (kind === 1)
    return geneve(
      frame,
      dice.chance(10) ? { ...around, flags: dice.below(65_536) } : { ...around, options: 4 * dice.below(64) },
    );
  if (kind === 2) return nvgre(frame, around);
  return vxlan(frame, { ...around, flags: dice.chance(90) ? 8 : dice.below(256), port: dice.pick([4789, 4789, 8472]) });
}
