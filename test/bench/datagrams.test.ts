// The datagrams that features are measured with are sound, so that what is measured is not a way of dropping them.

import { markChecked } from "../../host/config/configuration.ts";
import { measuredConfiguration, SERVICE_PORT } from "../../host/measure/configuration.ts";
import { checksumsAreRight } from "../../host/measure/frame.ts";
import { createPlane } from "../../host/plane.ts";
import { answerTo, datagramFrame, errorBy, fragmentsOf, identify, inVxlan } from "../../bench/datagrams.ts";
import { assert, suite } from "../kit.ts";

const REQUEST = datagramFrame({
  source: Uint8Array.of(10, 0, 0, 1),
  sourcePort: 5000,
  destination: Uint8Array.of(10, 128, 0, 4),
  destinationPort: SERVICE_PORT,
});
const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView => new DataView(buffer, byteOffset, length);

suite("Datagrams that are measured", (test) => {
  test("have right checksums, as they come and as they leave, and are answered", async () => {
    const plane = await createPlane(measuredConfiguration(10));
    assert.ok(checksumsAreRight(viewOf(REQUEST)));
    const { out } = plane.processFrame(REQUEST, { network: "consumer", time: 1n });
    const left = out[0]?.bytes as Uint8Array;
    assert.ok(checksumsAreRight(viewOf(left)));
    const answer = answerTo(left);
    assert.ok(checksumsAreRight(viewOf(answer)));
    const about = { network: "provider", side: "provider", time: 1n } as const;
    assert.is(plane.processFrame(answer, about).reason, "forwarded");
    assert.is(plane.processFrame(errorBy(answer), about).reason, "icmp-error");
    assert.is(plane.processFrame(errorBy(REQUEST), { network: "consumer", time: 1n }).reason, "icmp-error");
  });

  test("are put together again, and taken out of VXLAN", async () => {
    const configuration = structuredClone(measuredConfiguration(10));
    configuration.settings.tunnels = [{ type: "vxlan" }];
    const plane = await createPlane(markChecked(configuration));
    const reasonOf = (frame: Uint8Array): string => plane.processFrame(frame, { network: "consumer", time: 1n }).reason;
    const [first, last] = fragmentsOf(REQUEST);
    for (const part of [first, last]) identify(part, 7);
    assert.equal([first, last, last].map(reasonOf), ["new-flow", "forwarded", "awaiting-fragment"]);
    assert.is(reasonOf(inVxlan(REQUEST)), "forwarded");
  });
});
