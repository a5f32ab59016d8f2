// What of the consumer's leg was written, for people.

import type { WireSummary } from "../dash/consumer-leg.ts";
import { amount, count } from "./quantity.ts";

/** A line, and one for whatever is missing in it. */
export function wireText(wire: WireSummary | undefined): string {
  if (wire === undefined) return "";
  const { toService, toConsumer, drops, withoutFlow, leftOut, provider } = wire;
  const missing: [packets: number, what: string][] = [
    ...Object.entries(drops).map(([name, packets]): [number, string] => [
      packets,
      `dropped by a redirect map, ${name}`,
    ]),
    [withoutFlow, "not written: replies whose request is not on it"],
    [leftOut, "not written: IPv6, or held while PROXY headers were put in front of streams"],
  ];
  return [
    `Consumer's leg (DASH): ${amount(toService, "packet")} to the service, ${count(toConsumer)} back`,
    `Provider's leg (DASH): ${amount(provider.toService, "packet")} to the service, ${count(provider.toConsumer)} back`,
    ...missing.filter(([packets]) => packets > 0).map(([packets, what]) => `  ${amount(packets, "packet")} ${what}`),
  ].join("\n");
}
