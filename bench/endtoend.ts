// Replays file to file, in rounds that take turns: one-sided and two-sided output, and as a baseline merely iterating the file
// with `pcap-parser`.

import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSink, fileSource } from "../host/capture/file.ts";
import { replay } from "../host/replay/replay.ts";
import { syntheticCapture } from "./synthetic.ts";
import { benchConfiguration } from "./traffic.ts";

export interface EndToEnd {
  name: string;
  /** Million packets and megabytes of input a second, medians. */
  megapackets: number;
  megabytes: number;
}

const PACKETS = 400_000;
const FLOWS = 10_000;
const FRAME_SIZE = 64;
const ROUNDS = 3;

/** Measures all rows on one made-up capture. */
export async function measureEndToEnd(): Promise<EndToEnd[]> {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-bench-"));
  try {
    const input = join(folder, "in.pcap");
    const chunks: Uint8Array[] = [];
    for (const chunk of syntheticCapture({ packets: PACKETS, flows: FLOWS, frameSize: FRAME_SIZE, interval: 2 }))
      chunks.push(chunk.slice());
    writeFileSync(input, Buffer.concat(chunks));
    const rows: [string, () => Promise<void>][] = [
      ["replay to pcap, provider's side, replies compared", () => replayTo(input, join(folder, "out.pcap"), "pcap")],
      ["replay to pcapng, both sides, replies compared", () => replayTo(input, join(folder, "out.pcapng"), "pcapng")],
      ["replay without output, replies compared", () => replayTo(input, undefined, "pcap")],
      ["pcap-parser, iterating only", () => iterate(input)],
    ];
    const seconds = rows.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round++)
      for (const [i, [, run]] of rows.entries()) {
        const start = performance.now();
        await run();
        seconds[i]?.push((performance.now() - start) / 1000);
      }
    const megabytes = statSync(input).size / 1e6;
    return rows.map(([name], i) => {
      const median = (seconds[i] ?? []).sort((a, b) => a - b)[ROUNDS >> 1] as number;
      return { name, megapackets: PACKETS / 1e6 / median, megabytes: megabytes / median };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function replayTo(input: string, out: string | undefined, format: "pcap" | "pcapng"): Promise<void> {
  const source = await fileSource(input);
  const sink = out === undefined ? undefined : await fileSink(out);
  try {
    const summary = await replay({
      configuration: benchConfiguration(FLOWS),
      inputs: [{ file: input, source }],
      ...(sink === undefined ? {} : { output: { sink, format, side: "provider" as const } }),
    });
    if (summary.packets.forwarded !== PACKETS) throw new Error("The benchmark's packets were not all forwarded.");
  } finally {
    await source.close();
    await sink?.close();
  }
}

async function iterate(input: string): Promise<void> {
  const { default: pcapParser } = await import("pcap-parser");
  let packets = 0;
  await new Promise<void>((resolve, reject) => {
    const parser = pcapParser.parse(createReadStream(input));
    parser.on("packet", () => packets++);
    parser.on("end", resolve);
    parser.on("error", reject);
  });
  if (packets !== PACKETS) throw new Error("The baseline did not see every packet.");
}
