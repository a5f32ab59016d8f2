// Packets of a capture that a replay cannot feed in: the plane never sees them.

import { packetText } from "../explain/packet-text.ts";
import { REASONS } from "../reasons.ts";
import type { Conversation } from "./conversation.ts";
import type { CapturedFrame } from "./parts.ts";
import type { ReplayExplanation } from "./options.ts";

/** Names of verdict reasons that the replay gives by itself. */
export type ReplayReason = "reply-unmatched" | "reply-refused" | "tuple-taken";

/** Why not. */
export interface ReplayRefusal {
  reason: ReplayReason;
  /** In words: what of the packet, or of its conversation, stands against it. */
  why: string;
  /** The same by name. */
  looked: Record<string, string | number>;
}

/** A reply whose flow was refused, or had ended. */
export function replyRefused({ state, dropped }: Conversation): ReplayRefusal {
  if (state !== "refused" || dropped === undefined)
    return { reason: "reply-refused", why: "its flow had ended by then", looked: { flow: state } };
  const request = REASONS[dropped.reason]?.name ?? "";
  const why = `its request was refused as ${request}, in packet ${dropped.packet}`;
  return { reason: "reply-refused", why, looked: { request, packet: dropped.packet } };
}

const replyUnmatched = (why: string): ReplayRefusal => ({ reason: "reply-unmatched", why, looked: {} });

export const UNSEEN = replyUnmatched("no request of its flow was let through before it");
export const HIGH_TTL = replyUnmatched("its TTL of 255 cannot have been more at its backend");
export const TUPLE_TAKEN: ReplayRefusal = {
  reason: "tuple-taken",
  why: "its client's address and port have a live flow to another captured server of the same endpoint",
  looked: {},
};
export const NOT_REBUILT = replyUnmatched("it cannot be rebuilt");

/** The explanation of a packet that was not fed in. */
export function refusedByReplay(
  { bytes, link }: CapturedFrame,
  { reason, why, looked }: ReplayRefusal,
): ReplayExplanation {
  const { sentence = "", remedy = "" } = REASONS.find(({ name }) => name === reason) ?? {};
  return {
    packet: packetText(bytes, link),
    steps: [{ stage: "replay", reason, decided: `not fed in: ${why}`, looked }],
    verdict: "drop",
    reason,
    sentence,
    remedy,
    flow: null,
    deniedFlow: null,
    left: [],
  };
}
