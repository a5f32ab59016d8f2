// Captures in files, and on stdin and stdout (`-`).

import { constants, existsSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { LinkplaneError } from "../errors.ts";
import type { ByteSink, ByteSource } from "./capture.ts";
import { failed } from "./failed.ts";
import { gunzipped } from "./gzip.ts";

/** A file to read, its size when known, and a way to close it. */
export interface FileSource extends ByteSource {
  size?: number;
  close(): Promise<void>;
}

/** A file to write. What was in it goes when the first bytes come, or when it is closed. */
export interface FileSink extends ByteSink {
  close(): Promise<void>;
  /** Closes it, and if nothing was written leaves what was there before. */
  abandon(): Promise<void>;
}

const PROBLEMS: Record<string, string> = {
  ENOENT: "There is no such file.",
  EISDIR: "This is a folder.",
  EACCES: "Reading it is not permitted.",
};
/** Opens a file, gzip or not, or stdin. Throws CAPTURE_UNREADABLE. */
export async function fileSource(path: string): Promise<FileSource> {
  if (path === "-")
    return { ...gunzipped(streamSource(process.stdin)), close: async () => void process.stdin.destroy() };
  const handle = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  const { size } = await handle.stat();
  const source = gunzipped({ read: async (into) => (await readSome(handle, into, path)).bytesRead });
  return { ...source, size, close: () => handle.close() };
}

async function readSome(handle: FileHandle, into: Uint8Array, path: string) {
  return handle.read(into, 0, into.length, null).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
}

function unreadable(path: string, error: NodeJS.ErrnoException): LinkplaneError {
  const what = PROBLEMS[error.code ?? ""] ?? `The file cannot be read (${error.code}).`;
  return new LinkplaneError("CAPTURE_UNREADABLE", what, {
    where: path,
    remedy: "Check its name and permissions.",
    cause: error,
  });
}

/** Reads a stream as it comes. */
function streamSource(stream: NodeJS.ReadableStream): ByteSource {
  const chunks = stream[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    async read(into) {
      if (chunk.length === 0) {
        const next = await chunks.next();
        if (next.done === true) return 0;
        chunk = next.value as unknown as Uint8Array;
      }
      const count = Math.min(into.length, chunk.length);
      into.set(chunk.subarray(0, count));
      chunk = chunk.subarray(count);
      return count;
    },
  };
}

/** Opens a file to write, or takes stdout. Throws OUTPUT_FAILED; a closed pipe has the cause EPIPE. */
export async function fileSink(path: string): Promise<FileSink> {
  if (path === "-") return { write: writeStdout, close: async () => {}, abandon: async () => {} };
  const fresh = !existsSync(path);
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT).catch((error: NodeJS.ErrnoException) => {
    throw failed(path, error);
  });
  let begun = false;
  const begin = async (): Promise<void> => {
    begun = true;
    if ((await handle.stat()).isFile()) await handle.truncate();
  };
  return {
    async write(bytes) {
      if (!begun) await begin();
      await writeAll(handle, bytes, path);
    },
    async close() {
      if (!begun) await begin();
      await handle.close();
    },
    async abandon() {
      await handle.close();
      if (fresh && !begun) await unlink(path);
    },
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, path: string): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at).catch((error: NodeJS.ErrnoException) => {
      throw failed(path, error);
    });
    at += bytesWritten;
  }
}

function writeStdout(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes.slice(), (error) => (error ? reject(failed("-", error)) : resolve()));
  });
}
