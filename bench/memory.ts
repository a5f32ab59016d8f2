// `tsx bench/memory.ts [gigabytes]`: peak resident memory of a replay of a big capture, from a file and from a pipe, with default
// settings, pcapng output and the reply comparison on, 100,000 flows alive. Needs room for the capture and twice as much
// for its output in the temporary folder, and `npm run build` before it.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { measuredConfiguration } from "../host/measure/configuration.ts";

const FLOWS = 100_000;
const FRAME_SIZE = 600;
const RECORD_SIZE = 616;
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
/** Makes Node say the highest resident size of its process, KiB, when it ends. */
const PROBE = `data:text/javascript,process.on("exit",()=>process.stderr.write("maxrss "+process.resourceUsage().maxRSS+"\\n"))`;

interface Measured {
  megabytes: number;
  packets: number;
  seconds: number;
}

const gigabytes = Number(process.argv[2] ?? 2.1);
const folder = mkdtempSync(join(tmpdir(), "linkplane-memory-"));
try {
  const packets = Math.ceil((gigabytes * 1e9) / RECORD_SIZE);
  const maker = ["--import", "tsx", path("make-capture.ts")];
  const shape = [String(packets), String(FLOWS), String(FRAME_SIZE)];
  const capture = join(folder, "big.pcap");
  if (spawnSync(process.execPath, [...maker, capture, ...shape], { stdio: "inherit" }).status !== 0)
    throw new Error("The capture could not be made.");
  const { settings: _, ...configuration } = measuredConfiguration(FLOWS);
  writeFileSync(join(folder, "config.json"), JSON.stringify(configuration));
  const table = new Table({
    head: ["input", "GB", "packets", "seconds", "peak MB resident"],
    style: { head: [], border: [] },
  });
  const row = (name: string, { megabytes, packets, seconds }: Measured): void =>
    void table.push([
      name,
      (statSync(capture).size / 1e9).toFixed(2),
      packets,
      seconds.toFixed(1),
      megabytes.toFixed(0),
    ]);
  row("file", await measured(capture));
  row("pipe", await measured("-", [...maker, "-", ...shape]));
  process.stdout.write(`${table.toString()}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Replays a capture, or what a maker of captures prints. */
async function measured(input: string, maker?: string[]): Promise<Measured> {
  const out = join(folder, "out.pcapng");
  const options = ["--config", join(folder, "config.json"), "--out", out, "--json"];
  const started = performance.now();
  const made = maker && spawn(process.execPath, maker, { stdio: ["ignore", "pipe", "inherit"] });
  const child = spawn(process.execPath, ["--import", PROBE, path("../dist/cli.js"), "replay", input, ...options]);
  made?.stdout.pipe(child.stdin);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => void (stdout += text));
  child.stderr.on("data", (text) => void (stderr += text));
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`The replay ended with ${status}: ${stderr}`);
  const summary = JSON.parse(stdout);
  if (summary.flows.active !== FLOWS || summary.replies.different !== 0 || summary.replies.mirrored === 0)
    throw new Error("The replay did not do what is to be measured.");
  return {
    megabytes: (Number(/maxrss (\d+)/.exec(stderr)?.[1]) * 1024) / 1e6,
    packets: summary.packets.read,
    seconds: (performance.now() - started) / 1000,
  };
}
