// IPv6 in a capture: connections of both families through a replay, their replies turned back by the plane.

import { memorySink } from "../../../host/capture/memory.ts";
import { assert, suite } from "../../kit.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, SIX, withIpv6 } from "../../conformance/ipv6-kit.ts";
import { frameOf } from "../../conformance/packet.ts";
import { readAll } from "../capture/bytes.ts";
import { configurationWith, conversation, flowLines, type Line, replayLines } from "./conversation.ts";

const LINES: Line[] = [
  ...conversation(0, `${CLIENT}:5000`, `${SIX}:443`),
  ...conversation(1, `${CLIENT}:5001`, `${DUAL}:443`),
  ...conversation(2, "10.1.0.9:5002", "10.1.0.14:443"),
  [3, `tcp ${DUAL}:443 > ${CLIENT}:5009 A seq=1 ttl=60`],
];

suite("IPv6 in a capture", (test) => {
  test("is replayed: 6 to 6, 6 to 4 and, beside it, 4 to 4", async () => {
    const sink = memorySink();
    const output = { sink, format: "pcapng" as const, side: "provider" as const, oneSided: true };
    const configuration = configurationWith(withIpv6);
    const { packets, drops, replies } = await replayLines(LINES, { configuration, output });
    assert.equal([packets.forwarded, packets.dropped, drops], [24, 1, { "reply-unmatched": 1 }]);
    assert.is(replies.different, 0);
    const flows = await flowLines(LINES, { configuration });
    assert.equal(
      flows
        .map(({ client, endpoint, natAddress, backend }) => [client, endpoint, natAddress, backend].join(" "))
        .sort(),
      [
        "10.1.0.9:5002 dual 10.2.0.10 10.2.1.1:8443",
        "[fd00:1::9]:5000 six fd00:2::10 [fd00:2::1:1]:8443",
        "[fd00:1::9]:5001 dual 10.2.0.10 10.2.1.1:8443",
      ],
    );
    const provider = (await readAll(sink.bytes())).packets.map(({ data }) => data);
    for (const text of [
      `tcp ${BACKEND6}:8443 > ${NAT6}:1024 PA seq=901 ack=109 data=answer ttl=56`,
      "tcp 10.2.1.1:8443 > 10.2.0.10:1024 PA seq=901 ack=109 data=answer id=0 ttl=56",
    ])
      assert.ok(provider.includes(Buffer.from(frameOf(text)).toString("hex")), text);
  });
});
