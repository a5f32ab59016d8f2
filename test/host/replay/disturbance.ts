// Captures made worse: packets lost, doubled, swapped, cut, damaged, and times that stand still, leap or go back. A plane that
// works handles them all as docs/behaviour.md says, so a replay may find none of its replies different.

import { memorySink } from "../../../host/capture/memory.ts";
import { PcapWriter } from "../../../host/capture/pcap-writer.ts";
import { openCapture } from "../../../host/capture/reader.ts";
import type { ByteSource } from "../../../host/capture/capture.ts";
import type { Dice } from "../../random/dice.ts";
import { mutated } from "../../random/mutation.ts";

/** A packet of a capture. */
export interface Captured {
  bytes: Uint8Array;
  wireLength: number;
  /** Nanoseconds. */
  time: bigint;
}

/** Packets of a capture that have the link type of its first. */
export interface Packets {
  linkType: number;
  packets: Captured[];
}

const SECOND = 1_000_000_000;
/** Where damage matters: everything up to a TCP header's end lies here. */
const HEADERS = 80;
const LEAPS = [0.2, 1, 4, 6, 11, 31, 61, 301];

/** Reads at most so many packets. */
export async function packetsOf(source: ByteSource, most: number): Promise<Packets> {
  const reader = await openCapture(source);
  const read: Packets = { linkType: 1, packets: [] };
  for await (const { count, buffer, offset, captured, wire, interfaceId, time } of reader.batches()) {
    for (let i = 0; i < count && read.packets.length < most; i++) {
      const linkType = reader.interfaces[interfaceId[i] as number]?.linkType ?? 0;
      if (read.packets.length === 0) read.linkType = linkType;
      if (linkType !== read.linkType) continue;
      const at = offset[i] as number;
      read.packets.push({
        bytes: buffer.slice(at, at + (captured[i] as number)),
        wireLength: wire[i] as number,
        time: time[i] as bigint,
      });
    }
    if (read.packets.length >= most) break;
  }
  return read;
}

/** A worse copy, as a capture file. */
export async function disturbed({ linkType, packets }: Packets, dice: Dice): Promise<Uint8Array> {
  const sink = memorySink();
  const writer = new PcapWriter(sink, true);
  const id = writer.addInterface({ linkType, snaplen: 262144, timeDigits: 9 });
  let shift = 0n;
  for (const packet of shuffled(packets, dice)) {
    if (dice.chance(2)) shift += BigInt(Math.floor(dice.pick(LEAPS) * SECOND));
    if (dice.chance(0.3)) shift -= BigInt(Math.floor(dice.pick(LEAPS) * SECOND));
    const bytes = damaged(packet.bytes, dice);
    const wireLength = dice.chance(1) ? bytes.length : Math.max(packet.wireLength, bytes.length);
    const time = packet.time + shift;
    writer.packet(id, Number(time & 0xffffffffn), Number(time >> 32n), bytes, wireLength);
  }
  await writer.close();
  return sink.bytes();
}

function shuffled(packets: readonly Captured[], dice: Dice): Captured[] {
  const order = packets.flatMap((packet) => (dice.chance(4) ? [] : dice.chance(3) ? [packet, packet] : [packet]));
  for (let i = 0; i + 1 < order.length; i++) {
    if (!dice.chance(3)) continue;
    const other = Math.min(order.length - 1, i + 1 + dice.below(8));
    [order[i], order[other]] = [order[other] as Captured, order[i] as Captured];
  }
  return order;
}

function damaged(bytes: Uint8Array, dice: Dice): Uint8Array {
  if (dice.chance(1)) return bytes.slice(0, dice.below(bytes.length + 1));
  if (!dice.chance(6)) return bytes;
  const headers = bytes.slice(0, HEADERS);
  const worse = mutated(headers, dice, 2);
  return Uint8Array.from([...worse, ...bytes.subarray(HEADERS)]);
}
