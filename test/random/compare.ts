// Two planes over the same random traffic: the core in batches of random size, the other packet by packet. The first
// difference in a verdict, reason, flow number, emitted byte, counter or flow is an error that says where.

import { assert, bytes } from "../kit.ts";
import type { EmitOut, Outcome, PacketIn, PlaneUnderTest } from "../plane.ts";
import type { Dice } from "./dice.ts";

/** Makes packets; what a plane made of one may lead to answers to it. */
export interface PacketSource {
  next(): PacketIn;
  observe(packet: PacketIn, outcome: Outcome): void;
}

const BATCHES = [1, 1, 7, 64, 256, 1024];

/** Runs about `packets` packets through both; `between` may change them between two batches. */
export function comparePlanes(
  core: PlaneUnderTest,
  reference: PlaneUnderTest,
  traffic: PacketSource,
  dice: Dice,
  packets: number,
  between: () => void = () => undefined,
): void {
  let done = 0;
  while (done < packets) {
    const batch: PacketIn[] = [];
    const expected: Outcome[] = [];
    const size = dice.pick(BATCHES);
    for (let i = 0; i < size; i++) {
      const packet = traffic.next();
      // Traffic that gives a packet another frame may leave its length on the wire: it is no less than what is captured.
      const wireLength = Math.max(packet.wireLength ?? 0, packet.frame.length);
      batch.push({ ...packet, wireLength });
      const [outcome] = reference.process([{ ...packet, wireLength, frame: packet.frame.slice() }]) as [Outcome];
      expected.push(outcome);
      traffic.observe(packet, outcome);
    }
    const actual = core.process(batch);
    for (let i = 0; i < size; i++)
      sameOutcome(
        actual[i] as Outcome,
        expected[i] as Outcome,
        `packet ${done + i}: ${describe(batch[i] as PacketIn)}`,
      );
    done += size;
    if (dice.chance(2)) {
      const time = (batch[size - 1] as PacketIn).time + BigInt(dice.below(400)) * 1_000_000_000n;
      sameEmits(core.advance(time), reference.advance(time), `advance after packet ${done}`);
    }
    between();
    if (dice.chance(1)) assert.equal(core.flows(), reference.flows(), `flows after packet ${done}`);
  }
  assert.equal(core.counters(), reference.counters(), "counters");
  assert.equal(core.flows(), reference.flows(), "flows");
}

function sameOutcome(actual: Outcome, expected: Outcome, where: string): void {
  const short = ({ verdict, reason, flow }: Outcome): string => `${verdict} ${reason} ${flow}`;
  if (short(actual) !== short(expected)) assert.is(short(actual), short(expected), where);
  sameEmits(actual.out, expected.out, where);
}

function sameEmits(actual: EmitOut[], expected: EmitOut[], where: string): void {
  const short = ({ side, cause, flow }: EmitOut): string => `${side} ${cause} ${flow}`;
  if (actual.length !== expected.length) assert.equal(actual.map(short), expected.map(short), where);
  actual.forEach((emit, i) => {
    const other = expected[i] as EmitOut;
    if (short(emit) !== short(other)) assert.is(short(emit), short(other), where);
    if (!sameBytes(emit.bytes, other.bytes)) bytes(emit.bytes, other.bytes, where);
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function describe({ frame, link, network, side, time, wireLength }: PacketIn): string {
  const hex = Array.from(frame, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${link} ${network} ${side} ${time} wire ${wireLength ?? frame.length} ${hex}`;
}
