// RST and SYN on a flow that is there (behaviour 20.2 and 20.3).
import type { Side } from "../plane.ts";
import { addressOf } from "./address.ts";
import type { Direction, Flow } from "./flow.ts";
import { ACK, RST, SYN, type Transport } from "./transport.ts";

/** How far a number lies behind another one, modulo 2^32; negative when it lies before it. */
const ahead = (number: number, of: number): number => (number - of) | 0;

/** The packet's direction and the other one. */
export const directions = (flow: Flow, from: Side): { own: Direction; other: Direction } =>
  from === "provider"
    ? { own: flow.toConsumer, other: flow.toService }
    : { own: flow.toService, other: flow.toConsumer };

/** Whether a packet is an RST that the flow takes no note of. */
export function isIgnoredReset(flow: Flow, from: Side, { flags, sequence }: Transport): boolean {
  const { own, other } = directions(flow, from);
  if ((flags & RST) === 0 || (own.flags & RST) !== 0 || sequence === undefined) return false;
  const { number, acknowledgement } = sequence;
  const expected = other.acknowledged;
  const end = own.sequenceEnd;
  if (expected !== undefined) {
    const within = end !== undefined && ahead(number, expected) > 0 && ahead(end, number) >= 0;
    return number !== expected && !within;
  }
  const nothingKnown = end === undefined && other.sequenceEnd === undefined;
  const answers = (flags & ACK) !== 0 && acknowledgement === other.sequenceEnd;
  return !nothingKnown && number !== end && !answers;
}

/** Whether nothing but a flow's translation depends on what its connection said. */
const isPlain = ({ rule, proxy }: Flow): boolean => rule.identify === "address" && proxy === undefined;

/** Whether a number is none that a direction has used. */
const isUnused = (number: number, { sequenceEnd }: Direction): boolean =>
  sequenceEnd === undefined || ahead(number, sequenceEnd) >= 0;

/** Whether a consumer's beginning on a closing flow may be one of the connection that closes. */
export function isOlder(flow: Flow, { sequence }: Transport, asked: string | undefined): boolean {
  if (asked !== undefined && addressOf(asked) !== flow.backend.address) return false;
  return sequence !== undefined && isPlain(flow) && !isUnused(sequence.number, flow.toService);
}

/** Forgets the connection of a closing flow when a server's packet says that there is another one. */
export function restart(flow: Flow, from: Side, { flags, sequence }: Transport): void {
  if (from !== "provider" || flow.state !== "closing" || sequence === undefined) return;
  if ((flags & (SYN | ACK | RST)) !== (SYN | ACK)) return;
  if (!isPlain(flow) || !isUnused(sequence.number, flow.toConsumer)) return;
  flow.toService = { traffic: flow.toService.traffic, flags: SYN, sequenceEnd: sequence.acknowledgement };
  flow.toConsumer = { traffic: flow.toConsumer.traffic, flags: 0 };
}
