// Compiles exports.ts, and has every load, store and loop of it reported: so it shows which bytes a reader looks at, how much it
// does, and which of its ways it went.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export interface Exports {
  memory: WebAssembly.Memory;
  lay(): number;
  read(which: number, at: number, length: number): number;
  end(): number;
  nameAt(): number;
  nameLength(): number;
  offered(): number;
  normalized(withPort: number): number;
  normal(): number;
  scratch(): number;
  scratchEnd(): number;
}

/** What the instrumented module calls; each may throw, which ends the call. */
export interface Reports {
  /** Of the load that has this number among all loads and stores. */
  load(site: number, at: number, bytes: number): void;
  store(site: number, at: number, bytes: number): void;
  /** At every function and every round of a loop. */
  step(place: number): void;
}

const compiler = createRequire(import.meta.url).resolve("assemblyscript/bin/asc.js");
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--uncheckedBehavior", "always"];
const FEATURES = ["--enable", "simd", "--enable", "bulk-memory"];
const MEMORY = ["--memoryBase", "65536", "--initialMemory", "16"];

let compiled: WebAssembly.Module | undefined;

/** The readers, their regions laid out. */
export function instrumented(reports: Reports): Exports {
  compiled ??= wasm();
  const env: Record<string, (...numbers: number[]) => number | undefined> = {};
  for (const { name } of WebAssembly.Module.imports(compiled)) env[name] = (_, value) => value;
  let laid = false;
  const watched = { ...env, ...watching(reports, () => laid) };
  const instance = new WebAssembly.Instance(compiled, { env: watched });
  const exports = instance.exports as unknown as Exports;
  laid = exports.lay() !== 0;
  if (!laid) throw new Error("The readers' memory does not fit.");
  return exports;
}

/** What the module imports to report by, once it is asked for it. */
function watching(reports: Reports, isOn: () => boolean): Record<string, (...numbers: number[]) => number> {
  return {
    load_ptr: (site = 0, bytes = 0, offset = 0, at = 0) => {
      if (isOn()) reports.load(site, (at >>> 0) + offset, bytes);
      return at;
    },
    store_ptr: (site = 0, bytes = 0, offset = 0, at = 0) => {
      if (isOn()) reports.store(site, (at >>> 0) + offset, bytes);
      return at;
    },
    log_execution: (place = 0) => {
      if (isOn()) reports.step(place);
      return 0;
    },
  };
}

function wasm(): WebAssembly.Module {
  const out = path("../../../build/parsers.wasm");
  mkdirSync(dirname(out), { recursive: true });
  run(compiler, path("exports.ts"), ...OPTIONS, ...FEATURES, ...MEMORY, "-o", out);
  run(path("instrument.mjs"), out);
  return new WebAssembly.Module(new Uint8Array(readFileSync(out)));
}

function run(program: string, ...words: string[]): void {
  // Without the loader that this process may have been told to use.
  const { NODE_OPTIONS: _, ...env } = process.env;
  execFileSync(process.execPath, [program, ...words], { env, stdio: ["ignore", "ignore", "inherit"] });
}
