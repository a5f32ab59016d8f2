// Bytes a flow: what the layout of a full plane of a million flows gives each part.

import * as Abi from "../../host/abi.ts";
import type { Core } from "../../host/core.ts";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { emptySection, exact, type Row, type Section } from "../../host/measure/row.ts";
import { BATCH, rungName } from "../../host/measure/rung.ts";
import { createPlane } from "../../host/plane.ts";
import { FLOW_BYTES } from "../goals.ts";
import type { Say } from "../plan.ts";
import { openings } from "./new-flows.ts";
import { Player } from "./script.ts";

const FLOWS = 1_000_000;
const PORT_BYTES = Abi.BLOCK_SIZE / Abi.PORT_BLOCK;
const UNIT = "bytes a flow";

export async function measureMemory(say: Say): Promise<Section> {
  const section = emptySection("memory", `Memory: a plane for ${rungName(FLOWS)} that is full`);
  const tape = openings(FLOWS);
  say(`${rungName(FLOWS)} are opened`);
  const plane = await createPlane(measuredConfiguration(FLOWS));
  new Player(plane.core, BATCH).play(tape);
  if (plane.counters().flows.active !== FLOWS) throw new Error("The flows measured were not all admitted.");
  const { maxDenied } = measuredConfiguration(FLOWS).settings;
  section.rows.push(...partsOf(plane.core, maxDenied));
  section.notes.push(
    `The index is ${indexFill(plane.core, maxDenied)} % full when every flow and denied flow is there, as in every other section. Room for ${maxDenied.toLocaleString("en")} denied flows is left out, as are tables, counters and the ring, whose size does not depend on flows; what a full instance makes resident is a row of the section capacity.`,
  );
  return section;
}

/** Regions whose size depends on flows, in the order they lie in. */
const LAYOUT = [
  Abi.REGION_WHEEL,
  Abi.REGION_TIMERS,
  Abi.REGION_LINKS,
  Abi.REGION_INDEX,
  Abi.REGION_COLD,
  Abi.REGION_RECORDS,
];

/** Size of a region of LAYOUT but the last, bytes. */
function sizeOf(core: Core, region: number): number {
  return core.region(LAYOUT[LAYOUT.indexOf(region) + 1] as number) - core.region(region);
}

function partsOf(core: Core, maxDenied: number): Row[] {
  const share = (2 * FLOWS) / (2 * FLOWS + maxDenied);
  const parts: [string, number][] = [
    ["two hot records", 2 * Abi.REC_SIZE],
    ["cold record", sizeOf(core, Abi.REGION_COLD) / FLOWS],
    ["index, both directions", (sizeOf(core, Abi.REGION_INDEX) * share) / FLOWS],
    ["timer", sizeOf(core, Abi.REGION_TIMERS) / (FLOWS + maxDenied)],
    ["link header", sizeOf(core, Abi.REGION_LINKS) / FLOWS],
    ["NAT port", PORT_BYTES],
    ["timing wheel", sizeOf(core, Abi.REGION_WHEEL) / FLOWS],
  ];
  const all = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  return [
    exact("all in", UNIT, all, "lower", FLOW_BYTES),
    ...parts.map(([name, bytes]) => exact(`of that: ${name}`, UNIT, bytes, "lower")),
  ];
}

function indexFill(core: Core, maxDenied: number): string {
  const places = (sizeOf(core, Abi.REGION_INDEX) / INDEX_GROUP_SIZE) * INDEX_GROUP_PLACES;
  return ((100 * (2 * FLOWS + maxDenied)) / places).toFixed(0);
}

/** A group of the index: one cache line with places for so many records. */
const INDEX_GROUP_SIZE = 64;
const INDEX_GROUP_PLACES = 12;
