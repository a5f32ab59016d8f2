// What features are measured to make of what leaves is what they make of it: packets in tunnels, and of both legs of DASH.

import * as Abi from "../../host/abi.ts";
import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import { measuredConfiguration, SERVICE_PORT } from "../../host/measure/configuration.ts";
import { createPlane, type Plane } from "../../host/plane.ts";
import { answerTo, datagramFrame } from "../../bench/datagrams.ts";
import { bothLegs, consumerLeg, encapsulating, mapping, readOut, type Take } from "../../bench/leaving.ts";
import { assert, suite } from "../kit.ts";

const REQUEST = datagramFrame({
  source: Uint8Array.of(10, 0, 0, 1),
  sourcePort: 5000,
  destination: Uint8Array.of(10, 128, 0, 4),
  destinationPort: SERVICE_PORT,
});
const vxlan = encapsulating("vxlan", "192.0.2.1", "192.0.2.2");
const nvgre = encapsulating("nvgre", "2001:db8::1", "2001:db8::2");
const OUTER_TYPE = 12;
const none = (): void => {};

/** What is taken: name, configuration, taker, and how much longer than the packet it is, by ethertype in front. */
const TAKERS: [string, (configuration: Configuration) => void, (plane: Plane) => Take, longer: number, type: number][] =
  [
    ["read out", none, readOut, 0, 0x0800],
    ["in VXLAN over IPv4", vxlan, readOut, 50, 0x0800],
    ["in NVGRE over IPv6", nvgre, readOut, 62, 0x86dd],
    ["the consumer's leg: NVGRE over IPv4, IPv6 inside", mapping, consumerLeg, 42 + 20, 0x0800],
    ["the provider's leg: IPv4 again", mapping, bothLegs, 0, 0x0800],
  ];

suite("What is made of what leaves, measured", (test) => {
  for (const [name, change, takes, longer, type] of TAKERS)
    test(`${name}, both ways`, async () => {
      const configuration = structuredClone(measuredConfiguration(10));
      change(configuration);
      const plane = await createPlane(markChecked(configuration));
      const take = takes(plane);
      const taken = (frame: Uint8Array, side: number): Uint8Array => {
        plane.core.place(frame, frame.length, side, Abi.LINK_ETHERNET, side, 1, 0);
        plane.core.run();
        assert.is(plane.core.emitCount, 1);
        const made = take(0, frame, side) as Uint8Array;
        assert.is(made.length, frame.length + longer);
        assert.is(new DataView(made.buffer, made.byteOffset).getUint16(OUTER_TYPE), type);
        return made;
      };
      taken(REQUEST, Abi.SIDE_CONSUMER);
      taken(answerTo(plane.lastEmission()?.bytes as Uint8Array), Abi.SIDE_PROVIDER);
    });
});
