// A flood of SYNs as the bench plays it: every packet of an established flow is forwarded in the midst of it and afterwards.

import { Flooded } from "../../bench/sections/flooded.ts";
import type { Settings } from "../../host/config/configuration.ts";
import { assert, suite } from "../kit.ts";

const FLOWS = 1000;
const PACKETS = 4096;
const TURNS = 3;

/** Counters behind the flood and a packet of every established flow in each direction, each of which must be forwarded. */
async function flooded(settings: Partial<Settings>, flooders: "one" | "many") {
  const flood = await Flooded.open("flood", FLOWS, PACKETS, settings, flooders);
  for (let turn = 0; turn < TURNS; turn++) flood.turn();
  flood.verify();
  return flood.plane.counters();
}

suite("Established flows while SYNs flood", (test) => {
  test("are all there when the table is full of opening ones, and new ones are refused", async () => {
    const { flows, reasons } = await flooded({ whenFull: "refuse" }, "many");
    assert.is(flows.active, FLOWS + FLOWS / 2);
    assert.is(flows.evicted, 0);
    assert.is(reasons["flow-table-full"], TURNS * PACKETS - FLOWS / 2);
  });

  test("are all there when opening ones give way to others", async () => {
    const { flows, reasons } = await flooded({ whenFull: "evict" }, "many");
    assert.is(flows.active, FLOWS + FLOWS / 2);
    assert.is(flows.evicted, TURNS * PACKETS - FLOWS / 2);
    assert.is(reasons["flow-table-full"] ?? 0, 0);
  });

  test("are all there, and there is room, when the flood's client may have few", async () => {
    const { flows, reasons } = await flooded({ maxFlows: 3 * FLOWS, maxFlowsPerClient: FLOWS }, "one");
    assert.is(flows.active, 2 * FLOWS);
    assert.is(reasons["client-flows-full"], TURNS * PACKETS - FLOWS);
  });
});
