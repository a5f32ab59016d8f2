// What the stages of the core wrote down about one packet, as they lie in its memory.

import * as Abi from "../abi.ts";
import { textOf } from "../config/ipv6.ts";
import type { Core } from "../core.ts";

/** One note. What the values are, assembly/abi/trace.ts says with each stage. */
export interface Note {
  stage: number;
  /** Code of the verdict reason that the stage has against the packet; undefined when it lets it go on. */
  reason: number | undefined;
  values: number[];
  /** Bytes of the notes of text behind it, one character each: a name, or a PROXY header. */
  text: string;
  /** Of a rewrite, a packet in an ICMP error, or a tunnel: IPv6 addresses that are noted before it, in the order of its own; undefined for one that is IPv4. */
  six: readonly (string | undefined)[];
}

/** Stages whose notes have addresses. */
const ADDRESSED: readonly number[] = [Abi.STAGE_REWRITE, Abi.STAGE_EMBEDDED, Abi.STAGE_TUNNEL];

/** The notes of a core's last run. */
export function notesOf(core: Core): Note[] {
  const base = core.region(Abi.REGION_TRACE);
  const notes: Note[] = [];
  let six: (string | undefined)[] = [];
  for (let i = 0; i < core.control(Abi.CONTROL_TRACED); i++) {
    const at = base + i * Abi.TRACE_SIZE;
    const stage = core.u8(at + Abi.TRACE_STAGE);
    const last = notes.at(-1);
    if (stage === Abi.STAGE_TEXT && last !== undefined) {
      const length = last.values[last.stage === Abi.STAGE_PROXY_HEADER ? 0 : 1] as number;
      last.text += textAt(core, at + Abi.TRACE_VALUES, length - last.text.length);
      continue;
    }
    if (stage === Abi.STAGE_ADDRESS) {
      const from = at + Abi.TRACE_VALUES;
      six[core.u32(from)] = textOf(core.bytes.subarray(from + 4, from + 20));
      continue;
    }
    const result = core.u8(at + Abi.TRACE_RESULT);
    notes.push({
      stage,
      reason: result === Abi.TRACE_GOES_ON ? undefined : result,
      values: Array.from({ length: Abi.TRACE_VALUE_COUNT }, (_, value) => core.u32(at + Abi.TRACE_VALUES + value * 4)),
      text: "",
      six: ADDRESSED.includes(stage) ? six : [],
    });
    if (ADDRESSED.includes(stage)) six = [];
  }
  return notes;
}

/** Up to 28 bytes of a name, one character each. */
function textAt(core: Core, at: number, left: number): string {
  const bytes = core.bytes.subarray(at, at + Math.min(left, Abi.TRACE_SIZE - Abi.TRACE_VALUES));
  return String.fromCharCode(...bytes);
}
