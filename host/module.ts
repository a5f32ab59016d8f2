// The Wasm module: embedded as base64, decoded and compiled once, when first asked for.

import base64 from "../build/core.js";

let compiled: Promise<WebAssembly.Module> | undefined;

/** The module's bytes. */
export function moduleBytes(): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The module, compiled; the same for every plane. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(moduleBytes());
  return compiled;
}
