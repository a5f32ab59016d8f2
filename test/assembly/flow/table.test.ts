// The index under keys that collide in structured ways, when it is full, and while flows come and go.

import { REGION_COLD, REGION_INDEX } from "../../../host/abi.ts";
import { markChecked } from "../../../host/config/configuration.ts";
import { createPlane, type Packet, type Plane } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { assert, suite } from "../../kit.ts";
import { Dice } from "../../random/dice.ts";
import { ACK, answerTo, RST, SYN, segment } from "../segment.ts";

const GROUP_SIZE = 64;
const PLACES = 12;
const TAGS = 48;
const PASSED = 62;
const SECOND = 1_000_000_000n;
const FLOWS = 20_000;

type Client = [address: number, port: number];

/** Sets of clients whose keys differ in few bits, or in bits that a weak hash would fold onto one another. */
const SETS: Record<string, (i: number) => Client> = {
  "sequential ports of one client": (i) => [0x0a010009, 1024 + i],
  "a scan: sequential addresses, one port": (i) => [0x0a000000 + i, 5000],
  "256 clients with the same ports": (i) => [0x0a010100 + (i & 255), 1024 + (i >> 8)],
  "addresses that differ in the high bits only": (i) => [(((i & 0x7f) + 1) << 24) | 9, 1024 + (i >> 7)],
  "addresses and ports that grow together": (i) => [0x0a010000 + i, 1024 + i],
  "address and port that cancel each other in a sum": (i) => [0x0a010000 + i, 60_000 - i],
  "keys that are each other's reverse": (i) => [i % 2 === 0 ? 0x0a020100 + i : 0x01000a02 + (i << 16), 443],
};

async function planeFor(maxFlows: number): Promise<Plane> {
  const configuration = baseConfiguration();
  Object.assign(configuration.settings, { maxFlows, endpointSources: "admit", midStream: "drop" });
  return createPlane(markChecked(configuration));
}

const request = ([address, port]: Client, flags: number, time: bigint): Packet => ({
  frame: segment(address >>> 0, port, flags),
  network: "shop",
  time,
});

suite("The index", (test) => {
  for (const [name, client] of Object.entries(SETS)) {
    test(`finds both directions of every flow: ${name}`, async () => {
      const plane = await planeFor(FLOWS);
      const clients = Array.from({ length: FLOWS }, (_, i) => client(i));
      const opened = plane.process(clients.map((each) => request(each, SYN, 0n)));
      opened.forEach(({ reason, flow }, i) => assert.is(`${reason} ${flow}`, `new-flow ${i}`));
      const replies = opened.map(({ out }) => answerTo((out[0] as { bytes: Uint8Array }).bytes));
      const answered = plane.process(replies.map((frame) => ({ frame, side: "provider", time: SECOND })));
      answered.forEach(({ reason, flow }, i) => assert.is(`${reason} ${flow}`, `forwarded ${i}`));
      const again = plane.process(clients.map((each) => request(each, ACK, SECOND)));
      again.forEach(({ reason, flow }, i) => assert.is(`${reason} ${flow}`, `forwarded ${i}`));
      plane.advance(1000n * SECOND);
      assert.equal(occupied(plane), { keys: 0, passed: 0 }, "an index whose flows have ended is empty");
    });
  }

  test("overflows into the next group and forgets that it did", async () => {
    const plane = await planeFor(FLOWS);
    plane.process(Array.from({ length: FLOWS }, (_, i) => request([0x0a010100 + i, 5000], SYN, 0n)));
    const full = occupied(plane);
    assert.is(full.keys, 2 * FLOWS);
    assert.ok(full.passed > 0, "at this size some group has more keys than places");
    plane.advance(1000n * SECOND);
    assert.equal(occupied(plane), { keys: 0, passed: 0 });
  });

  test("agrees with a set while flows come and go for long", async () => {
    const plane = await planeFor(600);
    const dice = new Dice(7);
    const flows = new Map<number, "open" | "reset">();
    for (let step = 0; step < 60_000; step++) {
      const port = 1 + dice.below(700);
      const opens = dice.chance(60);
      const [result] = plane.process([request([0x0a010009, port], opens ? SYN : RST | ACK, BigInt(step) * 1000n)]);
      const expected = expectation(flows.get(port), opens, flows.size < 600);
      assert.is(result?.reason, expected, `step ${step}`);
      if (expected === "new-flow" || expected === "forwarded") flows.set(port, opens ? "open" : "reset");
      if (step % 10_000 === 9_999) {
        plane.reset();
        flows.clear();
      }
    }
  });
});

/** What becomes of a SYN or a RST of a client whose flow is in some state. A SYN on a reset flow ends it and opens another. */
function expectation(flow: "open" | "reset" | undefined, opens: boolean, room: boolean): string {
  if (!opens) return flow === undefined ? "mid-stream" : "forwarded";
  if (flow === "open") return "forwarded";
  return flow === "reset" || room ? "new-flow" : "flow-table-full";
}

/** Keys in the index, and what its groups count as passed on to a neighbour. */
function occupied({ core }: Plane): { keys: number; passed: number } {
  let keys = 0;
  let passed = 0;
  for (let group = core.region(REGION_INDEX); group + GROUP_SIZE <= core.region(REGION_COLD); group += GROUP_SIZE) {
    for (let place = 0; place < PLACES; place++) keys += Number(core.u8(group + TAGS + place) !== 0);
    passed += core.u8(group + PASSED);
  }
  return { keys, passed };
}
