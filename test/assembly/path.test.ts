// The pipeline's promise: what comes out depends on packets, times, configuration and seed, not on how they are batched.

import { inspect } from "node:util";
import { markChecked } from "../../host/config/configuration.ts";
import type { Flow } from "../../host/flows.ts";
import { createPlane, type Packet, type Plane, type Result } from "../../host/plane.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { assert, suite } from "../kit.ts";
import { randomConfiguration } from "../random/configuration.ts";
import { Dice } from "../random/dice.ts";
import { Traffic } from "../random/traffic.ts";
import { ACK, answerTo, SYN, segment } from "./segment.ts";

const SECOND = 1_000_000_000n;
const SEEDS = [1, 2, 3, 4, 5, 6];
const PACKETS = 20_000;
const BATCHES = [1, 7, 256, 1024];

/** Traffic of a seed and what a plane answers to it packet by packet. */
async function recorded(seed: number): Promise<{ packets: Packet[]; results: string[]; state: string }> {
  const dice = new Dice(seed);
  const plane = await createPlane(randomConfiguration(dice));
  const traffic = new Traffic(dice);
  const packets: Packet[] = [];
  const results: string[] = [];
  for (let i = 0; i < PACKETS; i++) {
    const packet = traffic.next();
    const [result] = plane.process([{ ...packet, frame: packet.frame.slice() }]) as [Result];
    traffic.observe(packet, result);
    packets.push({ ...packet, frame: packet.frame.slice() });
    results.push(textOf(result));
  }
  return { packets, results, state: stateOf(plane) };
}

suite("Output does not depend on batch size", (test) => {
  for (const seed of SEEDS) {
    test(`batches of ${BATCHES.join(", ")}, seed ${seed}`, async () => {
      const { packets, results, state } = await recorded(seed);
      for (const size of BATCHES) {
        const ended: string[] = [];
        const options = {
          onFlowEnd: ({ number, end }: { number: number; end: string }) => void ended.push(`${number} ${end}`),
        };
        const plane = await createPlane(randomConfiguration(new Dice(seed)), options);
        for (let first = 0; first < packets.length; first += size) {
          const batch = plane.process(packets.slice(first, first + size));
          batch.forEach((result, i) => {
            if (textOf(result) !== results[first + i])
              assert.is(textOf(result), results[first + i], `packet ${first + i}`);
          });
        }
        assert.is(stateOf(plane), state, `counters and flows after batches of ${size}`);
        assert.ok(ended.length > 0, "flows ended in between");
      }
    });
  }

  test("a batch in which many flows end at once, more than the queues hold", async () => {
    const { plane, ended } = await idling(5000);
    const results = plane.process(Array.from({ length: 4000 }, (_, i) => syn(i, 400n)));
    assert.is(results.length, 4000);
    assert.is(ended.length, 4000, "one is released before each packet");
    const resets = plane.advance(500n * SECOND);
    assert.is(resets.length, 2000, "two for each of the old flows; the newer ones were never established");
    assert.is(ended.length, 9000);
  });

  test("advance reports more resets than the queue of emits holds", async () => {
    const { plane, ended } = await idling(5000);
    assert.is(plane.advance(400n * SECOND).length, 10_000, "two resets a flow");
    assert.is(ended.length, 5000);
    assert.is(plane.nextDeadline(), undefined);
  });
});

const syn = (client: number, second: bigint, flags = SYN): Packet => ({
  frame: segment(0x0a020000 + client, 5000, flags),
  network: "shop",
  time: second * SECOND,
});

/** A plane with established flows that idle out with resets and leave no denied ones behind, and what it reports as ended. */
async function idling(flows: number): Promise<{ plane: Plane; ended: Flow[] }> {
  const configuration = baseConfiguration();
  Object.assign(configuration.settings, { maxFlows: 2 * flows, maxDenied: 0, endpointSources: "admit" });
  for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
  const ended: Flow[] = [];
  const plane = await createPlane(markChecked(configuration), { onFlowEnd: (flow) => void ended.push(flow) });
  const clients = Array.from({ length: flows }, (_, client) => client);
  const opened = plane.process(clients.map((client) => syn(client, 0n)));
  const replies = opened.map(({ out }) => answerTo((out[0] as { bytes: Uint8Array }).bytes, SYN | ACK));
  plane.process(replies.map((frame) => ({ frame, side: "provider", time: 0n })));
  plane.process(clients.map((client) => syn(client, 1n, ACK)));
  return { plane, ended };
}

function textOf({ verdict, reason, flow, out }: Result): string {
  const left = out.map(
    ({ side, cause, flow, bytes }) => `${side} ${cause} ${flow} ${Buffer.from(bytes).toString("hex")}`,
  );
  return [`${verdict} ${reason} ${flow}`, ...left].join("; ");
}

function stateOf(plane: Plane): string {
  return inspect([plane.counters(), [...plane.flows()]], { depth: Infinity, maxArrayLength: Infinity });
}
