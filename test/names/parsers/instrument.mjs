// node instrument.mjs FILE: has every load, store, function and round of a loop of a Wasm module reported to its host, in place. Apart,
// and in plain JavaScript, because a loader that transforms what it imports takes half a minute for Binaryen.

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

const [file] = process.argv.slice(2);
const { MutableGlobals, SIMD128, BulkMemory, BulkMemoryOpt, SignExt } = binaryen.Features;
const module = binaryen.readBinary(readFileSync(file));
module.setFeatures(MutableGlobals | SIMD128 | BulkMemory | BulkMemoryOpt | SignExt);
// Copies of memory become loops of loads and stores, which are reported like any others.
module.runPasses(["llvm-memory-copy-fill-lowering", "instrument-memory", "log-execution"]);
writeFileSync(file, module.emitBinary());
