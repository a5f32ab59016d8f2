// Percentiles and histograms of many values.

import type { Histogram } from "../../host/measure/row.ts";

const STEPS_PER_DOUBLING = 2;

/** The value that `share` of the sorted values do not exceed. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Histogram with edges that grow by the same factor; every value counts `weight` times. */
export function histogramOf(name: string, unit: string, sorted: Float64Array, weight: number): Histogram {
  const bucket = (value: number): number => Math.floor(Math.log2(value) * STEPS_PER_DOUBLING);
  const edge = (index: number): number => 2 ** (index / STEPS_PER_DOUBLING);
  const first = bucket(sorted[0] as number);
  const last = bucket(sorted[sorted.length - 1] as number);
  const counts = Array.from({ length: last - first + 1 }, () => 0);
  for (const value of sorted) counts[bucket(value) - first] = (counts[bucket(value) - first] as number) + weight;
  return { name, unit, edges: Array.from({ length: counts.length + 1 }, (_, i) => edge(first + i)), counts };
}
