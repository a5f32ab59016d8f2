// How long a command takes that does little, beside a Node that does nothing; and what is loaded.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { intervalOf } from "../../host/measure/interval.ts";
import { takeTurns, type Subject } from "../../host/measure/rounds.ts";
import { emptySection, exact, type Goal, type Section } from "../../host/measure/row.ts";
import { MODULE_SIZE, REPLAY_START, VERSION_START } from "../goals.ts";
import type { Say } from "../plan.ts";
import { syntheticCapture } from "../synthetic.ts";

const ROUNDS = 15;
const CAPTURE = { packets: 100, flows: 10, frameSize: 64, interval: 20 };
const dist = (file: string): string => fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));

export async function measureStartup(say: Say): Promise<Section | string> {
  if (!existsSync(dist("cli.js"))) return "dist/cli.js is missing; run npm run build.";
  const section = emptySection("startup", "Start: from the shell's call to the end of the process");
  section.notes.push(`${ROUNDS} rounds in which all commands take turns; the built package, files in the page cache.`);
  const folder = mkdtempSync(join(tmpdir(), "linkplane-startup-"));
  try {
    const capture = join(folder, "hundred.pcap");
    writeFileSync(capture, Buffer.concat([...syntheticCapture(CAPTURE)].map((chunk) => chunk.slice())));
    const { settings: _, ...configuration } = measuredConfiguration(1000);
    const config = join(folder, "configuration.json");
    writeFileSync(config, JSON.stringify(configuration));
    const commands: [name: string, args: string[], goal?: Goal][] = [
      ["node that does nothing", ["-e", "0"]],
      ["linkplane --version", [dist("cli.js"), "--version"], VERSION_START],
      [
        "replay of 100 packets",
        [dist("cli.js"), "replay", capture, "--config", config, "--out", join(folder, "out.pcapng")],
        REPLAY_START,
      ],
    ];
    say(commands.map(([name]) => name).join("; "));
    const series = await takeTurns(
      commands.map(([name, args]) => command(name, args)),
      ROUNDS,
    );
    for (const [i, [name, , goal]] of commands.entries()) {
      const value = intervalOf((series[i]?.rates ?? []).map((rate) => 1 / rate / 1e6));
      section.rows.push({ name, unit: "ms", kind: "rate", better: goal ? "lower" : "neither", value, goal });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const size = statSync(dist("linkplane.wasm")).size / 1024;
  section.rows.push(exact("WebAssembly module", "KiB", size, "lower", MODULE_SIZE));
  return section;
}

function command(name: string, args: string[]): Subject {
  return {
    name,
    turn() {
      const start = performance.now();
      execFileSync(process.execPath, args, { stdio: "ignore" });
      return 1 / ((performance.now() - start) * 1e6);
    },
  };
}
