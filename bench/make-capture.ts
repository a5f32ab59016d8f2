// Writes a made-up capture: `tsx bench/make-capture.ts OUT [packets] [flows] [frame size]`, `-` for stdout.

import { closeSync, openSync, writeSync } from "node:fs";
import { syntheticCapture } from "./synthetic.ts";

const [out = "-", packets = "4000000", flows = "100000", frameSize = "600"] = process.argv.slice(2);
const file = out === "-" ? 1 : openSync(out, "w");
const shape = { packets: Number(packets), flows: Number(flows), frameSize: Number(frameSize), interval: 20 };
for (const chunk of syntheticCapture(shape)) {
  let written = 0;
  while (written < chunk.length) {
    try {
      written += writeSync(file, chunk, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
if (out !== "-") closeSync(file);
