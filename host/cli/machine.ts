// The machine a figure was measured on.

import { cpus, release, totalmem } from "node:os";
import type { Machine } from "../measure/row.ts";
import { packageVersion } from "./help.ts";

export function machine(): Machine {
  const [first] = cpus();
  return {
    processor: first?.model.trim() || "unknown processor",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    version: packageVersion(),
  };
}
