// Made-up results files.

import { RESULTS_SCHEMA, type Results, type Row } from "../../host/measure/row.ts";

/** A row whose interval reaches `spread` beyond the median on both sides, as a share of it. */
export function row(name: string, median: number, spread: number, about: Partial<Row> = {}): Row {
  const value = { median, low: median * (1 - spread), high: median * (1 + spread), count: 11 };
  return { name, unit: "times", kind: "pair", better: "higher", value, ...about };
}

/** Results of one section on a machine. */
export function results(rows: Row[], processor = "a processor", section = "ladder"): Results {
  return {
    schema: RESULTS_SCHEMA,
    begun: "2026-01-01T00:00:00.000Z",
    machine: { processor, cores: 2, memoryGiB: 24, system: "linux 6", node: "20.19.0", v8: "11.3", version: "0.1.0" },
    sections: [{ name: section, title: section, rows, notes: [], warnings: [], histograms: [] }],
  };
}
