// Cores in threads as something that is measured: all threads play at once, and their rates add up.

import { Worker } from "node:worker_threads";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Subject } from "../host/measure/rounds.ts";
import type { ThreadLoad } from "./core-thread.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const FILE = join(root, "build/core-thread.js");

/** Bundles the thread's file: threads do not take over the loader that runs TypeScript. */
export async function buildThread(): Promise<void> {
  await build({
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    absWorkingDir: root,
    entryPoints: ["bench/core-thread.ts"],
    outfile: FILE,
    banner: {
      js: 'import { createRequire as linkplaneRequire } from "node:module"; const require = linkplaneRequire(import.meta.url);',
    },
  });
}

export class CoreThreads implements Subject {
  readonly name: string;
  private readonly threads: Worker[];
  private readonly perThread: number;

  private constructor(name: string, threads: Worker[], perThread: number) {
    this.name = name;
    this.threads = threads;
    this.perThread = perThread;
  }

  /** Starts threads that hold as many shards each, and waits until all flows are there. */
  static async start(name: string, threads: number, load: ThreadLoad): Promise<CoreThreads> {
    const workers = Array.from({ length: threads }, () => new Worker(FILE, { workerData: load }));
    await Promise.all(workers.map(said));
    return new CoreThreads(name, workers, load.shards * load.perTurn);
  }

  async turn(round: number): Promise<number> {
    const answers = this.threads.map(said);
    for (const thread of this.threads) thread.postMessage(round);
    const nanoseconds = await Promise.all(answers);
    return nanoseconds.reduce((sum, each) => sum + this.perThread / each, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }
}

function said(thread: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("message", (nanoseconds: number) => {
      thread.off("error", reject);
      resolve(nanoseconds);
    });
  });
}
