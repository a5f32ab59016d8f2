// The provider's leg: the worked example of the design taken on, and what the plane itself sends to a backend.

import { addressNumber } from "../../../host/config/address.ts";
import { ConsumerLeg } from "../../../host/dash/consumer-leg.ts";
import type { LegPacket } from "../../../host/dash/packet.ts";
import { openedLeg } from "../../../host/dash/provider-leg.ts";
import { createPlane } from "../../../host/plane.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, bytes, suite } from "../../kit.ts";
import { EXAMPLE, mapped } from "./example.ts";

const NAT = { nat: addressNumber("10.2.0.10"), natPort: 1024, frontend: addressNumber("10.2.0.5") };
const CLIENT = "10.0.0.1:5000";
const ENDPOINT = "10.1.0.4:443";

/** A leg on which a request stands. */
function standing(change = {}): {
  leg: ConsumerLeg;
  there: (text: string) => LegPacket;
  back: (text: string) => LegPacket;
} {
  const leg = new ConsumerLeg(mapped({ ...EXAMPLE, ...change }));
  const of = (text: string, way: "request" | "reply"): LegPacket => {
    const frame = frameOf(text);
    const packet = leg[way](frame, "ethernet", frame.length, 0);
    if (packet === undefined) throw new Error(`${text} is not on the leg`);
    return packet;
  };
  return { leg, there: (text) => of(text, "request"), back: (text) => of(text, "reply") };
}

suite("The provider's leg", (test) => {
  for (const encapsulation of ["nvgre", "vxlan"] as const)
    test(`${encapsulation}: the worked example's 9988::a00:1 becomes the NAT address and port, its service the frontend`, () => {
      const { there, back } = standing({ encapsulation });
      const request = openedLeg(there(`tcp ${CLIENT} > ${ENDPOINT} PA seq=7 ack=9 ttl=61 data=hello`), NAT, false);
      const sent = "tcp 10.2.0.10:1024 > 10.2.0.5:443 PA seq=7 ack=9 ttl=60 data=hello id=0 fragment=16384";
      bytes(request.frame, frameOf(sent), "request");
      assert.is(request.wireLength, request.frame.length);
      const reply = openedLeg(back(`tcp ${ENDPOINT} > ${CLIENT} A seq=9 ack=12 ttl=57`), NAT, true);
      const answered = "tcp 10.2.0.5:443 > 10.2.0.10:1024 A seq=9 ack=12 ttl=58 id=0 fragment=16384";
      bytes(reply.frame, frameOf(answered, "ethernet"), "reply");
    });

  test("keeps the port that a redirect map has given, both ways", () => {
    const { there, back } = standing({
      outboundPortMap: [
        { destinationPorts: "2000-2100", backendIP: "5.5.5.5", matchPortBase: 2000, backendPortBase: 11000 },
      ],
    });
    const request = openedLeg(there("tcp 10.0.0.1:5000 > 10.1.0.4:2010 S ttl=61"), NAT, false);
    bytes(request.frame, frameOf("tcp 10.2.0.10:1024 > 10.2.0.5:11010 S ttl=60 id=0 fragment=16384"), "request");
    const reply = openedLeg(back("tcp 10.1.0.4:2010 > 10.0.0.1:5000 SA ttl=57"), NAT, true);
    bytes(reply.frame, frameOf("tcp 10.2.0.5:11010 > 10.2.0.10:1024 SA ttl=58 id=0 fragment=16384"), "reply");
  });

  test("has the UDP checksum that the consumer's leg gave", () => {
    const { there } = standing();
    const { frame } = openedLeg(there("udp 10.0.0.1:5000 > 10.1.0.4:53 data=abc l4sum=0 ttl=64"), NAT, false);
    bytes(
      frame,
      frameOf("udp 10.2.0.10:1024 > 10.2.0.5:53 data=abc ttl=63 id=0 fragment=16384"),
      "with a right checksum",
    );
  });

  test("leads to what the plane sends to the backend, once the load balancer has its turn", async () => {
    const configuration = mapped(EXAMPLE);
    const text = `tcp 10.1.0.9:5000 > ${ENDPOINT} S seq=3 ttl=61 id=0 fragment=16384`;
    const plane = await createPlane(configuration);
    const [sent] = plane.process([{ frame: frameOf(text), network: "shop", time: 0n }]);
    const [flow] = plane.flows();
    const [natAddress = "", natPort] = flow?.nat.split(":") ?? [];
    const { there } = standing();
    const ends = { nat: addressNumber(natAddress), natPort: Number(natPort), frontend: NAT.frontend };
    const { frame } = openedLeg(there(text), ends, false);
    const balanced = `tcp ${flow?.nat} > ${flow?.backend} S seq=3 ttl=60 id=0 fragment=16384`;
    bytes(sent?.out[0]?.bytes as Uint8Array, frameOf(balanced), "the plane's");
    bytes(frame, frameOf(balanced.replace(flow?.backend ?? "", "10.2.0.5:443")), "the leg's, but for the frontend");
  });
});
