// Medians and what is known of them. Rates on shared machines are skewed and have outliers, so nothing here assumes a
// distribution: an interval is bounded by two of the measured values themselves.

export interface Interval {
  median: number;
  /** Bounds between which the true median lies with at least the confidence asked for; all values if there are too few. */
  low: number;
  high: number;
  /** Number of values. */
  count: number;
}

const CONFIDENCE = 0.95;

/** Median of some values with its interval, from the binomial distribution of order statistics. */
export function intervalOf(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const rank = lowRank(count);
  const value = (index: number): number => sorted[index] ?? Number.NaN;
  return { median: middle(sorted), low: value(rank), high: value(count - 1 - rank), count };
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half] as number;
  return ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** Highest index whose value, and the one as far from the end, bound the median with the confidence. */
function lowRank(count: number): number {
  let probability = 0.5 ** count;
  let below = 0;
  let rank = -1;
  while (2 * (below + probability) <= 1 - CONFIDENCE) {
    below += probability;
    rank++;
    probability *= (count - rank) / (rank + 1);
  }
  return Math.max(rank, 0);
}
