// What a plane under a load has left behind, in a form in which planes can be compared: of each packet its verdict, its emit and the
// bytes that leave; of the flows their records; the counters.

import * as Abi from "../../host/abi.ts";
import * as Boundary from "../../bench/javascript/boundary.ts";
import type { JavascriptPlane } from "../../bench/javascript/planes.ts";
import type { Core } from "../../host/core.ts";
import { CoreSubject, type Load } from "../../host/measure/ladder.ts";
import { recordTape, type Tape } from "../../host/measure/tape.ts";
import { type EstablishedFlows, establish, type TrafficShape } from "../../host/measure/traffic.ts";
import { assert } from "../kit.ts";
import { Dice } from "../random/dice.ts";

export const TURNS = 4;
const FLOWS = 150;
const BATCH = 300;
const ETHERNET_TYPE = 12;
const ETHERNET_HEADER = 14;
const TAG_SIZE = 4;
const TYPE_IPV4 = 0x0800;
const IP = { ttl: 8, protocol: 9, checksum: 10, header: 20 } as const;
const TCP = { sequence: 4, checksum: 16 } as const;
const UDP_CHECKSUM = 6;

export interface Prepared extends EstablishedFlows {
  load: Load;
  subject: CoreSubject;
}

/** Established flows and a tape of theirs that no two packets of are alike. */
export async function prepare(shape: Omit<TrafficShape, "flows">): Promise<Prepared> {
  const flows = await establish({ ...shape, flows: FLOWS });
  const tape = recordTape(flows.frames, TURNS * BATCH);
  vary(tape);
  const load = { tape, batch: BATCH, perTurn: BATCH };
  return { ...flows, load, subject: new CoreSubject("core", flows.plane.core, load, flows.time) };
}

/** Random TTLs, numbers and checksums, some of them missing: a checksum that came wrong must leave as wrong. */
function vary({ bytes, stride, packets }: Tape): void {
  const dice = new Dice(1);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < packets * stride; at += stride) {
    const tag = view.getUint16(at + ETHERNET_TYPE) === TYPE_IPV4 ? 0 : TAG_SIZE;
    const ip = at + ETHERNET_HEADER + tag;
    const l4 = ip + IP.header;
    view.setUint8(ip + IP.ttl, 2 + dice.below(254));
    view.setUint16(ip + IP.checksum, dice.below(0x10000));
    if (view.getUint8(ip + IP.protocol) === Abi.PROTOCOL_UDP) {
      view.setUint16(l4 + UDP_CHECKSUM, dice.below(2) * dice.below(0x10000));
    } else {
      for (let half = 0; half < 8; half += 2) view.setUint16(l4 + TCP.sequence + half, dice.below(0x10000));
      view.setUint16(l4 + TCP.checksum, dice.below(0x10000));
    }
  }
}

/** What is left of a turn in the core's memory, or in another one laid out as the core's. */
export function outputsOf(core: Core, bytes: Uint8Array = core.bytes): string[] {
  const word = (at: number): number => Buffer.from(bytes.buffer, bytes.byteOffset + at, 4).readUInt32LE();
  return Array.from({ length: BATCH }, (_, i) => {
    const verdict = words(bytes, core.verdict(i), Abi.VERDICT_SIZE);
    const at = core.emit(i);
    const body = word(at + Abi.EMIT_BODY);
    const frame = bytes.subarray(body, body + word(at + Abi.EMIT_BODY_LENGTH));
    const head = words(bytes, at + Abi.EMIT_HEAD, Abi.EMIT_BODY - Abi.EMIT_HEAD);
    return textOf(verdict, head, words(bytes, at + Abi.EMIT_WIRE_LENGTH, EMIT_REST), frame);
  });
}

/** The same of a plane in JavaScript. */
export function outputsIn({ boundary }: JavascriptPlane): string[] {
  const { frames, verdicts, emits } = boundary;
  return Array.from({ length: BATCH }, (_, i) => {
    const at = i * Boundary.EMIT;
    const body = emits[at + Boundary.BODY] as number;
    const frame = frames.subarray(body, body + (emits[at + Boundary.BODY_LENGTH] as number));
    const verdict = verdicts.subarray(i * Boundary.VERDICT, (i + 1) * Boundary.VERDICT);
    const rest = emits.subarray(at + Boundary.EMIT_WIRE, at + Boundary.EMIT_WIRE + EMIT_REST / 4);
    return textOf(verdict, emits.subarray(at, at + Boundary.BODY), rest, frame);
  });
}

/** Bytes of an emit from its wire length to its link type. */
const EMIT_REST = Abi.EMIT_LINK + 2 - Abi.EMIT_WIRE_LENGTH;

function words(bytes: Uint8Array, at: number, length: number): Int32Array {
  return new Int32Array(bytes.slice(at, at + length).buffer);
}

function textOf(verdict: Int32Array, head: Int32Array, rest: Int32Array, frame: Uint8Array): string {
  return `verdict ${verdict.join(" ")} emit ${head.join(" ")} ${rest.join(" ")} ${Buffer.from(frame).toString("hex")}`;
}

/** Records and counters in the core's memory, or in another one laid out as the core's. */
export function stateOf(core: Core, bytes: Uint8Array = core.bytes): string[] {
  const at = core.region(Abi.REGION_RECORDS);
  const records = bytes.slice(at, at + 2 * FLOWS * Abi.REC_SIZE);
  for (let record = 0; record < records.length; record += Abi.REC_SIZE) records[record + Abi.REC_TOUCH] = 0;
  const rows = Array.from({ length: 2 * FLOWS }, (_, i) =>
    Buffer.from(records.subarray(i * Abi.REC_SIZE, (i + 1) * Abi.REC_SIZE)).toString("hex"),
  );
  const counters = bytes.slice(core.region(Abi.REGION_COUNTERS), core.region(Abi.REGION_TABLES));
  return [...rows, new BigUint64Array(counters.buffer).join(" ")];
}

/** The same of a plane in JavaScript. */
export function stateIn({ boundary, records }: JavascriptPlane): string[] {
  const { counters, endpointCounters, backendCounters } = boundary;
  const bytes = new Uint8Array(records.words.slice().buffer);
  const longs = new BigUint64Array(bytes.buffer);
  const rows = Array.from({ length: records.count }, (_, i) => {
    const at = i * Abi.REC_SIZE;
    const time = (at + Abi.REC_LAST_SEEN) / 8;
    bytes[at + Abi.REC_TOUCH] = 0;
    longs[time] = BigInt(records.times[time] as number);
    return Buffer.from(bytes.subarray(at, at + Abi.REC_SIZE)).toString("hex");
  });
  return [...rows, [...counters, ...endpointCounters, ...backendCounters].join(" ")];
}

/** Compares rows of outputs or of state, and fails with the first that differs. */
export function compare(rows: string[], expected: string[], what: string): void {
  assert.is(rows.length, expected.length, what);
  const first = rows.findIndex((row, i) => row !== expected[i]);
  // A library's comparison of texts as long as a frame's bytes takes more memory than there is.
  assert.ok(
    first < 0,
    `${what}, row ${first}: ${rows[first]?.slice(0, SHOWN)} instead of ${expected[first]?.slice(0, SHOWN)}`,
  );
}

const SHOWN = 400;
