// What leaves to networks with an encapsulation, header by header.

import type { Configuration, Encapsulation } from "../../../host/config/configuration.ts";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { entropyOf } from "../../../host/encapsulation/entropy.ts";
import { explanationText } from "../../../host/report/explanation.ts";
import { createPlane, type Packet, type Plane } from "../../../host/plane.ts";
import { createWorkerPlane } from "../../../host/workers/plane.ts";
import { explainFlow } from "../../../host/explain/flow.ts";
import { clientHello } from "../../names/hello.ts";
import { identifying, OWN } from "../../conformance/first-message-kit.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, bytes, suite } from "../../kit.ts";

const VXLAN: Encapsulation = { type: "vxlan", local: "192.0.2.1", remote: "192.0.2.9", ttl: 64, dscp: 0 };
const NVGRE: Encapsulation = { ...VXLAN, type: "nvgre" };
const SIX = { local: "2001:db8::1", remote: "2001:db8::9" };
const REQUEST = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
const SYN = `${REQUEST} S`;
const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63";
const ANSWER = "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA";
const BACK = "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA ttl=63";
const VNI = { shop: 0x111111, lab: 0x222222, provider: 0xabcdef };

/** The base configuration with encapsulations, by network. */
function tunnelled(
  encapsulations: Record<string, Encapsulation>,
  change: (configuration: Configuration) => void = () => undefined,
): Configuration {
  const { $schema: _, ...configuration } = { $schema: undefined, ...baseConfiguration() };
  for (const network of configuration.virtualNetworks) {
    const encapsulation = encapsulations[network.name];
    if (encapsulation !== undefined)
      Object.assign(network, { encapsulation, vni: VNI[network.name as keyof typeof VNI] });
  }
  change(configuration);
  return normalizeConfiguration(configuration);
}

const planeOf = async (...given: Parameters<typeof tunnelled>): Promise<Plane> => createPlane(tunnelled(...given));
const packet = (text: string, about: Partial<Packet> = {}): Packet => ({
  frame: frameOf(text, about.link ?? "ethernet"),
  network: about.side === "provider" ? "provider" : "shop",
  time: 0n,
  ...about,
});
/** Bytes that left for one packet, the only one. */
const left = (plane: Plane, text: string, about: Partial<Packet> = {}): Uint8Array =>
  plane.process([packet(text, about)])[0]?.out[0]?.bytes as Uint8Array;
const hex = (frame: Uint8Array, from: number, to = frame.length): string =>
  Buffer.from(frame).toString("hex", from, to);
const port = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint16(34);

/** Outer headers, entropy masked, then what is inside as text's frame. */
const HEADERS: { name: string; encapsulation: Encapsulation; outer: string; size: number }[] = [
  {
    name: "VXLAN over IPv4: the headers around it",
    encapsulation: VXLAN,
    outer: "02000000da03 02000000da04 0800 4500005a000040004011???? c0000201c0000209 ????12b500460000 08000000abcdef00",
    size: 50,
  },
  {
    name: "NVGRE over IPv4: the headers around it",
    encapsulation: { ...NVGRE, localMacAddress: "06:00:00:00:00:01", remoteMacAddress: "06:00:00:00:00:02" },
    outer: "060000000002 060000000001 0800 4500005200004000402f???? c0000201c0000209 20006558abcdef??",
    size: 42,
  },
  {
    name: "VXLAN over IPv6: the headers around it",
    encapsulation: { ...VXLAN, ...SIX, ttl: 9, dscp: 46, port: 8472 },
    outer:
      "02000000da03 02000000da04 86dd 6b8????? 00461109 20010db8000000000000000000000001 20010db8000000000000000000000009 ????211800460000 08000000abcdef00",
    size: 70,
  },
  {
    name: "NVGRE over IPv6: the headers around it",
    encapsulation: { ...NVGRE, ...SIX },
    outer:
      "02000000da03 02000000da04 86dd 600????? 003e2f40 20010db8000000000000000000000001 20010db8000000000000000000000009 20006558abcdef??",
    size: 62,
  },
];

suite("What leaves to a network with an encapsulation", (test) => {
  for (const { name, encapsulation, outer, size } of HEADERS)
    test(name, async () => {
      const frame = left(await planeOf({ provider: encapsulation }), SYN);
      const pattern = outer.replaceAll(" ", "").replaceAll("?", ".");
      const head = hex(frame, 0, size);
      assert.ok(new RegExp(`^${pattern}$`).test(head), `${head} is not ${outer}`);
      bytes(frame.subarray(size), frameOf(SENT), "inside");
    });

  test("outer IPv4 header: its checksum is right", async () => {
    const frame = left(await planeOf({ provider: VXLAN }), SYN);
    let sum = 0;
    for (let i = 14; i < 34; i += 2) sum += ((frame[i] as number) << 8) | (frame[i + 1] as number);
    assert.is(sum % 0xffff, 0);
  });

  test("of the client's own network on the way back, by its VNI; a network without one is left as it is", async () => {
    const plane = await planeOf({ shop: VXLAN, lab: NVGRE });
    bytes(left(plane, SYN), frameOf(SENT), "to the provider");
    const back = left(plane, ANSWER, { side: "provider" });
    assert.is(hex(back, 42, 50), "0800000011111100");
    bytes(back.subarray(50), frameOf(BACK), "inside");
    const [, , second] = plane.process([
      packet("tcp 10.1.0.9:5001 > 10.1.0.4:443 S", { network: "lab" }),
      packet(`${REQUEST} A`),
      packet("tcp 10.2.1.1:8443 > 10.2.0.10:1025 SA", { side: "provider" }),
    ]);
    assert.is(hex(second?.out[0]?.bytes as Uint8Array, 34, 41), "20006558222222");
  });

  test("says its link type", async () => {
    const plane = await planeOf({ provider: VXLAN });
    const [there, back] = plane.process([
      packet(SYN, { link: "raw" }),
      packet(ANSWER, { side: "provider", link: "raw" }),
    ]);
    assert.equal([there?.out[0]?.link, back?.out[0]?.link], ["ethernet", "raw"]);
  });

  for (const link of ["raw", "null", "sll", "sll2"] as const)
    test(`a frame of link type ${link} gets an Ethernet header inside`, async () => {
      const frame = left(await planeOf({ provider: VXLAN }), SYN, { link });
      assert.is(hex(frame, 50, 64), "02000000da0102000000da020800");
      bytes(frame.subarray(64), frameOf(SENT, "raw"), "the packet");
    });

  for (const [tags, link] of [
    ["10", "ethernet"],
    ["20.30", "ethernet"],
    ["10", "sll"],
    ["10", "sll2"],
  ] as const)
    test(`VLAN tags ${tags} of link type ${link} are left out inside`, async () => {
      const frame = left(await planeOf({ provider: NVGRE }), `${SYN} vlan=${tags}`, { link });
      assert.is(hex(frame, 54, 56), "0800");
      bytes(frame.subarray(56), frameOf(SENT, "raw"), "the packet");
    });

  test("ECN is that of the packet inside, DSCP that of the configuration", async () => {
    const plane = await planeOf({ provider: { ...VXLAN, dscp: 10 } });
    for (const [inside, outside] of [
      [0xff, 0x2b],
      [0x01, 0x29],
      [0xfc, 0x28],
    ] as const)
      assert.is(left(plane, `${REQUEST} A tos=${inside}`)?.[15] ?? left(plane, `${SYN} tos=${inside}`)[15], outside);
  });
});

suite("Entropy of what leaves", (test) => {
  test("is a flow's, both its directions, and spreads flows over the dynamic ports", async () => {
    const plane = await planeOf({ shop: VXLAN, provider: VXLAN });
    const ports = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const there = left(plane, `tcp 10.1.0.9:${2000 + i} > 10.1.0.4:443 S`);
      const again = left(plane, `tcp 10.1.0.9:${2000 + i} > 10.1.0.4:443 A ttl=9 data=abc`);
      const back = left(plane, `tcp 10.2.1.1:8443 > 10.2.0.10:${1024 + i} SA`, { side: "provider" });
      const inside = new DataView(back.buffer, 50 + 34);
      assert.is(inside.getUint16(2), 2000 + i);
      assert.is(port(there), port(again));
      assert.ok(port(there) >= 49_152 && port(back) >= 49_152);
      ports.add(port(there));
    }
    assert.ok(ports.size > 190, `${ports.size} ports for 200 flows`);
  });

  test("spreads flows over flow labels of IPv6 and FlowIDs of NVGRE, every packet of one alike", async () => {
    const plane = await planeOf({ shop: { ...NVGRE, ...SIX }, provider: { ...NVGRE, ...SIX } });
    const labelOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint32(14) & 0xfffff;
    const flowIdOf = (frame: Uint8Array): number => frame[61] as number;
    const labels = new Set<number>();
    const flowIds = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const there = left(plane, `tcp 10.1.0.9:${2000 + i} > 10.1.0.4:443 S`);
      const again = left(plane, `tcp 10.1.0.9:${2000 + i} > 10.1.0.4:443 A ttl=9 data=abc`);
      assert.equal([labelOf(again), flowIdOf(again)], [labelOf(there), flowIdOf(there)]);
      labels.add(labelOf(there));
      flowIds.add(flowIdOf(there));
    }
    assert.ok(labels.size > 198, `${labels.size} labels for 200 flows`);
    assert.ok(flowIds.size > 110, `${flowIds.size} FlowIDs of 256 for 200 flows`);
  });

  for (const [there, back] of [
    ["tcp 10.0.0.1:5000 > 10.0.0.2:443 S", "tcp 10.0.0.2:443 > 10.0.0.1:5000 SA"],
    ["udp [fd00::1]:5000 > [fd00::2]:53", "udp [fd00::2]:53 > [fd00::1]:5000 data=abc"],
    ["icmp 10.0.0.1 > 10.0.0.2", "icmp 10.0.0.2 > 10.0.0.1"],
  ] as const)
    test(`of ${there}: the same as of its answer, another than of its neighbour`, () => {
      const of = (text: string): number => entropyOf(frameOf(text, "raw"), 0);
      assert.is(of(there), of(back));
      assert.is.not(of(there), of(there.replace(/1(?=[: \]])/, "3")));
    });

  test("of fragments is their datagram's", async () => {
    const plane = await planeOf({ provider: NVGRE });
    const text = "udp 10.1.0.9:5000 > 10.1.0.4:53 id=7 hex=" + "ab".repeat(40);
    const whole = left(plane, text);
    const first = left(plane, `${text} cut=0-24`);
    const later = left(plane, `${text} cut=24`);
    assert.is(first[41], later[41]);
    assert.ok(whole.length > first.length);
  });
});

suite("The network that something leaves to", (test) => {
  test("is that of the packet which an answer without a flow is to", async () => {
    const plane = await planeOf({ shop: VXLAN, lab: NVGRE }, ({ settings }) => {
      settings.icmpTimeExceeded = true;
    });
    assert.is(hex(left(plane, `${SYN} ttl=1`), 46, 49), "111111");
    assert.is(hex(left(plane, `${SYN} ttl=1 vlan=20.30`), 38, 41), "222222");
  });

  test("is the flow's on each side for resets of a flow that idles out", async () => {
    const plane = await planeOf({ shop: VXLAN, provider: NVGRE }, ({ loadBalancers: [balancer] }) => {
      for (const rule of balancer?.loadBalancingRules ?? []) rule.enableTcpReset = true;
    });
    left(plane, SYN);
    left(plane, ANSWER, { side: "provider" });
    left(plane, `${REQUEST} A`);
    const [client, server] = plane.advance(400_000_000_000n);
    assert.is(hex(client?.bytes as Uint8Array, 46, 49), "111111");
    assert.is(hex(server?.bytes as Uint8Array, 38, 41), "abcdef");
  });

  test("may have the identifier of another one at another end of a tunnel, where none is opened", () => {
    const alike = (remote: string) => () =>
      tunnelled({ shop: VXLAN, lab: { ...VXLAN, remote } }, ({ virtualNetworks }) => {
        for (const network of virtualNetworks) if (network.encapsulation !== undefined) network.vni = 7;
      });
    assert.not.throws(alike("192.0.2.10"));
    assert.throws(alike("192.0.2.9"));
  });

  test("is as another configuration has it from then on", async () => {
    const plane = await planeOf({ provider: VXLAN });
    assert.is(left(plane, SYN).length, 50 + 54);
    plane.apply(tunnelled({ provider: NVGRE }));
    assert.is(left(plane, `${REQUEST} A`).length, 42 + 54);
    plane.apply(tunnelled({}));
    assert.is(left(plane, `${REQUEST} A`).length, 54);
  });

  for (const shards of [1, 2])
    test(`is gone with a change, and the resets of flows that it cuts leave in its tunnel, of ${shards} shards`, async () => {
      const resetting = (configuration: Configuration): void => {
        configuration.settings.shards = shards;
        for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
      };
      const flow = [packet(SYN), packet(ANSWER, { side: "provider" }), packet(`${REQUEST} A`)];
      const gone = (encapsulations: Record<string, Encapsulation>): Configuration =>
        tunnelled(encapsulations, (configuration) => {
          resetting(configuration);
          const { virtualNetworks, privateEndpoints } = configuration;
          configuration.virtualNetworks = virtualNetworks.filter(({ name }) => name !== "shop");
          configuration.privateEndpoints = privateEndpoints.filter((one) => one.virtualNetwork !== "shop");
        });
      for (const [next, toServer] of [
        [gone({ provider: VXLAN }), 50],
        [gone({}), 0],
      ] as const) {
        const plane = await planeOf({ shop: VXLAN, provider: VXLAN }, resetting);
        plane.process(flow);
        plane.apply(next);
        const [client, server] = plane.advance(1n);
        assert.is(hex(client?.bytes as Uint8Array, 46, 49), "111111");
        assert.is(client?.bytes.length, 50 + 54);
        assert.is(server?.bytes.length, toServer + 54);
        plane.apply(tunnelled({}, resetting));
        assert.is(left(plane, SYN).length, 54, "it is there again, and has none");
      }
    });

  test("and its tunnel are told by explain, which shows what is inside", async () => {
    const plane = await planeOf({ provider: VXLAN });
    const explanation = plane.explain(packet(SYN));
    const [departure] = explanation.left;
    assert.is(departure?.tunnel, `VXLAN VNI ${VNI.provider}, 192.0.2.1 > 192.0.2.9`);
    assert.is(departure?.bytes, 54);
    assert.match(explanationText(explanation), /\n +in VXLAN VNI 11259375, 192.0.2.1 > 192.0.2.9\n/);
  });

  test("is left out of what explains a flow that is not there yet, step by step", async () => {
    const ends = { client: "10.1.0.9", clientPort: 5000, endpoint: "10.1.0.4", endpointPort: 443 };
    const flow = { protocol: "tcp" as const, network: "shop", name: OWN, ...ends };
    const said = async (encapsulations: Record<string, Encapsulation>): Promise<string[]> =>
      explainFlow(await createPlane(tunnelled(encapsulations, identifying("http"))), flow).map(({ reason }) => reason);
    assert.is((await said({})).length, 3);
    assert.equal(await said({ shop: VXLAN, provider: NVGRE }), await said({}));
  });

  test("is none for a captured reply, which is turned back", async () => {
    const plane = await planeOf({ shop: VXLAN, provider: VXLAN });
    left(plane, SYN, { side: "captured" });
    const turned = left(plane, "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA ttl=63", { side: "captured" });
    bytes(turned, frameOf("tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA ttl=64"), "as its backend sent it");
  });

  test("is that of a client's segments which a captured reply lets go: they leave, though it does not", async () => {
    const plane = await planeOf({ provider: VXLAN }, identifying("tls"));
    const side = "captured" as const;
    const hello = clientHello(OWN);
    const end = 101 + hello.length;
    const of = (bytes_: Uint8Array | number[]): string => `hex=${Buffer.from(bytes_).toString("hex")}`;
    left(plane, `${SYN} seq=100`, { side });
    left(plane, "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA seq=900 ack=101 ttl=63", { side });
    left(plane, `${REQUEST} A seq=101 ack=901`, { side });
    assert.is(left(plane, `${REQUEST} PA seq=101 ack=901 ${of(hello)}`, { side }).length, 50 + 54 + hello.length);
    const begun = packet(`${REQUEST} PA seq=${end} ack=901 ${of([22, 3, 3, 0, 64])}`, { side });
    assert.is(plane.process([begun])[0]?.verdict, "held");
    const serverHello = [22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3, ...Array.from({ length: 84 }, () => 7)];
    const answer = `tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=${end} ttl=63 ${of(serverHello)}`;
    const out = plane.process([packet(answer, { side })])[0]?.out ?? [];
    assert.equal(out.map(({ cause, bytes: { length } }) => [cause, length]).sort(), [
      ["held", 50 + 54 + 5],
      ["input", 54 + serverHello.length],
    ]);
  });

  test("is the same in shards and in workers", async () => {
    const sharded = tunnelled({ shop: VXLAN, provider: NVGRE }, ({ settings }) => {
      settings.shards = 2;
    });
    const packets = Array.from({ length: 40 }, (_, i) =>
      packet(`tcp 10.1.0.9:${3000 + (i >> 1)} > 10.1.0.4:443 S ttl=${i % 5 === 0 ? 1 : 64}`),
    );
    const one = (await createPlane(sharded)).process(packets);
    const workers = await createWorkerPlane(sharded, { workers: 1 });
    assert.equal(await workers.process(packets), one);
    await workers.close();
    assert.ok(one.every(({ out }) => out.every(({ bytes: frame }) => hex(frame, 34, 38) === "20006558")));
  });
});

suite("Packets that the underlay is too narrow for", (test) => {
  const narrow = (packetTooBig: "answer" | "forward"): Promise<Plane> =>
    planeOf({ provider: { ...VXLAN, mtu: 1500 } }, ({ settings }) => {
      settings.packetTooBig = packetTooBig;
    });
  const sized = (bytes_: number): string => `${REQUEST} S fragment=16384 data=${"x".repeat(bytes_ - 40)}`;

  test("are dropped and answered with the MTU that is left, where sizes are looked at", async () => {
    const plane = await narrow("answer");
    const [fits, exceeds] = plane.process([packet(sized(1450)), packet(sized(1451))]);
    assert.is(fits?.verdict, "forward");
    assert.is(fits?.out[0]?.bytes.length, 1500 + 14);
    assert.equal([exceeds?.verdict, exceeds?.reason], ["drop", "packet-too-big"]);
    assert.is(hex(exceeds?.out[0]?.bytes as Uint8Array, 40, 42), (1450).toString(16).padStart(4, "0"));
  });

  test("leave all the same where they are not, with don't-fragment", async () => {
    const frame = left(await narrow("forward"), sized(1500));
    assert.is(frame.length, 1550 + 14);
    assert.is(hex(frame, 20, 22), "4000");
  });
});
