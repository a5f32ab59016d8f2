// Real captures through the endpoints proposed for them, held against what an independent reader counted.

import { fileSource } from "../../host/capture/file.ts";
import { replay } from "../../host/replay/replay.ts";
import type { ReplaySummary } from "../../host/replay/summary.ts";
import { assert, suite } from "../kit.ts";
import { ABSENT, type SharedCapture, sharedCaptures } from "./captures.ts";

/** Captures whose bytes were changed at random after capturing: readers differ on which packets still belong to a flow. */
const FUZZED = ["35-fuzz-http-bigendian.pcap"];
/** Packets of an endpoint's flows that came in fragments of a tunnel's packets, which are not put together. */
const IN_FRAGMENTS = new Map([["19-gre-erspan-frags-http.pcap", 16]]);
const DAMAGED = ["34-corrupt-tls-cut-record.pcap"];

async function replayed({ path, file, configuration }: SharedCapture): Promise<ReplaySummary> {
  const source = await fileSource(path);
  try {
    return await replay({ configuration, inputs: [{ file, source }], verifyChecksums: true });
  } finally {
    await source.close();
  }
}

function judge({ file, truth, endpointPackets }: SharedCapture, summary: ReplaySummary): void {
  const { packets, replies, checksums, captures } = summary;
  assert.is(packets.read, truth.network_packets ?? truth.packets, "packets, as the independent reader counts them");
  assert.is(packets.forwarded + packets.dropped + packets.passed, packets.read);
  assert.is(replies.different, 0, "replies that came out other than they were captured");
  assert.is(replies.identical, replies.mirrored);
  assert.is(checksums?.changed ?? 0, 0, "checksums whose error changed");
  assert.is(captures[0]?.damaged != null, DAMAGED.includes(file), captures[0]?.damaged ?? "not damaged");
  if (endpointPackets === undefined) return;
  const seen = packets.forwarded + replies.unmatched;
  const missing = IN_FRAGMENTS.get(file);
  if (missing !== undefined) assert.is(packets.forwarded, endpointPackets - missing);
  else if (FUZZED.includes(file)) assert.ok(seen >= endpointPackets && packets.forwarded > 0);
  else
    assert.is(
      seen,
      endpointPackets,
      "packets of the endpoint's flows: forwarded, or replies whose request was not captured",
    );
}

suite("Real captures replay as their ground truth says", (test) => {
  const captures = sharedCaptures();
  test.skipUnless(captures.length > 0, ABSENT, "there are some, and some carry traffic of an endpoint", () => {
    assert.ok(captures.length >= 48, `${captures.length} captures`);
    assert.ok(captures.filter(({ endpointPackets }) => (endpointPackets ?? 0) > 0).length >= 24);
  });
  for (const capture of captures) test(capture.file, async () => judge(capture, await replayed(capture)));
});
