// Random tunnels around frames.

import { BRIDGED, type Checksum, geneve, gre, nvgre, vxlan } from "../tunnel.ts";
import type { Dice } from "./dice.ts";

const IDENTIFIERS = [1, 2, 3, 4, 0xff_ffff];
const IPV4 = 0x0800;
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

/** Puts a frame into a tunnel; what is no Ethernet frame is taken for a packet without a link header. */
export function randomTunnel(frame: Uint8Array, bridged: boolean, dice: Dice): Uint8Array {
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
