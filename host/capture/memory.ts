// Captures in memory: a source that reads bytes, a sink that keeps them.

import type { ByteSink, ByteSource } from "./capture.ts";

/** Reads bytes in pieces of `chunk` at most. */
export function memorySource(bytes: Uint8Array, chunk = Number.POSITIVE_INFINITY): ByteSource {
  let at = 0;
  return {
    read(into) {
      const count = Math.min(into.length, chunk, bytes.length - at);
      into.set(bytes.subarray(at, at + count));
      at += count;
      return count;
    },
  };
}

/** Keeps what is written. */
export interface MemorySink extends ByteSink {
  /** Everything written so far. */
  bytes(): Uint8Array;
}

export function memorySink(): MemorySink {
  const parts: Uint8Array[] = [];
  return {
    write(bytes) {
      parts.push(bytes.slice());
    },
    bytes() {
      const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
}
