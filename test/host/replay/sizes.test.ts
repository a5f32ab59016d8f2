// Packets that are too big and the MSS of SYNs in a replay: what the plane has to do about them is no fault of it, and what it does
// wrongly is one.

import { readFileSync } from "node:fs";
import * as Abi from "../../../host/abi.ts";
import { memorySource } from "../../../host/capture/memory.ts";
import { parseConfiguration } from "../../../host/config/index.ts";
import type { Core } from "../../../host/core.ts";
import { replay } from "../../../host/replay/replay.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, type Line, replayLines } from "./conversation.ts";
import { tamperedPlane } from "./tampered.ts";

type Settings = ReturnType<typeof configurationWith>["settings"];

const REQUEST = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
const REPLY = "tcp 10.1.0.4:443 > 10.1.0.9:5000";
const data = (bytes: number): string => `data=${"d".repeat(bytes)}`;
/** SYNs of both ends with an MSS of 1,460 (0x05b4), in one of them at an odd place, and data of two sizes each way. */
const LINES: Line[] = [
  [0, `${REQUEST} S seq=100 offset=6 hex=020405b4`],
  [0.01, `${REPLY} SA seq=900 ack=101 offset=7 hex=01020405b4010101 ttl=60`],
  [0.02, `${REQUEST} A seq=101 ack=901 ${data(960)}`],
  [0.03, `${REQUEST} A seq=1061 ack=901 ${data(961)}`],
  [0.04, `${REPLY} A seq=901 ack=1061 ${data(860)} ttl=60`],
  [0.05, `${REPLY} A seq=1761 ack=1061 ${data(861)} ttl=60`],
];

/** The consumer's network takes 900 bytes, the provider's 1,000. */
const narrow = (settings: Partial<Settings>) => (configuration: ReturnType<typeof configurationWith>) => {
  const mtus: Record<string, number> = { shop: 900, provider: 1000 };
  for (const network of configuration.virtualNetworks) network.mtu = mtus[network.name] ?? 1500;
  Object.assign(configuration.settings, settings);
};
const replayed = (settings: Partial<Settings>) =>
  replayLines(LINES, { configuration: configurationWith(narrow(settings)) });

suite("Sizes in a replay", (test) => {
  test("packets that are too big are dropped in both directions, and no difference", async () => {
    const { drops, replies, generated } = await replayed({ packetTooBig: "answer" });
    assert.equal(drops, { "packet-too-big": 2 });
    assert.equal([replies.identical, replies.refused, replies.different, generated.icmp], [2, 1, 0, 2]);
  });

  test("an MSS that is lowered, wherever it lies, is no difference", async () => {
    const { replies } = await replayed({ clampMss: true });
    assert.equal([replies.identical, replies.different], [3, 0]);
  });

  for (const [name, settings, tamper] of [
    ["lowered by another number", { clampMss: true }, (core) => raiseMss(core, 1)],
    ["left as it was", { clampMss: true }, (core) => raiseMss(core, 1460 - 860)],
  ] as [string, Partial<Settings>, (core: Core) => void][])
    test(`an MSS that is ${name} is a difference`, async () => {
      const plane = await tamperedPlane(tamper, narrow(settings));
      const configuration = configurationWith(narrow(settings));
      assert.ok((await replayLines(LINES, { plane, configuration })).replies.different > 0);
    });

  test("a packet that is let through though it is too big is a difference", async () => {
    const plane = await tamperedPlane(() => {}, narrow({}));
    const configuration = configurationWith(narrow({ packetTooBig: "drop" }));
    assert.is((await replayLines(LINES, { plane, configuration })).replies.different, 2);
  });

  test("path MTU discovery of a real client: the path tells it the same as the kernel did", async () => {
    const configuration = parseConfiguration(readFileSync("examples/path-mtu.yaml", "utf8"), "path-mtu.yaml");
    const capture = memorySource(readFileSync("examples/path-mtu.pcapng"));
    const { drops, replies, generated } = await replay({
      configuration,
      inputs: [{ file: "path-mtu.pcapng", source: capture }],
    });
    assert.is(replies.different, 0);
    assert.equal([drops["packet-too-big"], generated.icmp], [11, 11]);
  });
});

/** Adds to the MSS of every SYN that leaves, and keeps its checksum right. */
function raiseMss(core: Core, by: number): void {
  for (let i = 0; i < core.emitCount; i++) {
    const emit = core.emit(i);
    const frame = core.u32(emit + Abi.EMIT_BODY);
    const view = new DataView(core.bytes.buffer, frame, core.u32(emit + Abi.EMIT_BODY_LENGTH));
    const [tcp, flags] = [34, 13];
    if (view.byteLength < tcp + 24 || (view.getUint8(tcp + flags) & 0x02) === 0 || view.getUint8(tcp + 20) !== 2)
      continue;
    view.setUint16(tcp + 22, view.getUint16(tcp + 22) + by);
    const sum = (~view.getUint16(tcp + 16) & 0xffff) + by;
    view.setUint16(tcp + 16, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
  }
}
