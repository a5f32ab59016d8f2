// Flows opened in a batch whose reply direction is asked for, or that end, before the batch does: the index has it in time.

import { createPlane, type Packet, type Plane } from "../../../host/plane.ts";
import { markChecked } from "../../../host/config/configuration.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { assert, suite } from "../../kit.ts";
import { ACK, answerTo, RST, SYN, segment } from "../segment.ts";

const CLIENT = 0x0a010009;
const FLOWS = 300;

const request = (port: number, flags: number, time = 0n): Packet => ({
  frame: segment(CLIENT, port, flags),
  network: "shop",
  time,
});

async function freshPlane(): Promise<Plane> {
  const configuration = baseConfiguration();
  Object.assign(configuration.settings, { endpointSources: "admit" });
  return createPlane(markChecked(configuration));
}

/** What the backend answers to each client's SYN: a plane like the one under test opens the same flows. */
async function answers(): Promise<Packet[]> {
  const opened = (await freshPlane()).process(opening());
  return opened.map(({ out }) => ({
    frame: answerTo((out[0] as { bytes: Uint8Array }).bytes, SYN | ACK),
    side: "provider",
    time: 0n,
  }));
}

const opening = (): Packet[] => Array.from({ length: FLOWS }, (_, i) => request(5000 + i, SYN));

suite("Flows opened in a batch", (test) => {
  test("take their reply in the same batch, right behind their first packet", async () => {
    const replies = await answers();
    const plane = await freshPlane();
    const batch = opening().flatMap((packet, i) => [packet, replies[i] as Packet]);
    const results = plane.process(batch);
    results.forEach(({ reason, flow }, i) =>
      assert.is(`${reason} ${flow}`, `${i % 2 === 0 ? "new-flow" : "forwarded"} ${i >> 1}`),
    );
  });

  test("take their replies after all of them were opened", async () => {
    const plane = await freshPlane();
    const results = plane.process([...opening(), ...(await answers())]);
    results.slice(FLOWS).forEach(({ reason, flow }, i) => assert.is(`${reason} ${flow}`, `forwarded ${i}`));
  });

  test("end and are opened again before the index had their reply", async () => {
    const plane = await freshPlane();
    const again = [request(5000, SYN), request(5000, RST | ACK), request(5000, SYN)];
    assert.equal(
      plane.process(again).map(({ reason }) => reason),
      ["new-flow", "forwarded", "new-flow"],
    );
    const [first] = await answers();
    const [reply] = plane.process([first as Packet]);
    assert.is(reply?.reason, "forwarded", "the port was free again, so the backend sees the same tuple");
    assert.is(plane.counters().flows.active, 1);
  });
});
