// Options that were given and changed nothing, or took something away: said on standard error, since a run that took long ought not to surprise.

import type { Configuration } from "../config/configuration.ts";
import type { ReplaySummary } from "../replay/summary.ts";

/** What was asked for. */
export interface Asked {
  /** `false` for --no-compare. */
  compare?: boolean;
  workers?: string;
}

/** A sentence for each option that had no effect, or one that nobody thinks of. */
export function withoutEffect(
  { compare, workers }: Asked,
  summary: ReplaySummary,
  { settings, privateEndpoints }: Configuration,
): string[] {
  const sentences: string[] = [];
  if (compare === false && summary.replies.compared !== false)
    sentences.push(
      "Replies were compared all the same: --no-compare is for one capture as taken at a consumer, and goes with no --events, --as, --report, --verify-checksums, --workers or --out-side consumer, one shard, no IPv6, and no rule that identifies by name.",
    );
  if (summary.replies.compared === false && privateEndpoints.some(({ resource }) => resource !== undefined))
    sentences.push("DNS answers and traffic past endpoints were not looked for. Leave out --no-compare for them.");
  if (workers !== undefined && Number(workers) > settings.shards)
    sentences.push(
      `${settings.shards === 1 ? "One worker was" : `${settings.shards} workers were`} started, as there are shards. Raise settings.shards for more.`,
    );
  return sentences;
}
