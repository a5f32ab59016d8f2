// A batch that the core hands back in the middle: frames that it parsed, and had to leave for the next call, are opened once all the same.

import { markChecked } from "../../../host/config/configuration.ts";
import { createPlane, type Packet, type Plane } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { identifying, OTHER } from "../../conformance/first-message-kit.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";
import { vxlan } from "../../tunnel.ts";

/** More first messages than may be refused in one call. */
const FLOWS = 300;
const REQUEST = Buffer.from(`GET / HTTP/1.1\r\nHost: ${OTHER}\r\n\r\n`).toString("hex");
const FIRST_PART = 20;

async function plane(): Promise<Plane> {
  const configuration = baseConfiguration();
  configuration.settings.tunnels = [{ type: "vxlan" }];
  identifying("http", { otherBeginning: "allow" })(configuration);
  return createPlane(markChecked(configuration));
}

const clients = Array.from({ length: FLOWS }, (_, i) => `tcp 10.1.${1 + (i >> 8)}.${i & 255}:5000 > 10.1.0.4:443`);
const inside = (text: string): Packet => ({ frame: vxlan(frameOf(text)), network: "shop", time: 0n });
const part = (client: string, from: number, to: number): Packet =>
  inside(`${client} PA seq=${101 + from / 2} ack=1 hex=${REQUEST.slice(from, to)}`);
/** A tunnel in a tunnel, which stays closed. */
const nested: Packet = {
  frame: vxlan(vxlan(frameOf("tcp 10.1.9.9:5000 > 10.1.0.4:443 S"))),
  network: "shop",
  time: 0n,
};

suite("A batch of tunnels that does not go through in one call", (test) => {
  test("has every frame opened once, tunnels in tunnels too", async () => {
    const it = await plane();
    it.process(clients.map((client) => inside(`${client} S seq=100`)));
    it.process(clients.map((client) => part(client, 0, FIRST_PART)));
    const batch = clients.flatMap((client) => [part(client, FIRST_PART, REQUEST.length), nested]);
    const results = it.process(batch);
    const reasonsOf = (which: number): string[] => [
      ...new Set(results.filter((_, i) => i % 2 === which).map(({ reason }) => reason)),
    ];
    assert.equal([reasonsOf(0), reasonsOf(1)], [["resource-denied"], ["no-endpoint"]]);
    assert.is(it.counters().flows.created, FLOWS);
  });

  test("does not go through in one call", async () => {
    const it = await plane();
    it.process(clients.map((client) => inside(`${client} S seq=100`)));
    it.process(clients.map((client) => part(client, 0, FIRST_PART)));
    for (const client of clients) {
      const { frame } = part(client, FIRST_PART, REQUEST.length);
      it.core.place(frame, frame.length, 0, 0, 0, 0, 0);
    }
    assert.ok(it.core.run() < FLOWS, "all were handled");
    assert.ok(it.core.waiting > 0);
  });
});
