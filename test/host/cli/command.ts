// The command line as a shell runs it: from source, in a process of its own, with pipes for its streams.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ReplaySummary } from "../../../host/replay/summary.ts";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
/** Names from ROOT, where commands run unless told otherwise. */
export const CAPTURE = "examples/storage.pcapng";
export const CONFIGURATION = "examples/storage.yaml";

const PATIENCE_MILLISECONDS = 60_000;

/** How a command ended. */
export interface Ended {
  /** Exit code; null when a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
  /** Standard output as it came. */
  bytes: Uint8Array;
}

export interface Surroundings {
  /** What standard input gives; nothing when absent. */
  stdin?: Uint8Array | string;
  /** Variables beside those of this process, which lose NO_COLOR and FORCE_COLOR. */
  env?: Record<string, string>;
}

export type Running = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts a command; its standard input stays open. It is killed when it does not end in a minute. */
export function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  return spawn(process.execPath, ["--import", "tsx", "host/cli/main.ts", ...args], {
    cwd: ROOT,
    env: { ...inherited, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: PATIENCE_MILLISECONDS,
    killSignal: "SIGKILL",
  });
}

/** Waits for a command to end. */
export async function ended(child: Running): Promise<Ended> {
  const status = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [bytes, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)]);
  return { status: await status, stdout: bytes.toString(), stderr, bytes };
}

/** Runs a command to its end. */
export function linkplane(args: readonly string[], { stdin, env }: Surroundings = {}): Promise<Ended> {
  const child = start(args, env);
  // A command that ends without reading breaks the pipe.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  return ended(child);
}

/** Replays with the example's configuration and --json, expecting the summary on standard output. */
export async function replaySummary(args: readonly string[], surroundings: Surroundings = {}): Promise<ReplaySummary> {
  const config = args.includes("--config") ? [] : ["--config", CONFIGURATION];
  return JSON.parse((await linkplane(["replay", ...args, ...config, "--json"], surroundings)).stdout) as ReplaySummary;
}

/** The example's capture. */
export const captureBytes = (): Uint8Array => readFileSync(join(ROOT, CAPTURE));

/** A folder that goes with the process; gives the paths of files in it. */
export function scratch(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-cli-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
