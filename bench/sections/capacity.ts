// How many flows one instance holds: they are all opened, and then packets of them play.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as Abi from "../../host/abi.ts";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { FLAG } from "../../host/measure/frame.ts";
import { emptySection, exact, type Section } from "../../host/measure/row.ts";
import { BATCH } from "../../host/measure/rung.ts";
import { randomOrder } from "../../host/measure/tape.ts";
import { PLAIN, requestOf } from "../../host/measure/traffic.ts";
import { createPlane, type Plane } from "../../host/plane.ts";
import { CAPACITY } from "../goals.ts";
import type { Say } from "../plan.ts";
import { blankTape, Player, writePacket } from "./script.ts";

const FLOWS = [16_000_000, 14_000_000];
const CHUNK = 2 ** 16;
const PLAYED = 2 ** 20;
const INSTANCE_BYTES = 2 ** 32;

export async function measureCapacity(say: Say): Promise<Section | string> {
  const available = process.availableMemory();
  if (available < INSTANCE_BYTES * 1.25)
    return `one instance takes up to 4 GiB, and ${(available / 2 ** 30).toFixed(1)} GiB of memory are free.`;
  const section = emptySection("capacity", "Capacity: flows held in one instance, that is in one WebAssembly memory");
  for (const flows of FLOWS) {
    const before = residentBytes();
    const plane = await createPlane(measuredConfiguration(flows)).catch(() => undefined);
    if (plane === undefined) continue;
    say(`${flows.toLocaleString("en")} flows are opened`);
    const { opening, playing } = fillAndPlay(plane, flows);
    const active = plane.counters().flows.active;
    section.rows.push(exact("flows held", "flows", active, "higher", CAPACITY));
    section.rows.push(single("memory of the instance", "GiB", plane.core.bytes.length / 2 ** 30));
    section.rows.push(single("resident, a flow", "bytes", (residentBytes() - before) / flows));
    section.rows.push(single("opening them", "M/s", flows / opening / 1000));
    section.rows.push(single("packets of them, requests, 64 bytes", "Mpps", PLAYED / playing / 1000));
    section.notes.push("One run; nothing was dropped. Requests only, so that frames need not be kept for every flow.");
    return section;
  }
  return "no instance could be made.";
}

/** Resident memory of this process once garbage is gone. */
function residentBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage.rss();
}

const single = (name: string, unit: string, value: number) => ({
  ...exact(name, unit, value, "neither"),
  kind: "rate" as const,
});

/** Milliseconds that the core took for the flows' SYNs, and for packets of random flows. */
function fillAndPlay(plane: Plane, flows: number): { opening: number; playing: number } {
  const player = new Player(plane.core, BATCH);
  const shape = { ...PLAIN, flows };
  const tape = blankTape(CHUNK);
  let opening = 0;
  for (let first = 0; first < flows; first += CHUNK) {
    const count = Math.min(CHUNK, flows - first);
    for (let i = 0; i < count; i++) writePacket(tape, i, Abi.SIDE_CONSUMER, requestOf(shape, first + i, FLAG.syn));
    opening += player.play(tape, 0, count);
  }
  const order = randomOrder(PLAYED, flows);
  const played = blankTape(PLAYED);
  for (let i = 0; i < PLAYED; i++)
    writePacket(played, i, Abi.SIDE_CONSUMER, requestOf(shape, order[i] as number, FLAG.ack));
  return { opening, playing: player.play(played) };
}
