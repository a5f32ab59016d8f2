// What explain says of fragments that no golden case has: of lengths that are not in the header, and of planes of several shards.

import { markChecked } from "../../../host/config/configuration.ts";
import { createPlane, type Plane } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { QUERY } from "../../conformance/fragment-kit.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";

const ABOUT = { link: "ethernet", network: "shop", side: "consumer", time: 0n } as const;
/** The total length, behind an Ethernet header. */
const TOTAL_LENGTH = 14 + 2;

async function planeOf(shards: number): Promise<Plane> {
  const configuration = baseConfiguration();
  Object.assign(configuration.settings, { shards });
  return createPlane(markChecked(configuration));
}

/** What the stages say of fragments when a packet is explained. */
const said = (plane: Plane, frame: Uint8Array): string[] =>
  plane
    .explain({ ...ABOUT, frame })
    .steps.filter(({ stage }) => stage === "fragment")
    .map(({ decided }) => decided);

suite("Explained fragments", (test) => {
  test("one that was held and has a total length of 0 is as long as on the wire", async () => {
    const plane = await planeOf(1);
    const offloaded = frameOf(QUERY.in("16-"));
    offloaded.set([0, 0], TOTAL_LENGTH);
    plane.process([{ ...ABOUT, frame: offloaded }]);
    assert.equal(said(plane, frameOf(QUERY.in("0-16"))), [
      "bytes 0 to 16 of datagram 0x0007: the first, which has the ports",
      "bytes 16 to 40 of datagram 0x0007, the last: it waited, and leaves behind the first one",
    ]);
  });

  for (const shards of [1, 8])
    test(`with ${shards} shards, in front of them and in them`, async () => {
      const plane = await planeOf(shards);
      assert.equal(said(plane, frameOf(QUERY.in("32-"))), [
        "bytes 32 to 40 of datagram 0x0007, the last: it waits for the first one, one of 1",
      ]);
      assert.equal(said(plane, frameOf(QUERY.in("0-16"))), [
        "bytes 0 to 16 of datagram 0x0007: the first, which has the ports",
        "bytes 32 to 40 of datagram 0x0007, the last: it waited, and leaves behind the first one",
      ]);
      assert.equal(said(plane, frameOf(QUERY.in("16-32"))), [
        "bytes 16 to 32 of datagram 0x0007: it goes the way of the first one",
      ]);
      const { steps } = plane.explain({ ...ABOUT, frame: frameOf(QUERY.in("16-25")) });
      assert.equal(
        steps.map(({ stage }) => stage),
        ["packet", "endpoint", "ttl", "fragment"].filter((stage) => stage !== "ttl"),
      );
    });
});
