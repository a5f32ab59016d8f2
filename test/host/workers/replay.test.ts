// A replay through workers says and writes what one in a single thread does.

import { memorySource } from "../../../host/capture/memory.ts";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { type ReplayOptions, replay } from "../../../host/node.ts";
import { assert, suite } from "../../kit.ts";
import { readExample } from "../../random/bytes.ts";

/** Summary without what the clock on the wall says, the recording, and the lines of flows. */
async function replayed(
  shards: number,
  workers: number | undefined,
  change: (configuration: Configuration) => void = () => {},
): Promise<[string, string, string[]]> {
  const { capture, configuration } = await readExample();
  change(configuration);
  const settings = { ...configuration.settings, shards };
  const written: Uint8Array[] = [];
  const lines: Uint8Array[] = [];
  const options: ReplayOptions = {
    configuration: markChecked({ ...configuration, settings }),
    inputs: [{ file: "storage.pcapng", source: memorySource(capture) }],
    output: { sink: { write: (bytes) => void written.push(bytes.slice()) }, format: "pcapng", side: "provider" },
    flows: { write: (bytes) => void lines.push(bytes.slice()) },
    ...(workers === undefined ? {} : { workers }),
  };
  const { time, ...summary } = await replay(options);
  assert.ok(summary.replies.identical > 100 && summary.replies.different === 0, `${time.captureSeconds} s of capture`);
  const flows = Buffer.concat(lines).toString().split("\n").sort();
  return [JSON.stringify(summary), Buffer.concat(written).toString("hex"), flows];
}

suite("A replay through workers", (test) => {
  test("is the one through a single thread, for any number of workers", async () => {
    const [summary, recording, flows] = await replayed(4, undefined);
    for (const workers of [1, 2, 4]) {
      const [itsSummary, itsRecording, itsFlows] = await replayed(4, workers);
      assert.is(itsSummary, summary);
      assert.ok(itsRecording === recording, `${workers} workers write the same bytes`);
      assert.equal(itsFlows, flows);
    }
  });

  test("with PROXY headers in packets of their own, too", async () => {
    const announcing = ({ privateLinkServices, virtualNetworks, settings }: Configuration): void => {
      for (const service of privateLinkServices) service.enableProxyProtocol = true;
      for (const network of virtualNetworks) network.mtu = 100;
      settings.profile = "aws";
    };
    const single = await replayed(4, undefined, announcing);
    assert.match(single[0], /"proxyHeader":[1-9]/);
    assert.equal(await replayed(4, 2, announcing), single);
  });
});
