// Builds the core: asc, then Binaryen's inliner with limits that suit a hot path (V8 does not inline calls between Wasm
// functions), then the module as base64 in a JavaScript file, so that nothing has to be found or fetched at run time.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const out = join(root, "build");
const compiler = createRequire(import.meta.url).resolve("assemblyscript/bin/asc.js");

interface Inliner {
  setAlwaysInlineMaxSize(size: number): void;
  setFlexibleInlineMaxSize(size: number): void;
  setOneCallerInlineMaxSize(size: number): void;
  setOptimizeLevel(level: number): void;
  setShrinkLevel(level: number): void;
  setDebugInfo(names: boolean): void;
  setPassArgument(name: string, value: string): void;
  readBinary(bytes: Uint8Array): {
    optimize(): void;
    runPasses(passes: string[]): void;
    setFeatures(features: number): void;
    emitBinary(): Uint8Array;
  };
  Features: Record<
    "MutableGlobals" | "SIMD128" | "BulkMemory" | "BulkMemoryOpt" | "SignExt" | "NontrappingFPToInt",
    number
  >;
}

/// What few packets need stays out of the loops over all of them: inlined, it takes their registers (measured: 10 percent).
const APART = [
  "parse/parseAny",
  "parse/parseElse",
  "handle/handle",
  "captured/answerEstablished",
  "inspect/inspect/inspect",
  "flow/table/touchFurther",
  "flow/release/releaseDue",
  "flow/release/touchDue",
  "flow/victims/touchVictims",
];

async function optimise(wasm: Uint8Array): Promise<Uint8Array> {
  const binaryen = (await import("binaryen" as string)).default as Inliner;
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(60);
  binaryen.setFlexibleInlineMaxSize(120);
  binaryen.setOneCallerInlineMaxSize(600);
  const module = binaryen.readBinary(wasm);
  module.setFeatures(
    binaryen.Features.MutableGlobals |
      binaryen.Features.SIMD128 |
      binaryen.Features.BulkMemory |
      binaryen.Features.BulkMemoryOpt |
      binaryen.Features.SignExt |
      binaryen.Features.NontrappingFPToInt,
  );
  for (const name of APART) {
    binaryen.setPassArgument("no-inline", `assembly/${name}`);
    module.runPasses(["no-inline"]);
  }
  module.optimize();
  module.optimize();
  binaryen.setDebugInfo(process.env.NAMES !== undefined);
  return module.emitBinary();
}

mkdirSync(out, { recursive: true });
execFileSync(process.execPath, [compiler, "--config", "asconfig.json", "--target", "release"], {
  cwd: root,
  stdio: ["ignore", "ignore", "inherit"],
});
const wasm = await optimise(readFileSync(join(out, "core.wasm")));
writeFileSync(join(out, "core.wasm"), wasm);
const base64 = Buffer.from(wasm).toString("base64");
writeFileSync(join(out, "core.js"), `export default "${base64}";\n`);
writeFileSync(join(out, "core.d.ts"), "declare const base64: string;\nexport default base64;\n");
process.stderr.write(`build/core.wasm: ${wasm.byteLength} bytes\n`);
