// First segments of every size, and sums over every one of them: the header goes in as long as it fits, and leaves by itself when it does not.

import { markChecked } from "../../host/config/configuration.ts";
import { corePlane } from "../core-plane.ts";
import { assert, bytes, suite } from "../kit.ts";
import type { PacketIn, PlaneUnderTest } from "../plane.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { baseConfiguration } from "./configuration.ts";
import { frameOf } from "./packet.ts";
import { announcing, bytesOf, headerOf, LENGTH, PROFILES } from "./proxy-kit.ts";

const MTU = 1500;
const HEADERS = 40;
/** Beyond the MTU: what a receiving machine has put together. */
const MORE = [1461, 1500, 2000, 2921, 9000, 16_383, 16_384, 65_495];
const SIZES = [...Array.from({ length: MTU - HEADERS }, (_, i) => i + 1), ...MORE];

/** Sends a first segment of each size in a flow of its own. */
function sendAll(plane: PlaneUnderTest, profile: (typeof PROFILES)[number]): void {
  SIZES.forEach((size, i) => {
    const client = `10.1.0.9:${1024 + i}`;
    const left = `tcp 10.2.0.10:${1024 + i} > 10.2.1.1:8443 ttl=63`;
    const send = (text: string) => plane.process([packetIn(`tcp ${client} > 10.1.0.4:443 ${text}`)])[0]?.out ?? [];
    send("S seq=100");
    const data = bytesOf(size);
    const out = send(`PA seq=101 ack=901 hex=${data}`);
    const header = headerOf(profile, client);
    const length = LENGTH[profile];
    const fits = HEADERS + size + length <= MTU;
    const expected = fits
      ? [`PA seq=101 ack=901 hex=${header}${data}`]
      : [`A seq=101 ack=901 hex=${header}`, `PA seq=${101 + length} ack=901 hex=${data}`];
    assert.is(out.length, expected.length, `${size} bytes`);
    expected.forEach((text, which) => {
      bytes(out[which]?.bytes ?? new Uint8Array(0), frameOf(`${left} ${text}`), `${size} bytes, packet ${which + 1}`);
    });
  });
}

function packetIn(text: string): PacketIn {
  return { frame: frameOf(text), link: "ethernet", network: "shop", side: "consumer", time: 0n };
}

suite("First segments of every size with a PROXY header", (test) => {
  for (const profile of PROFILES) {
    const configured = () => {
      const configuration = baseConfiguration();
      announcing(profile)(configuration);
      configuration.settings.maxFlows = SIZES.length;
      return markChecked(configuration);
    };
    test(`${profile} (core)`, async () => sendAll(await corePlane(configured()), profile));
    test(`${profile} (reference)`, () => sendAll(new ReferencePlane(configured()), profile));
  }
});
