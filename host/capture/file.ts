// Captures in files, and on stdin and stdout (`-`).

import { type FileHandle, open } from "node:fs/promises";
import type { ByteSink, ByteSource } from "./capture.ts";
import { LinkplaneError } from "../errors.ts";
import { gunzipped } from "./gzip.ts";

/** A file to read, its size when known, and a way to close it. */
export interface FileSource extends ByteSource {
  size?: number;
  close(): Promise<void>;
}

/** A file to write. */
export interface FileSink extends ByteSink {
  close(): Promise<void>;
}

/** Opens a file, gzip or not, or stdin. Throws CAPTURE_UNREADABLE. */
export async function fileSource(path: string): Promise<FileSource> {
  if (path === "-") return { ...gunzipped(streamSource(process.stdin)), close: async () => {} };
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
  const what = error.code === "ENOENT" ? "There is no such file." : `The file cannot be read (${error.code}).`;
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

/** Creates a file, or takes stdout. Throws OUTPUT_FAILED; a closed pipe has the cause EPIPE. */
export async function fileSink(path: string): Promise<FileSink> {
  if (path === "-") return { write: writeStdout, close: async () => {} };
  const handle = await open(path, "w").catch((error: NodeJS.ErrnoException) => {
    throw failed(path, error);
  });
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, at).catch((error: NodeJS.ErrnoException) => {
          throw failed(path, error);
        });
        at += bytesWritten;
      }
    },
    close: () => handle.close(),
  };
}

function writeStdout(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes.slice(), (error) => (error ? reject(failed("-", error)) : resolve()));
  });
}

function failed(path: string, error: NodeJS.ErrnoException): LinkplaneError {
  return new LinkplaneError("OUTPUT_FAILED", `Writing failed (${error.code ?? error.message}).`, {
    where: path === "-" ? "standard output" : path,
    remedy: "Check the folder, its permissions and the space left.",
    cause: error,
  });
}
