// `npm run vectors [folder]`: runs the vectors and writes each as a capture to open in Wireshark, to build/vectors when not told.

import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";

/** Runs the tests of the vectors with their captures written to a folder; the exit status. */
export function writeCaptures(folder: string, ...patterns: string[]): number {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", "test/run.ts", ...patterns], {
    env: { ...process.env, LINKPLANE_CAPTURES: folder },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return status ?? 1;
}

/** Test files of the vectors. */
export const VECTORS = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".test.ts") && file !== "captures.test.ts")
  .map((file) => `test/conformance/vectors/${file}`);

if (process.argv[1]?.endsWith("captures.ts") === true) {
  const folder = resolve(process.argv[2] ?? "build/vectors");
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = writeCaptures(folder, ...VECTORS);
  process.stdout.write(`${readdirSync(folder).length} captures in ${folder}\n`);
}
