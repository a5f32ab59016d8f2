// Captured replies over IPv6: what their backends must have sent, what comes out for that, and what a wrong plane makes of them.

import * as Abi from "../../../host/abi.ts";
import { memorySink } from "../../../host/capture/memory.ts";
import type { LinkName } from "../../../host/links.ts";
import { AddressBook } from "../../../host/replay/address-book.ts";
import { translate } from "../../../host/replay/family.ts";
import { FrameView } from "../../../host/replay/frame.ts";
import type { ReplayOptions } from "../../../host/replay/options.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, SIX, withIpv6 } from "../../conformance/ipv6-kit.ts";
import { frameOf } from "../../conformance/packet.ts";
import { announcing } from "../../conformance/proxy-kit.ts";
import { assert, suite } from "../../kit.ts";
import { readAll } from "../capture/bytes.ts";
import { configurationWith, conversation, type Line, replayLines } from "./conversation.ts";
import { tamperedPlane } from "./tampered.ts";

const hex = (text: string): string => Buffer.from(frameOf(text)).toString("hex");

/** Replays, and gives what a side's interface shows. */
async function written(lines: Line[], side: "consumer" | "provider", options: Partial<ReplayOptions> = {}) {
  const sink = memorySink();
  const output = { sink, format: "pcapng" as const, side, oneSided: true };
  const given = { configuration: configurationWith(withIpv6), verifyChecksums: true, ...options };
  const summary = await replayLines(lines, { ...given, output });
  return { ...summary, frames: (await readAll(sink.bytes())).packets.map(({ data }) => data) };
}

const TCP4 = "tcp 10.2.1.1:8443 > 10.2.0.10:1024";
const UDP4 = "udp 10.2.1.1:5353 > 10.2.0.10:1024";

/** A reply as captured, as its backend must have sent it, and as it comes out. */
const REPLIES: [name: string, protocol: "tcp" | "udp", captured: string, sent: string, out: string][] = [
  [
    "6 to 6: flow label, traffic class and extension headers stay",
    "tcp",
    `${SIX}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 class=3 label=77 ext=0,60`,
    `tcp ${BACKEND6}:8443 > ${NAT6}:1024 SA seq=9 ack=8 ttl=61 class=3 label=77 ext=0,60`,
    `${SIX}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 class=3 label=77 ext=0,60`,
  ],
  [
    "6 to 4: the flow label has no place in IPv4, the traffic class has",
    "tcp",
    `${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 class=3 label=77 data=late`,
    `${TCP4} SA seq=9 ack=8 ttl=61 tos=3 id=0 data=late`,
    `${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 class=3 data=late`,
  ],
  [
    "6 to 4: extension headers are left out, what is behind the packet stays",
    "tcp",
    `${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 ext=0,60 trailer=3`,
    `${TCP4} SA seq=9 ack=8 ttl=61 id=0 trailer=3`,
    `${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 trailer=3`,
  ],
  [
    "6 to 4: an atomic fragment may be cut on the way, and none comes back",
    "tcp",
    `${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 fragment=0 id=70000`,
    `${TCP4} SA seq=9 ack=8 ttl=61 id=4464 fragment=0`,
    `${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60`,
  ],
  [
    "6 to 4: UDP without a checksum gets one",
    "udp",
    `${DUAL}:53 > ${CLIENT}:5000 ttl=60 data=answer l4sum=0`,
    `${UDP4} ttl=61 id=0 data=answer l4sum=0`,
    `${DUAL}:53 > ${CLIENT}:5000 ttl=60 data=answer`,
  ],
  [
    "6 to 4, offloaded: no length before, none behind",
    "tcp",
    `${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 payload=0 data=much`,
    `${TCP4} SA seq=9 ack=8 ttl=61 id=0 total=0 data=much`,
    `${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 payload=0 data=much`,
  ],
];

suite("Replies over IPv6 are rebuilt, and sent through", (test) => {
  for (const [name, protocol, captured, sent, out] of REPLIES)
    test(name, async () => {
      const [server = "", , client = ""] = captured.split(" ");
      const request = `${protocol} ${client} > ${server} ${protocol === "tcp" ? "S seq=7" : "data=question"}`;
      const lines: Line[] = [
        [0, request],
        [0.1, `${protocol} ${captured}`],
      ];
      const provider = await written(lines, "provider");
      assert.equal(provider.replies, { mirrored: 1, identical: 1, different: 0, unmatched: 0, refused: 0 });
      assert.equal(provider.checksums, { verified: 2, wrongBefore: 0, changed: 0 });
      assert.is(provider.frames[1], hex(sent));
      assert.is((await written(lines, "consumer")).frames[1], hex(`${protocol} ${out}`));
    });

  const late: Line[] = [
    [0, `udp ${CLIENT}:5000 > ${DUAL}:53 data=question`],
    [999, `udp ${DUAL}:53 > ${CLIENT}:5000 data=answer ttl=60`],
    [1000, `udp ${DUAL}:53 > ${CLIENT}:5001 data=answer ttl=60`],
    [1001, `udp ${CLIENT}:5000 > ${DUAL}:53 data=question`],
    [1002, `udp ${DUAL}:53 > ${CLIENT}:5000 data=answer ttl=255`],
  ];
  test("one that comes after its flow ended finds none, one of no request and one that crossed nothing are not sent in", async () => {
    const { drops, replies } = await replayLines(late, { configuration: configurationWith(withIpv6) });
    assert.equal(drops, { "no-flow": 1, "reply-unmatched": 2 });
    assert.equal(replies, { mirrored: 1, identical: 0, different: 0, unmatched: 2, refused: 1 });
  });

  test("one that is too big for the consumer's network as it leaves is dropped, and rightly", async () => {
    const data = "x".repeat(1260);
    const lines: Line[] = [
      [0, `udp ${CLIENT}:5000 > ${DUAL}:53 data=question`],
      [0.1, `udp ${DUAL}:53 > ${CLIENT}:5000 data=${data} ttl=60`],
    ];
    const configuration = configurationWith((it) => {
      withIpv6(it);
      it.settings.packetTooBig = "drop";
      for (const network of it.virtualNetworks) network.mtu = 1300;
    });
    const { drops, replies } = await replayLines(lines, { configuration });
    assert.equal([drops, replies.different, replies.refused], [{ "packet-too-big": 1 }, 0, 1]);
  });

  for (const [endpoint, highest] of [
    [DUAL, 1240],
    [SIX, 1240],
  ] as const)
    test(`SYNs of both ends say ${highest} where networks take 1300 bytes, at ${endpoint}`, async () => {
      const configuration = configurationWith((it) => {
        withIpv6(it);
        it.settings.clampMss = true;
        for (const network of it.virtualNetworks) network.mtu = 1300;
      });
      const mss = (value: number): string => `offset=6 hex=0204${value.toString(16).padStart(4, "0")}`;
      const lines: Line[] = [
        [0, `tcp ${CLIENT}:5000 > ${endpoint}:443 S seq=7 ${mss(1440)}`],
        [0.1, `tcp ${endpoint}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 ${mss(1440)}`],
      ];
      const { replies, frames } = await written(lines, "consumer", { configuration });
      assert.equal([replies.identical, replies.different], [1, 0]);
      assert.is(frames[1], hex(`tcp ${endpoint}:443 > ${CLIENT}:5000 SA seq=9 ack=8 ttl=60 ${mss(highest)}`));
    });

  for (const [endpoint, server] of [
    [DUAL, "10.2.1.1:8443"],
    [SIX, `${BACKEND6}:8443`],
  ] as const)
    test(`with PROXY headers between them, at ${endpoint}`, async () => {
      const configuration = configurationWith((it) => {
        withIpv6(it);
        announcing()(it);
        for (const service of it.privateLinkServices) service.enableProxyProtocol = true;
      });
      const lines = conversation(0, `${CLIENT}:5000`, `${endpoint}:443`);
      const { replies, generated, frames, checksums } = await written(lines, "provider", { configuration });
      assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
      assert.equal([generated.proxyHeader, checksums?.changed], [1, 0]);
      const nat = endpoint === DUAL ? "10.2.0.10:1024" : `${NAT6}:1024`;
      const id = endpoint === DUAL ? " id=0" : "";
      assert.ok(frames.includes(hex(`tcp ${server} > ${nat} PA seq=901 ack=169 data=answer ttl=56${id}`)));
    });

  for (const link of ["ethernet", "raw", "null", "sll", "sll2"] as LinkName[])
    test(`and the header of ${link} names the family`, () => {
      const view = new FrameView(new AddressBook());
      const frame = frameOf(`tcp ${CLIENT}:5000 > ${DUAL}:443 S class=9`, link);
      assert.ok(view.read(frame, 0, frame.length, link, 0, () => undefined));
      const [source, destination] = [0x0a02000a, 0x0a020101];
      translate(view, link, { source, destination, sourcePort: 1024, destinationPort: 8443 }, -1);
      const expected = frameOf("tcp 10.2.0.10:1024 > 10.2.1.1:8443 S tos=9 id=0 ttl=63", link);
      assert.is(Buffer.from(view.buffer).toString("hex"), Buffer.from(expected).toString("hex"));
    });
});

const ETHERTYPE = 12;
/** Flips a bit of one byte of each packet but the first that leaves on a side, of every packet another byte. */
function flipping(side: number, from: number) {
  let packet = 0;
  return ({ core, tampered }: { core: Parameters<Parameters<typeof tamperedPlane>[0]>[0]; tampered: () => void }) => {
    for (let i = 0; i < core.emitCount; i++) {
      const emit = core.emit(i);
      if (core.u8(emit + Abi.EMIT_SIDE) !== side || packet++ < from) continue;
      const head = core.u32(emit + Abi.EMIT_HEAD_LENGTH);
      const at = ETHERTYPE + packet - from - 1;
      if (at >= head + core.u32(emit + Abi.EMIT_BODY_LENGTH)) continue;
      const byte = at < head ? core.u32(emit + Abi.EMIT_HEAD) + at : core.u32(emit + Abi.EMIT_BODY) + at - head;
      core.bytes[byte] = (core.bytes[byte] as number) ^ 1;
      tampered();
    }
  };
}

suite("The mirror finds a plane out that is wrong about IPv6", (test) => {
  for (const endpoint of [SIX, DUAL])
    for (const [side, name] of [
      [Abi.SIDE_PROVIDER, "requests"],
      [Abi.SIDE_CONSUMER, "replies"],
    ] as const)
      test(`each byte of ${name}, at ${endpoint}`, async () => {
        const opening = conversation(0, `${CLIENT}:5000`, `${endpoint}:443`).slice(0, 3);
        const more = Array.from({ length: 80 }, (_, i): Line[] => [
          [1 + i, `tcp ${CLIENT}:5000 > ${endpoint}:443 A seq=101 ack=901`],
          [1.5 + i, `tcp ${endpoint}:443 > ${CLIENT}:5000 A seq=901 ack=101 ttl=60`],
        ]);
        let count = 0;
        const flip = flipping(side, side === Abi.SIDE_PROVIDER ? 2 : 1);
        const plane = await tamperedPlane((core) => flip({ core, tampered: () => count++ }), withIpv6);
        const { replies } = await replayLines([...opening, ...more.flat()], {
          plane,
          configuration: plane.configuration,
        });
        assert.ok(
          count >= 20 + (endpoint === DUAL && side === Abi.SIDE_PROVIDER ? 22 : 42),
          `${count} were tampered with`,
        );
        assert.is(replies.different, count);
      });

  test("a reply or a request that does not leave", async () => {
    for (const side of [Abi.SIDE_PROVIDER, Abi.SIDE_CONSUMER]) {
      let left = 0;
      const plane = await tamperedPlane((core) => {
        for (let i = 0; i < core.emitCount; i++)
          if (core.u8(core.emit(i) + Abi.EMIT_SIDE) === side && left++ === 2)
            core.bytes[core.emit(i) + Abi.EMIT_SIDE] = 1 - side;
      }, withIpv6);
      const lines = conversation(0, `${CLIENT}:5000`, `${DUAL}:443`);
      const { replies } = await replayLines(lines, { plane, configuration: plane.configuration });
      assert.ok(replies.different > 0, JSON.stringify(replies));
    }
  });
});
