// ICMP in a capture: errors of both directions follow their flows, with the endpoint's own address or one that stands for it.

import { memorySink } from "../../../host/capture/memory.ts";
import { errorAbout } from "../../conformance/icmp-kit.ts";
import { frameOf } from "../../conformance/packet.ts";
import type { ReplayOptions } from "../../../host/replay/options.ts";
import { assert, suite } from "../../kit.ts";
import { readAll } from "../capture/bytes.ts";
import { conversation, type Line, replayLines } from "./conversation.ts";

const OWN = "10.1.0.4";
const PUBLIC = "20.60.1.2";
const CLIENT = "10.1.0.9";

/** A connection, and in it a router behind the plane that wants smaller packets and a client that is told of something it does not know. */
const linesTo = (endpoint: string): Line[] => [
  ...conversation(0, `${CLIENT}:5000`, `${endpoint}:443`).slice(0, 5),
  [
    1,
    errorAbout(`${endpoint} > ${CLIENT} ttl=60`, `tcp ${CLIENT}:5000 > ${endpoint}:443 PA seq=109 ack=907 data=more`, {
      code: 4,
      rest: 1400,
    }),
  ],
  [
    2,
    errorAbout(`${CLIENT} > ${endpoint}`, `tcp ${endpoint}:443 > ${CLIENT}:5000 PA seq=907 ack=109 data=news`, {
      code: 3,
    }),
  ],
  [3, errorAbout(`${endpoint} > ${CLIENT}`, `tcp ${CLIENT}:5001 > ${endpoint}:443 S`)],
  [4, `tcp ${CLIENT}:5000 > ${endpoint}:443 A seq=109 ack=907`],
];

suite("ICMP errors in a capture", (test) => {
  for (const [name, endpoint, options] of [
    ["of an endpoint", OWN, {}],
    ["of an address that stands for one", PUBLIC, { aliases: [{ endpoint: "shop-approved", address: PUBLIC }] }],
  ] as [string, string, Partial<ReplayOptions>][])
    test(`${name} follow their flows, and one without is dropped`, async () => {
      const sink = memorySink();
      const output = { sink, format: "pcapng" as const, side: "provider" as const, oneSided: true };
      const { packets, drops, replies } = await replayLines(linesTo(endpoint), { ...options, output });
      assert.equal([packets.forwarded, packets.dropped, drops], [8, 1, { "reply-unmatched": 1 }]);
      assert.is(replies.different, 0);
      const provider = (await readAll(sink.bytes())).packets.map(({ data }) => data);
      const expected = [
        errorAbout("10.2.1.1 > 10.2.0.10 ttl=61", "tcp 10.2.0.10:1024 > 10.2.1.1:8443 PA seq=109 ack=907 data=more", {
          code: 4,
          rest: 1400,
        }),
        errorAbout("10.2.0.10 > 10.2.1.1 ttl=63", "tcp 10.2.1.1:8443 > 10.2.0.10:1024 PA seq=907 ack=109 data=news", {
          code: 3,
        }),
      ].map((text) => Buffer.from(frameOf(text)).toString("hex"));
      for (const frame of expected) assert.ok(provider.includes(frame), frame);
    });
});
