// A progress bar on standard error, for people who wait: only on a terminal, and only when it takes a second.

import { Presets, SingleBar } from "cli-progress";
import type { ReplayProgress } from "../replay/options.ts";

const PATIENCE_MILLISECONDS = 1000;
const MEGABYTE = 1e6;

export interface Progress {
  update(progress: ReplayProgress): void;
  stop(): void;
}

/** Undefined when standard error is no terminal. */
export function progressBar(): Progress | undefined {
  if (!process.stderr.isTTY) return undefined;
  const started = performance.now();
  const format = "{bar} {percentage}% | {value} of {total} MB | {packets} packets | {rate} packets/s";
  const bar = new SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  let shown = false;
  return {
    update({ packets, bytes, totalBytes }) {
      const seconds = (performance.now() - started) / 1000;
      if (!shown && seconds * 1000 < PATIENCE_MILLISECONDS) return;
      const total = Math.round(Math.max(totalBytes, bytes) / MEGABYTE);
      const payload = {
        packets: packets.toLocaleString("en"),
        rate: Math.round(packets / seconds).toLocaleString("en"),
      };
      if (!shown) bar.start(total, 0, payload);
      shown = true;
      bar.setTotal(total);
      bar.update(Math.round(bytes / MEGABYTE), payload);
    },
    stop() {
      if (shown) bar.stop();
      shown = false;
    },
  };
}
