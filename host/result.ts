// Verdicts and emits as people read them: decoded from a core's memory after a run.

import * as Abi from "./abi.ts";
import type { Core } from "./core.ts";
import type { Encapsulator } from "./encapsulation/encapsulator.ts";
import { LINK_NAMES, type LinkName } from "./links.ts";
import { type Side, SIDES } from "./packet.ts";
import { REASONS, type Verdict } from "./reasons.ts";

export type Cause = "input" | "held" | "timer" | "answer";

/** A packet that leaves. */
export interface Emission {
  side: Side;
  cause: Cause;
  /** Flow number, -1 for none. */
  flow: number;
  /** As it leaves; in the tunnel of its network, if that has an encapsulation. */
  bytes: Uint8Array;
  /** Link type of `bytes`. */
  link: LinkName;
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
export function resultAt(core: Core, i: number, encapsulator?: Encapsulator): Result {
  const at = core.verdict(i);
  const first = core.u32(at + Abi.VERDICT_FIRST_EMIT);
  const emits = core.u32(at + Abi.VERDICT_EMITS);
  const out: Emission[] = [];
  const turned = core.u8(at + Abi.VERDICT_SIDE) === Abi.SIDE_CAPTURED;
  for (let emit = first; emit < first + emits; emit++)
    out.push(emissionAt(core, emit, turned && isTurned(core, emit) ? undefined : encapsulator));
  return {
    verdict: VERDICTS[core.u8(at + Abi.VERDICT_CODE)] as Verdict,
    reason: REASONS[core.u8(at + Abi.VERDICT_REASON)]?.name ?? "",
    flow: flowNumber(core.u32(at + Abi.VERDICT_FLOW)),
    out,
  };
}

/**
 * Whether an emit behind a captured reply is one that was turned back: it was on that side before, and does not leave. Of what was held
 * those are the fragments, which are bodies alone; a client's segments, which have heads, do leave.
 */
export function isTurned(core: Core, emit: number): boolean {
  const at = core.emit(emit);
  const cause = core.u8(at + Abi.EMIT_CAUSE);
  return cause === Abi.CAUSE_INPUT || (cause === Abi.CAUSE_HELD && core.u32(at + Abi.EMIT_HEAD_LENGTH) === 0);
}

/** An emit of the last run or advance, in its tunnel if there is an encapsulator and its network has one. */
export function emissionAt(core: Core, i: number, encapsulator?: Encapsulator): Emission {
  const at = core.emit(i);
  const head = core.u32(at + Abi.EMIT_HEAD);
  const body = core.u32(at + Abi.EMIT_BODY);
  const headLength = core.u32(at + Abi.EMIT_HEAD_LENGTH);
  const bodyLength = core.u32(at + Abi.EMIT_BODY_LENGTH);
  const bytes = new Uint8Array(headLength + bodyLength);
  bytes.set(core.bytes.subarray(head, head + headLength));
  bytes.set(core.bytes.subarray(body, body + bodyLength), headLength);
  const link = LINK_NAMES[core.u8(at + Abi.EMIT_LINK)] as LinkName;
  const wireLength = core.u32(at + Abi.EMIT_WIRE_LENGTH);
  const outside = encapsulator?.around(bytes, wireLength, link, core.u16(at + Abi.EMIT_NETWORK));
  return {
    side: SIDES[core.u8(at + Abi.EMIT_SIDE)] as Side,
    cause: CAUSES[core.u8(at + Abi.EMIT_CAUSE)] as Cause,
    flow: flowNumber(core.u32(at + Abi.EMIT_FLOW)),
    bytes: outside?.frame ?? bytes,
    link: outside === undefined ? link : "ethernet",
  };
}

const flowNumber = (number: number): number => (number === Abi.NO_FLOW ? -1 : number);
