// Packets of a capture that a replay cannot feed in: the plane never sees them.

import { packetText } from "../explain/packet-text.ts";
import { REASONS } from "../reasons.ts";
import type { CapturedFrame } from "./parts.ts";
import type { ReplayExplanation } from "./options.ts";

/** Why not: names of verdict reasons. */
export type ReplayRefusal = "reply-unmatched" | "reply-refused" | "tuple-taken";

/** The explanation of a packet that was not fed in. */
export function refusedByReplay({ bytes, link }: CapturedFrame, reason: ReplayRefusal): ReplayExplanation {
  const { sentence = "", remedy = "" } = REASONS.find(({ name }) => name === reason) ?? {};
  return {
    packet: packetText(bytes, link),
    steps: [{ stage: "replay", reason, decided: "the packet is not fed in", looked: {} }],
    verdict: "drop",
    reason,
    sentence,
    remedy,
    flow: null,
    left: [],
  };
}
