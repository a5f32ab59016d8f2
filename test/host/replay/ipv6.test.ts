// IPv6 in a capture: connections of both families through a replay, their replies rebuilt and sent through.

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
  test("is looked at packet by packet without comparison too: a packet that changes its family lies elsewhere", async () => {
    const outputs = [];
    for (const compare of [true, false]) {
      const sink = memorySink();
      const output = { sink, format: "pcapng" as const, side: "provider" as const };
      const { replies } = await replayLines(LINES, { configuration: configurationWith(withIpv6), output, compare });
      outputs.push(Buffer.from(sink.bytes()).toString("hex"));
      assert.is(replies.compared, undefined);
    }
    assert.is(outputs[0], outputs[1]);
  });

  test("is told of among the busiest destinations, where no packet is an endpoint's", async () => {
    const lines: Line[] = [
      [0, "tcp [2001:db8::9]:5000 > [2001:db8::4]:443 S"],
      [1, "tcp [2001:db8::4]:443 > [2001:db8::9]:5000 SA"],
      [2, "udp [2001:db8::9]:5000 > [2001:db8::5]:53 data=q"],
    ];
    const { busiest } = await replayLines(lines, { configuration: configurationWith(withIpv6) });
    assert.equal(busiest, [
      { address: "2001:db8::4", port: 443, protocol: "tcp", packets: 2 },
      { address: "2001:db8::5", port: 53, protocol: "udp", packets: 1 },
    ]);
  });

  test("is replayed: 6 to 6, 6 to 4 and, beside it, 4 to 4", async () => {
    const sink = memorySink();
    const output = { sink, format: "pcapng" as const, side: "provider" as const, oneSided: true };
    const configuration = configurationWith(withIpv6);
    const { packets, drops, replies } = await replayLines(LINES, { configuration, output });
    assert.equal([packets.forwarded, packets.dropped, drops], [24, 1, { "reply-unmatched": 1 }]);
    assert.equal(replies, { mirrored: 9, identical: 9, different: 0, unmatched: 1, refused: 0 });
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
