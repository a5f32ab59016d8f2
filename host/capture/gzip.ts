// Gzip by content: a source whose bytes are decompressed if they are gzip, and as they are if not.

import { createGunzip } from "node:zlib";
import type { ByteSource } from "./capture.ts";

const CHUNK = 262_144;
const MAGIC_FIRST = 0x1f;
const MAGIC_SECOND = 0x8b;

/** Decompresses if need be. A damaged stream gives what comes before the damage, then throws. */
export function gunzipped(source: ByteSource): ByteSource {
  let inner: ByteSource | undefined;
  return {
    get decompressed() {
      return inner?.decompressed === true;
    },
    async read(into) {
      inner ??= await detect(source);
      return inner.read(into);
    },
  };
}

async function detect(source: ByteSource): Promise<ByteSource> {
  const first = new Uint8Array(CHUNK);
  let length = 0;
  while (length < 2) {
    const count = await source.read(first.subarray(length));
    if (count === 0) break;
    length += count;
  }
  const whole = prefixed(first.subarray(0, length), source);
  return length >= 2 && first[0] === MAGIC_FIRST && first[1] === MAGIC_SECOND ? inflating(whole) : whole;
}

/** A source that gives some bytes before those of another. */
function prefixed(prefix: Uint8Array, rest: ByteSource): ByteSource {
  let at = 0;
  return {
    read(into) {
      if (at === prefix.length) return rest.read(into);
      const count = Math.min(into.length, prefix.length - at);
      into.set(prefix.subarray(at, at + count));
      at += count;
      return count;
    },
  };
}

/** Decompresses; damage is told with the place in the compressed data that everything was well up to. */
function inflating(source: ByteSource): ByteSource {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  const output = gunzip[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  void pump(source, gunzip);
  return {
    decompressed: true,
    async read(into) {
      if (chunk.length === 0) {
        const next = await output.next().catch((error: unknown) => {
          throw damaged(error, gunzip.bytesWritten);
        });
        if (next.done === true) return 0;
        chunk = next.value as Uint8Array;
      }
      const count = Math.min(into.length, chunk.length);
      into.set(chunk.subarray(0, count));
      chunk = chunk.subarray(count);
      return count;
    },
  };
}

function damaged(error: unknown, taken: number): Error {
  const { message } = error as Error;
  if (!(error instanceof Error) || !("errno" in error)) return error as Error;
  return new Error(`${message}, after byte ${taken} of the compressed data`, { cause: error });
}

async function pump(source: ByteSource, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for (;;) {
      const input = new Uint8Array(CHUNK);
      const count = await source.read(input);
      if (count === 0) break;
      if (!gunzip.write(input.subarray(0, count)))
        await new Promise<void>((resolve) => {
          const goOn = (): void => {
            gunzip.off("drain", goOn).off("close", goOn);
            resolve();
          };
          gunzip.on("drain", goOn).on("close", goOn);
        });
      if (gunzip.destroyed) return;
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
