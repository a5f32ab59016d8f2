// What an interface of a namespace receives, read from tcpdump as it comes.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { ByteSource } from "../../host/capture/capture.ts";
import { openCapture } from "../../host/capture/reader.ts";

const PATIENCE_MILLISECONDS = 30_000;

export class Listener {
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Frames that came and were not yet asked for. */
  private frames: Uint8Array[] = [];
  private arrived: () => void = () => undefined;
  private readonly listening: Promise<void>;
  private readonly reading: Promise<void>;

  constructor(namespace: string, networkInterface: string) {
    const tcpdump = ["tcpdump", "-i", networkInterface, "-Q", "in", "--immediate-mode", "-U", "-s", "0", "-w", "-"];
    this.child = spawn("ip", ["netns", "exec", namespace, ...tcpdump], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    this.listening = new Promise((settle, reject) => {
      this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.includes("listening on")) settle();
      });
      this.child.on("exit", () => reject(new Error(`tcpdump ended: ${said.trim()}`)));
      this.child.on("error", reject);
    });
    this.reading = this.read(streamSource(this.child.stdout));
  }

  /** Settles when frames are being read. */
  ready(): Promise<void> {
    return this.listening;
  }

  /** Takes the frames up to one that matches, which is among them. */
  async until(matches: (frame: Uint8Array) => boolean): Promise<Uint8Array[]> {
    const end = Date.now() + PATIENCE_MILLISECONDS;
    for (;;) {
      const at = this.frames.findIndex(matches);
      if (at >= 0) return this.frames.splice(0, at + 1);
      if (Date.now() > end) throw new Error(`The marker did not come back within ${PATIENCE_MILLISECONDS / 1000} s.`);
      await new Promise<void>((settle) => {
        const timer = setTimeout(settle, 100);
        this.arrived = () => {
          clearTimeout(timer);
          settle();
        };
      });
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((settle) => this.child.on("close", settle));
    if (this.child.kill("SIGINT")) await ended;
    await this.reading.catch(() => undefined);
    await this.listening.catch(() => undefined);
  }

  private async read(source: ByteSource): Promise<void> {
    const reader = await openCapture(source, { file: "tcpdump", blockSize: 1 << 20 });
    for await (const { count, buffer, offset, captured } of reader.batches()) {
      for (let i = 0; i < count; i++) {
        const at = offset[i] as number;
        this.frames.push(buffer.slice(at, at + (captured[i] as number)));
      }
      this.arrived();
    }
  }
}

/** Gives what there is of a stream, as soon as there is something. */
function streamSource(stream: Readable): ByteSource {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    async read(into) {
      if (chunk.length === 0) {
        const next = await chunks.next();
        if (next.done === true) return 0;
        chunk = next.value;
      }
      const count = Math.min(into.length, chunk.length);
      into.set(chunk.subarray(0, count));
      chunk = chunk.subarray(count);
      return count;
    },
  };
}
