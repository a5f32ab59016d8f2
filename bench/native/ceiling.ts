// The native ceiling as a subject of the benchmark: plane.c, compiled by each compiler there is, with prefetch instructions and
// with touching loads and stores as WebAssembly must, on a copy of the core's memory.

import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync, writeSync, openSync, closeSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import * as Abi from "../../host/abi.ts";
import type { Core } from "../../host/core.ts";
import { type Load, STEP, turnStart } from "../../host/measure/ladder.ts";
import type { Subject } from "../../host/measure/rounds.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const out = join(folder, "../../build/native");
const FLAGS = ["-O3", "-march=native", "-std=gnu11", "-no-pie", "-fno-pie", "-fno-strict-aliasing"];
const COMPILERS = ["gcc", "clang"];

/** One way of building the plane. */
export interface Build {
  name: string;
  binary: string;
}

/** Compiles every variant that this machine has a compiler for. */
export function buildCeilings(): Build[] {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "abi.h"), header());
  return COMPILERS.filter(exists).flatMap((compiler) =>
    [["touch"], ["prefetch", "-DPREFETCH"]].map(([variant, ...defines]) => {
      const binary = join(out, `plane-${compiler}-${variant}`);
      execFileSync(compiler, [...FLAGS, ...defines, "-I", out, "-o", binary, join(folder, "plane.c")]);
      return { name: `${compiler}, ${variant}`, binary };
    }),
  );
}

/** The boundary's numbers for C. */
function header(): string {
  const numbers = Object.entries(Abi).filter(([, value]) => typeof value === "number");
  return numbers.map(([name, value]) => `#define ${name} ${value}u\n`).join("");
}

function exists(compiler: string): boolean {
  try {
    execFileSync(compiler, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What a native plane needs on disk: the core's memory and the tape. Shared by the variants of one rung. */
export class NativeLoad {
  readonly image = join(out, `image-${process.pid}`);
  readonly frames = join(out, `frames-${process.pid}`);
  readonly sides = join(out, `sides-${process.pid}`);
  readonly load: Load;
  readonly time: number;
  /** Time before which no timer is due, ns. */
  readonly quiet: bigint;

  /** The core must have handled its last packet at `time`, and no packet of the load yet. Frames are all of one length. */
  constructor(core: Core, load: Load, time: number) {
    this.load = load;
    this.time = time;
    this.quiet = core.nextDeadline() ?? 0n;
    write(this.image, core.bytes.subarray(0, core.region(Abi.REGION_END)));
    write(this.frames, load.tape.bytes);
    write(this.sides, load.tape.sides);
    process.once("exit", this.close);
  }

  /** Removes the files; at the latest when the process ends. */
  readonly close = (): void => {
    for (const file of [this.image, this.frames, this.sides]) rmSync(file, { force: true });
    process.off("exit", this.close);
  };
}

/** Writes a file of any size: one call takes less than 2 GiB. */
function write(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30));
  closeSync(file);
}

/** One native process. */
export class NativeSubject implements Subject {
  readonly name: string;
  private readonly prepared: NativeLoad;
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;
  private time: number;

  constructor(build: Build, prepared: NativeLoad, huge = false) {
    this.name = `native, ${build.name}${huge ? ", huge pages" : ""}`;
    this.prepared = prepared;
    this.time = prepared.time;
    const { image, frames, sides, quiet } = prepared;
    const { stride, lengths } = prepared.load.tape;
    const words = [image, prepared.time, quiet, frames, stride, lengths[0], sides, Number(huge)];
    this.child = spawn(build.binary, words.map(String), { stdio: ["pipe", "pipe", "inherit"] });
    this.reader = createInterface(this.child.stdout);
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  async turn(round: number): Promise<number> {
    const { load } = this.prepared;
    const { perTurn, batch } = load;
    const words = ["run", turnStart(load, round), perTurn, this.time + STEP, STEP, batch];
    const [nanoseconds, forwarded, slow] = (await this.ask(words.join(" "))).split(" ").map(Number);
    this.time += perTurn * STEP;
    if (forwarded !== perTurn || slow !== 0) throw new Error(`${this.name} did not forward every packet.`);
    return perTurn / (nanoseconds as number);
  }

  /** The plane's memory as it is now. */
  async memory(): Promise<Uint8Array> {
    const path = join(out, `after-${process.pid}`);
    await this.ask(`image ${path}`);
    const bytes = readFileSync(path);
    unlinkSync(path);
    return bytes;
  }

  close(): void {
    this.child.stdin.end();
    this.reader.close();
  }

  private async ask(command: string): Promise<string> {
    this.child.stdin.write(`${command}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} ended before it answered.`);
    return value;
  }
}
