// A replay without comparison does to real captures what a replay with comparison does: same bytes, same flows, same counters.

import { readFileSync } from "node:fs";
import { type Settings, markChecked } from "../../host/config/configuration.ts";
import { memorySink, memorySource } from "../../host/capture/memory.ts";
import { gunzipped } from "../../host/capture/gzip.ts";
import type { ReplayOutput } from "../../host/replay/options.ts";
import { replay } from "../../host/replay/replay.ts";
import type { ReplaySummary } from "../../host/replay/summary.ts";
import { assert, bytes, suite } from "../kit.ts";
import { readExample } from "../random/bytes.ts";
import { ABSENT, type SharedCapture, sharedCaptures } from "./captures.ts";

type Given = Pick<SharedCapture, "configuration"> & { capture: Uint8Array };
type Output = Pick<ReplayOutput, "format" | "side" | "oneSided">;

const OUTPUTS: Output[] = [
  { format: "pcap", side: "provider" },
  { format: "pcapng", side: "provider" },
  { format: "pcapng", side: "provider", oneSided: true },
  { format: "pcapng", side: "consumer", oneSided: true },
];

async function run({ capture, configuration }: Given, output: Output, compare: boolean) {
  const sink = memorySink();
  const flows = memorySink();
  const source = gunzipped(memorySource(capture, 50_000));
  const summary = await replay({
    configuration,
    inputs: [{ file: "capture", source }],
    output: { ...output, sink },
    flows,
    compare,
  });
  return { summary, written: sink.bytes(), flows: new TextDecoder().decode(flows.bytes()) };
}

/** What both have to agree on. */
function agreed({ time: _, replies, packets, drops, ...rest }: ReplaySummary) {
  const { "no-flow": late = 0, "reply-unmatched": unmatched = 0, ...others } = drops;
  return { ...rest, packets, drops: { ...others, noFlow: late + unmatched } };
}

/** The same with PROXY headers at every service, in networks of an MTU. */
function announcing({ capture, configuration }: Given, profile: Settings["profile"], mtu: number): Given {
  const { settings, privateLinkServices, virtualNetworks } = configuration;
  const announced = {
    ...configuration,
    settings: { ...settings, profile },
    privateLinkServices: privateLinkServices.map((service) => ({ ...service, enableProxyProtocol: true })),
    virtualNetworks: virtualNetworks.map((network) => ({ ...network, mtu })),
  };
  return { capture, configuration: markChecked(announced) };
}

async function judge(given: Given, outputs = OUTPUTS): Promise<void> {
  for (const output of outputs) {
    const where = `${output.format} ${output.oneSided === true ? output.side : ""}`;
    const compared = await run(given, output, true);
    const direct = await run(given, output, false);
    assert.equal(agreed(direct.summary), agreed(compared.summary), where);
    assert.is(direct.summary.replies.compared, false);
    assert.is(direct.summary.replies.mirrored, compared.summary.replies.identical, where);
    assert.is(direct.flows, compared.flows, where);
    bytes(direct.written, compared.written, where);
  }
}

suite("A replay without comparison does what one with comparison does", (test) => {
  test("to the example", async () => judge(await readExample()));
  test("to the example with PROXY headers", async () => {
    const example = await readExample();
    await judge(announcing(example, "azure", 1500));
    await judge(announcing(example, "aws", 576));
    await judge(announcing(example, "gcp", 65_535));
  });
  const captures = sharedCaptures();
  test.skipUnless(captures.length > 0, ABSENT, "there are captures of others", () => {
    assert.ok(captures.length >= 48);
  });
  // Where tunnels are opened, packets are compared all the same (docs/captures.md).
  const closed = captures.filter(({ configuration }) => configuration.settings.tunnels.length === 0);
  closed.forEach(({ file, path, configuration }, i) => {
    test(file, () => judge({ capture: new Uint8Array(readFileSync(path)), configuration }));
    test(`${file} with PROXY headers`, () => {
      const given = { capture: new Uint8Array(readFileSync(path)), configuration };
      return judge(announcing(given, "aws", 576), OUTPUTS.slice(i % OUTPUTS.length, (i % OUTPUTS.length) + 1));
    });
  });
});
