// Workers only share shards out: whatever their number, the same packets give the same verdicts, bytes, counters and flows.

import { inspect } from "node:util";
import { markChecked } from "../../../host/config/configuration.ts";
import type { Flow, Packet, Result } from "../../../host/index.ts";
import { createPlane } from "../../../host/plane.ts";
import { createWorkerPlane } from "../../../host/workers/plane.ts";
import { assert, suite } from "../../kit.ts";
import { randomConfiguration } from "../../random/configuration.ts";
import { Dice } from "../../random/dice.ts";
import { Traffic } from "../../random/traffic.ts";

const PACKETS = 6_000;
/** Packets of a hundred that are cut. */
const CUT = 25;
const LATER = 400_000_000_000n;
/** Shards, workers, packets of a batch. */
const ROWS: [shards: number, workers: number, batch: number][] = [
  [1, 1, 1000],
  [2, 1, 6000],
  [2, 2, 700],
  [4, 3, 6000],
  [4, 4, 2500],
  [64, 2, 4096],
];

function configurationFor(shards: number) {
  const configuration = randomConfiguration(new Dice(7));
  Object.assign(configuration.settings, {
    shards,
    maxFlows: 600,
    maxDenied: 100,
    icmpTimeExceeded: true,
    fragments: "translate",
  });
  for (const { loadBalancingRules } of configuration.loadBalancers)
    for (const rule of loadBalancingRules) rule.enableTcpReset = true;
  return markChecked(configuration);
}

/** Everything that a plane of so many shards in one thread makes of random traffic, and the traffic. */
async function expectation(shards: number) {
  const dice = new Dice(shards);
  const ended: string[] = [];
  const plane = await createPlane(configurationFor(shards), { onFlowEnd: (flow) => void ended.push(endOf(flow)) });
  const traffic = new Traffic(dice, CUT);
  const packets: Packet[] = [];
  const results: string[] = [];
  for (let i = 0; i < PACKETS; i++) {
    const packet = traffic.next();
    const [result] = plane.process([{ ...packet, frame: packet.frame.slice() }]) as [Result];
    traffic.observe(packet, result);
    packets.push({ ...packet, frame: packet.frame.slice() });
    results.push(textOf(result));
  }
  const flows = inspectAll([...plane.flows()]);
  const deadline = plane.nextDeadline();
  const late = plane.advance((packets.at(-1) as Packet).time + LATER).map(emissionText);
  letGo += traffic.letGo;
  return { packets, results, flows, deadline, late, counters: inspectAll(plane.counters()), ended: ended.sort() };
}

const inspectAll = (value: unknown): string => inspect(value, { depth: Infinity, maxArrayLength: Infinity });
const endOf = ({ number, end, client }: Flow): string => `${number} ${end} ${client}`;
const emissionText = ({ side, cause, flow, bytes }: Result["out"][number]): string =>
  `${side} ${cause} ${flow} ${Buffer.from(bytes).toString("hex")}`;
const textOf = ({ verdict, reason, flow, out }: Result): string =>
  [`${verdict} ${reason} ${flow}`, ...out.map(emissionText)].join("; ");

/** Fragments that were held and left, of all rows. */
let letGo = 0;

suite("A plane in workers does what it does in one thread", (test) => {
  for (const [shards, workers, batch] of ROWS)
    test(`${shards} shards, ${workers} workers, batches of ${batch}`, async () => {
      const expected = await expectation(shards);
      const { packets } = expected;
      const ended: string[] = [];
      const onFlowEnd = (flow: Flow) => void ended.push(endOf(flow));
      const plane = await createWorkerPlane(configurationFor(shards), { workers, onFlowEnd });
      try {
        const results: string[] = [];
        for (let first = 0; first < PACKETS; first += batch)
          results.push(...(await plane.process(packets.slice(first, first + batch))).map(textOf));
        results.forEach(
          (text, i) => text === expected.results[i] || assert.is(text, expected.results[i], `packet ${i}`),
        );
        assert.is(results.length, PACKETS);
        const flows: Flow[] = [];
        for await (const flow of plane.flows()) flows.push(flow);
        assert.is(inspectAll(flows), expected.flows);
        assert.is(await plane.nextDeadline(), expected.deadline);
        const late = await plane.advance((packets.at(-1) as Packet).time + LATER);
        assert.equal(late.map(emissionText), expected.late);
        assert.is(inspectAll(await plane.counters()), expected.counters);
        assert.equal(ended.sort(), expected.ended);
        await plane.reset();
        const again = await plane.process(packets.slice(0, 500));
        assert.equal(again.map(textOf), expected.results.slice(0, 500));
      } finally {
        await plane.close();
      }
    });

  test("with fragments that were held", () => assert.ok(letGo > 50, `${letGo} left`));
});
