// Captures in files, and on stdin and stdout (`-`).

import { constants, existsSync, open as openDescriptor } from "node:fs";
import { type FileHandle, open, stat, unlink } from "node:fs/promises";
import { Socket } from "node:net";
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
    return Object.assign(gunzipped(streamSource(process.stdin)), { close: async () => void process.stdin.destroy() });
  const fail = (error: NodeJS.ErrnoException): never => {
    throw unreadable(path, error);
  };
  if (await isPipe(path)) {
    const pipe = await openPipe(path, "r").catch(fail);
    return Object.assign(gunzipped(streamSource(pipe)), { close: async () => void pipe.destroy() });
  }
  const handle = await open(path, "r").catch(fail);
  const { size } = await handle.stat();
  const source = gunzipped({ read: async (into) => (await readSome(handle, into, path)).bytesRead });
  return Object.assign(source, { size, close: () => handle.close() });
}

const isPipe = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFIFO() === true;

/** Opens a named pipe as a stream: a file's reads and writes would hold the process until its other end does something. */
function openPipe(path: string, flags: "r" | "w"): Promise<Socket> {
  return new Promise((resolve, reject) => {
    openDescriptor(path, flags, (error, fd) => {
      if (error !== null) reject(error);
      else resolve(new Socket({ fd, readable: flags === "r", writable: flags === "w" }));
    });
  });
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
  if (path === "-") return { write: streamWrite(process.stdout, path), close: async () => {}, abandon: async () => {} };
  const fail = (error: NodeJS.ErrnoException): never => {
    throw failed(path, error);
  };
  if (await isPipe(path)) return pipeSink(await openPipe(path, "w").catch(fail), path);
  const fresh = !existsSync(path);
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT).catch(fail);
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

function pipeSink(pipe: Socket, path: string): FileSink {
  // Told by the write that fails.
  pipe.on("error", () => {});
  const close = (): Promise<void> => new Promise((resolve) => pipe.end(resolve));
  return { write: streamWrite(pipe, path), close, abandon: close };
}

/** Writes to a stream and waits until it has taken everything. */
function streamWrite(stream: NodeJS.WritableStream, path: string): (bytes: Uint8Array) => Promise<void> {
  return (bytes) =>
    new Promise((resolve, reject) => {
      stream.write(bytes.slice(), (error) => (error == null ? resolve() : reject(failed(path, error))));
    });
}
