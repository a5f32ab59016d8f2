// Vectors V31 and V32: what SONiC-DASH's tests of private link ask of the wire (tests/dash/test_dash_privatelink.py and
// test_dash_privatelink_redirect.py), written again for `replay --wire dash`: the consumer's leg is the capture's third interface.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { memorySink, memorySource, openCapture } from "../../../host/capture/index.ts";
import type { DashMapping } from "../../../host/config/dash-mapping.ts";
import { EXAMPLE } from "../../host/dash/example.ts";
import { configurationWith, conversation, type Line, replayLines } from "../../host/replay/conversation.ts";
import { assert, bytes, suite } from "../../kit.ts";
import { frameOf } from "../packet.ts";

const CAPTURES = process.env.LINKPLANE_CAPTURES;
const CONSUMER_LEG = 2;
const ETHERNET_AND_IP = 34;
const NVGRE = 8;
const VXLAN = 16;
/** Client 10.1.0.9 and its server by the worked example's prefixes and masks. */
const THERE = "[9988::a01:9]";
const SERVER = "[1122:3344:5566:7788::303:301]";

/** Replays lines through the base configuration whose first endpoint has a mapping and serves every port; frames of the leg. */
async function legOf(name: string, dash: DashMapping, lines: readonly Line[]) {
  const sink = memorySink();
  const configuration = configurationWith(({ privateEndpoints: [endpoint], loadBalancers: [balancer] }) => {
    Object.assign(endpoint as object, { dash });
    const [rule] = balancer?.loadBalancingRules ?? [];
    if (balancer !== undefined && rule !== undefined)
      balancer.loadBalancingRules = [{ ...rule, protocol: "All", frontendPort: 0, backendPort: 0 }];
  });
  const output = { sink, format: "pcapng" as const, side: "provider" as const };
  const summary = await replayLines(lines, { configuration, output, wire: "dash" });
  if (CAPTURES !== undefined) {
    mkdirSync(CAPTURES, { recursive: true });
    writeFileSync(join(CAPTURES, `${name}.pcapng`), sink.bytes());
  }
  return { summary, frames: await framesOf(sink.bytes()) };
}

/** Frames of the consumer's leg in a capture. */
async function framesOf(capture: Uint8Array): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const { count, buffer, offset, captured, interfaceId } of (
    await openCapture(memorySource(capture))
  ).batches())
    for (let i = 0; i < count; i++)
      if (interfaceId[i] === CONSUMER_LEG)
        frames.push(buffer.slice(offset[i], (offset[i] as number) + (captured[i] as number)));
  return frames;
}

const outerOf = (frame: Uint8Array): string => Buffer.from(frame.subarray(26, 34)).toString("hex");
/** What is in the tunnel must be a packet, but for the MAC addresses around it. */
function carries(frame: Uint8Array | undefined, header: number, text: string, where: string): void {
  const inner = (frame ?? new Uint8Array(0)).subarray(ETHERNET_AND_IP + header);
  bytes(inner.slice(12), frameOf(text).slice(12), where);
}

suite("V31 and V32: the wire form of SONiC-DASH", (test) => {
  for (const [encapsulation, header] of [
    ["nvgre", NVGRE],
    ["vxlan", VXLAN],
  ] as const)
    test(`V31 in ${encapsulation}: a request becomes IPv6 by prefixes and masks, its reply turns back`, async () => {
      const { frames } = await legOf(`V31-${encapsulation}`, { ...EXAMPLE, encapsulation }, conversation());
      const [request, reply] = [`tcp ${THERE}:5000 > ${SERVER}:443`, `tcp ${SERVER}:443 > ${THERE}:5000`];
      assert.is(frames.length, 8);
      carries(frames[0], header, `${request} S seq=100`, "SYN");
      carries(frames[1], header, `${reply} SA seq=900 ack=101 ttl=55`, "SYN-ACK");
      carries(frames[2], header, `${request} A seq=101 ack=901`, "ACK");
      carries(frames[3], header, `${request} PA seq=101 ack=901 data=question`, "data");
      carries(frames[4], header, `${reply} PA seq=901 ack=109 data=answer ttl=55`, "answer");
      const underlays = frames.map(outerOf);
      const [there, back] = ["0202020103030301", "0303030102020201"];
      assert.equal(underlays, [there, back, there, there, back, there, back, there], "underlay addresses");
      for (const frame of frames) {
        const vxlan = frame.subarray(ETHERNET_AND_IP, ETHERNET_AND_IP + header);
        if (encapsulation === "nvgre") assert.is(Buffer.from(vxlan).toString("hex"), "2000655800006400", "key 100");
        else assert.equal([...vxlan.subarray(6)], [0, 0, 8, 0, 0, 0, 0, 0, 100, 0], "no UDP checksum, VNI 100");
      }
    });

  test("V32 a redirect map shifts the first and the last port of a range, skips what it says, and drops others, counted", async () => {
    const outboundPortMap = [
      { destinationPorts: "2000-2100", backendIP: "5.5.5.5", backendPortBase: 11_000 },
      { destinationPorts: "443" },
    ];
    const syn = (port: number): Line => [port, `tcp 10.1.0.9:5000 > 10.1.0.4:${port} S seq=100`];
    const ports = [443, 1999, 2000, 2050, 2100, 2101];
    const overlayDipMask = "ffff:ffff:ffff:ffff:ffff:ffff::";
    const { frames, summary } = await legOf("V32", { ...EXAMPLE, overlayDipMask, outboundPortMap }, ports.map(syn));
    const to = (address: string, port: number): string =>
      `tcp ${THERE}:5000 > [1122:3344:5566:7788::${address}]:${port} S seq=100`;
    assert.is(frames.length, 4);
    carries(frames[0], NVGRE, to("a01:4", 443), "skipped");
    carries(frames[1], NVGRE, to("505:505", 11_000), "the first");
    carries(frames[2], NVGRE, to("505:505", 11_050), "one between");
    carries(frames[3], NVGRE, to("505:505", 11_100), "the last");
    assert.equal(summary.wire?.drops, {
      OUTBOUND_PORT_MAP_MISS_DROP_PACKETS: 0,
      OUTBOUND_PORT_RANGE_ENTRY_MISS_DROP_PACKETS: 2,
    });
  });
});
