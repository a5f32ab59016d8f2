// Verdicts and emits as people read them: decoded from a core's memory after a run.

import * as Abi from "./abi.ts";
import type { Core } from "./core.ts";
import { type Side, SIDES } from "./packet.ts";
import { REASONS, type Verdict } from "./reasons.ts";

export type Cause = "input" | "held" | "timer" | "answer";

/** A packet that leaves. */
export interface Emission {
  side: Side;
  cause: Cause;
  /** Flow number, -1 for none. */
  flow: number;
  bytes: Uint8Array;
}

/** What became of a packet. A passed one is not in `out`: it is no matter of the plane's, and left as it is. */
export interface Result {
  verdict: Verdict;
  /** Name of the verdict reason, see docs/reasons.md. */
  reason: string;
  /** Flow number, -1 for none. */
  flow: number;
  /** What left while this packet was handled: resets of timed-out flows, then the packet itself or an answer to it. */
  out: Emission[];
}

const CAUSES: readonly Cause[] = ["input", "held", "timer", "answer"];
const VERDICTS: readonly (Verdict | undefined)[] = [undefined, "forward", "drop", "pass", "held"];

/** What became of the i-th frame of the last run. */
export function resultAt(core: Core, i: number): Result {
  const at = core.verdict(i);
  const first = core.u32(at + Abi.VERDICT_FIRST_EMIT);
  const emits = core.u32(at + Abi.VERDICT_EMITS);
  const out: Emission[] = [];
  for (let emit = first; emit < first + emits; emit++) out.push(emissionAt(core, emit));
  return {
    verdict: VERDICTS[core.u8(at + Abi.VERDICT_CODE)] as Verdict,
    reason: REASONS[core.u8(at + Abi.VERDICT_REASON)]?.name ?? "",
    flow: flowNumber(core.u32(at + Abi.VERDICT_FLOW)),
    out,
  };
}

/** An emit of the last run or advance. */
export function emissionAt(core: Core, i: number): Emission {
  const at = core.emit(i);
  const head = core.u32(at + Abi.EMIT_HEAD);
  const body = core.u32(at + Abi.EMIT_BODY);
  const headLength = core.u32(at + Abi.EMIT_HEAD_LENGTH);
  const bodyLength = core.u32(at + Abi.EMIT_BODY_LENGTH);
  const bytes = new Uint8Array(headLength + bodyLength);
  bytes.set(core.bytes.subarray(head, head + headLength));
  bytes.set(core.bytes.subarray(body, body + bodyLength), headLength);
  return {
    side: SIDES[core.u8(at + Abi.EMIT_SIDE)] as Side,
    cause: CAUSES[core.u8(at + Abi.EMIT_CAUSE)] as Cause,
    flow: flowNumber(core.u32(at + Abi.EMIT_FLOW)),
    bytes,
  };
}

const flowNumber = (number: number): number => (number === Abi.NO_FLOW ? -1 : number);
