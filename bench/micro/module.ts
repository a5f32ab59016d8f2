// Compiles operations.ts and gives frames to it.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as Abi from "../../host/abi.ts";
import { FLAG, writeFrame } from "../../host/measure/frame.ts";
import { FRAME_LEAST, PLAIN, requestOf } from "../../host/measure/traffic.ts";

const compiler = createRequire(import.meta.url).resolve("assemblyscript/bin/asc.js");
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--uncheckedBehavior", "always"];
const FEATURES = ["--enable", "simd", "--enable", "bulk-memory"];
const MEMORY = ["--memoryBase", "65536", "--initialMemory", "16"];

/** Frames that a call works on: few enough to stay in the first cache. */
export const FRAMES = 64;
export const DESCRIPTORS_AT = 0x20000;
export const PARSED_AT = 0x30000;
export const FRAMES_AT = 0x40000;
/** Bytes that are summed. */
export const SUMMED = 1460;

export interface Operations {
  parseFrames(descriptors: number, parsed: number, count: number): void;
  hashKeys(parsed: number, count: number): bigint;
  transpose(descriptors: number, low: bigint, high: bigint, count: number): void;
  sumBytes(at: number, length: number, count: number): number;
}

/** The operations with TCP frames of 64 bytes described and parsed in their memory. */
export async function operations(): Promise<Operations> {
  const out = path("../../build/operations.wasm");
  execFileSync(process.execPath, [compiler, path("operations.ts"), ...OPTIONS, ...FEATURES, ...MEMORY, "-o", out], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { instance } = await WebAssembly.instantiate(readFileSync(out), { env: { abort() {} } });
  const exports = instance.exports as unknown as Operations & { memory: WebAssembly.Memory };
  const view = new DataView(exports.memory.buffer);
  for (let i = 0; i < FRAMES; i++) {
    const frame = FRAMES_AT + i * 64;
    const descriptor = DESCRIPTORS_AT + i * Abi.DESC_SIZE;
    writeFrame(view, frame, FRAME_LEAST, requestOf({ ...PLAIN, flows: FRAMES }, i, FLAG.ack));
    view.setUint32(descriptor + Abi.DESC_FRAME, frame, true);
    view.setUint32(descriptor + Abi.DESC_CAPTURED, FRAME_LEAST, true);
    view.setUint32(descriptor + Abi.DESC_WIRE, FRAME_LEAST, true);
  }
  exports.parseFrames(DESCRIPTORS_AT, PARSED_AT, FRAMES);
  return exports;
}
