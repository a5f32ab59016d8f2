// The summary as JSON: it is in that shape already.

import type { ReplaySummary } from "../replay/summary.ts";

export const jsonReport = (summary: ReplaySummary): string => `${JSON.stringify(summary, null, 2)}\n`;
