// What may be given to a plane as a packet or a time. The bytes of a frame may say anything; what surrounds them may not.

import { FRAME_MAX } from "./abi.ts";
import { isAddress } from "./config/address.ts";
import { LinkplaneError } from "./errors.ts";
import { isLinkName, LINK_NAMES } from "./links.ts";
import type { Packet } from "./packet.ts";

const SIDES: readonly unknown[] = ["consumer", "provider", "captured"];
const TIME_END = 2n ** 64n;
const LENGTH_REMEDY = `Give at most ${FRAME_MAX} bytes, and the length on the wire as wireLength.`;

/** The packets as a list. Throws BAD_PACKET for what has none. */
export function checkPackets(packets: Iterable<Packet>): Packet[] {
  if (typeof packets !== "object" || typeof packets?.[Symbol.iterator] !== "function")
    throw badPacket(`Packets are no ${named(packets)}.`, "Give an array of { frame, time, ... }.");
  return [...packets];
}

/** Throws BAD_PACKET for what cannot be placed. */
export function checkPacket(packet: Packet): void {
  if (typeof packet !== "object" || packet === null)
    throw badPacket(`A packet is no ${named(packet)}.`, "Give { frame, time, ... }.");
  const { frame, side = "consumer", time, link = "ethernet", wireLength = 0, backend } = packet;
  if (!isBytes(frame)) throw badPacket(`A frame is no ${named(frame)}.`, "Give the captured bytes as a Uint8Array.");
  if (frame.length > FRAME_MAX)
    throw badPacket(`A frame of ${frame.length} bytes is longer than any capture holds.`, LENGTH_REMEDY);
  checkTime(time);
  if (!SIDES.includes(side))
    throw badPacket(`There is no side "${String(side)}".`, "Use consumer, provider or captured.");
  if (typeof link !== "string" || !isLinkName(link))
    throw badPacket(`There is no link type "${String(link)}".`, `Use one of ${LINK_NAMES.join(", ")}.`);
  if (backend !== undefined && (typeof backend !== "string" || !isAddress(backend)))
    throw badPacket(`The backend "${String(backend)}" is no IPv4 address.`, "Give one such as 10.2.1.1.");
  if (!Number.isSafeInteger(wireLength) || wireLength < 0)
    throw badPacket(
      `A length on the wire cannot be ${String(wireLength)}.`,
      "Give a whole number of bytes, or leave wireLength out.",
    );
}

/** Throws BAD_PACKET for what is no time in nanoseconds. */
export function checkTime(time: bigint): void {
  if (typeof time !== "bigint")
    throw badPacket(`The time ${String(time)} is no bigint.`, "Give nanoseconds, such as 5n.");
  if (time >= TIME_END)
    throw badPacket(`The time ${time} is beyond what 64 bits hold.`, `Give nanoseconds below ${TIME_END}.`);
}

/** Whether a value is a Uint8Array, of another realm too. */
function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/** Kind of a value, for people. */
function named(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value === null ? value : typeof value);
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function badPacket(sentence: string, remedy: string): LinkplaneError {
  return new LinkplaneError("BAD_PACKET", sentence, { remedy });
}
