// --as with IPv6: an address of the capture stands for the endpoint's of its family, for whatever is sent to it.

import { memorySink } from "../../../host/capture/memory.ts";
import { LinkplaneError } from "../../../host/errors.ts";
import type { EndpointAlias } from "../../../host/replay/options.ts";
import { errorAbout6, message6 } from "../../conformance/icmp-kit.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, SIX, withIpv6 } from "../../conformance/ipv6-kit.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";
import { readAll } from "../capture/bytes.ts";
import { configurationWith, conversation, type Line, replayLines } from "./conversation.ts";

const PUBLIC = "2603:1030::4";
const THERE = `[${PUBLIC}]`;
const PORT_UNREACHABLE = { type: 1, code: 4 };
const TOO_BIG = { type: 2, code: 0, rest: 1400 };
const DATA = "abcdefghijklmnopqrstuvwxyz012345";
const hex = (text: string): string => Buffer.from(frameOf(text)).toString("hex");

/** A connection, errors of both directions, a ping, and a query and an answer in fragments. */
const linesTo = (endpoint: string): Line[] => [
  ...conversation(0, `${CLIENT}:5000`, `${endpoint}:443`).slice(0, 5),
  [
    1,
    errorAbout6(`${endpoint} > ${CLIENT} ttl=60`, `tcp ${CLIENT}:5000 > ${endpoint}:443 PA seq=109 data=more`, TOO_BIG),
  ],
  [2, errorAbout6(`${CLIENT} > ${endpoint}`, `tcp ${endpoint}:443 > ${CLIENT}:5000 PA data=news`, PORT_UNREACHABLE)],
  [3, message6(`${CLIENT} > ${endpoint}`, 128, 0, 7, new Uint8Array(8))],
  [4, `udp ${CLIENT}:5000 > ${endpoint}:53 id=7 data=${DATA} cut=16-`],
  [4.1, `udp ${CLIENT}:5000 > ${endpoint}:53 id=7 data=${DATA} cut=0-16`],
  [5, `udp ${endpoint}:53 > ${CLIENT}:5000 id=8 data=${DATA} ttl=60 cut=0-16`],
  [5.1, `udp ${endpoint}:53 > ${CLIENT}:5000 id=8 data=${DATA} ttl=60 cut=16-`],
];

async function replayed(lines: Line[], aliases: EndpointAlias[]) {
  const sink = memorySink();
  const output = { sink, format: "pcapng" as const, side: "provider" as const };
  const configuration = configurationWith((it) => {
    withIpv6(it);
    it.settings.icmpEcho = "answer";
  });
  const { packets, drops, replies, endpoints, flows } = await replayLines(lines, {
    configuration,
    aliases,
    output,
    verifyChecksums: true,
  });
  const frames = (await readAll(sink.bytes())).packets.map(({ data }) => data);
  return { packets, drops, replies, endpoints, flows, frames };
}

suite("--as with an IPv6 address", (test) => {
  for (const [name, endpoint, own] of [
    ["6 to 6", "six", SIX],
    ["6 to 4", "dual", DUAL],
  ] as const)
    for (const port of [undefined, 443])
      test(`${name}${port === undefined ? "" : ", of one port"}: what becomes of each packet is what would with the endpoint's own`, async () => {
        const lines = port === undefined ? linesTo : (to: string): Line[] => linesTo(to).slice(0, 8);
        const alias = { endpoint, address: PUBLIC, ...(port === undefined ? {} : { port }) };
        const there = await replayed(lines(THERE), [alias]);
        assert.equal(there, await replayed(lines(own), []));
        assert.is(there.replies.different, 0);
        assert.is(there.packets.forwarded, port === undefined ? 11 : 7);
        assert.is(there.frames.includes(hex(`tcp ${own}:443 > ${CLIENT}:5000 SA seq=900 ack=101 ttl=55`)), true);
      });

  test("leaves by the flow's translation, the packet in an error as well", async () => {
    const { frames } = await replayed(linesTo(THERE), [{ endpoint: "six", address: PUBLIC }]);
    for (const text of [
      errorAbout6(`${BACKEND6} > ${NAT6} ttl=61`, `tcp ${NAT6}:1024 > ${BACKEND6}:8443 PA seq=109 data=more`, TOO_BIG),
      errorAbout6(`${NAT6} > ${BACKEND6} ttl=63`, `tcp ${BACKEND6}:8443 > ${NAT6}:1024 PA data=news`, PORT_UNREACHABLE),
    ])
      assert.ok(frames.includes(hex(text)), text);
  });

  test("stands for an endpoint that has one of its family only", async () => {
    for (const [endpoint, address, message] of [
      ["shop-approved", PUBLIC, /has no IPv6 address/],
      ["six", "20.60.1.2", /has no IPv4 address/],
    ] as const)
      try {
        await replayLines([], { configuration: configurationWith(withIpv6), aliases: [{ endpoint, address }] });
        assert.unreachable();
      } catch (error) {
        assert.instance(error, LinkplaneError);
        assert.match((error as LinkplaneError).message, message);
        assert.is((error as LinkplaneError).code, "USAGE");
      }
  });

  test("and one of IPv4 stands beside it for the other address of the endpoint", async () => {
    const lines = [
      ...conversation(0, `${CLIENT}:5000`, `${THERE}:443`),
      ...conversation(1, "10.1.0.9:5000", "20.60.1.2:443"),
    ];
    const { replies, endpoints } = await replayed(lines, [
      { endpoint: "dual", address: PUBLIC },
      { endpoint: "dual", address: "20.60.1.2" },
    ]);
    assert.is(replies.identical, 6);
    assert.is(endpoints.find(({ name }) => name === "dual")?.flows, 2);
  });
});
