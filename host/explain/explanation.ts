// Why a packet was let through or not: what every stage wrote down, and what came of it.

import * as Abi from "../abi.ts";
import type { Core } from "../core.ts";
import type { LinkName } from "../links.ts";
import { REASONS, type Verdict } from "../reasons.ts";
import { type Cause, emissionAt, isTurned, resultAt } from "../result.ts";
import { ADMISSION } from "./admission.ts";
import { type Change, changesBetween } from "./changes.ts";
import { FRAGMENTS } from "./fragment.ts";
import { notesOf } from "./notes.ts";
import { packetText } from "./packet-text.ts";
import { type Meaning, planeFlowOf, type Step } from "./stage.ts";
import { TRANSLATION } from "./translation.ts";
import { TUNNEL } from "./tunnel.ts";

/** A packet that left. */
export interface Departure {
  side: string;
  cause: Cause;
  /** What it is, in a line. */
  packet: string;
  bytes: number;
  /** The tunnel that it leaves in, whose headers are not counted in `bytes`. */
  tunnel?: string;
  /** Of the packet itself: what of it is otherwise than it entered. */
  changes?: Change[];
}

/** Everything about one packet, as `linkplane explain --json` has it for each. */
export interface Explanation {
  /** What it is, in a line. */
  packet: string;
  steps: Step[];
  verdict: Verdict;
  reason: string;
  /** What happened, and what to change about it. */
  sentence: string;
  remedy: string;
  /** Flow number, or null. */
  flow: number | null;
  /** Number of the denied flow that a refused packet left or met, counted by themselves, or null. */
  deniedFlow: number | null;
  left: Departure[];
}

const TELLINGS = { ...ADMISSION, ...FRAGMENTS, ...TRANSLATION, ...TUNNEL };

/**
 * The explanation of the only frame of a core's last run, which was traced; `frame` is it as it came, `entered` as it was given to the
 * core, where that is another.
 */
export function explanationOf(
  core: Core,
  meaning: Meaning,
  frame: Uint8Array,
  link: LinkName,
  entered = carriedIn(core, frame),
): Explanation {
  const { verdict, reason, flow } = resultAt(core, 0);
  const named = { names: meaning.names, configuration: meaning.configuration };
  const { sentence = "", remedy = "" } = REASONS.find(({ name }) => name === reason) ?? {};
  return {
    packet: packetText(frame, link),
    steps: coresOf(core).flatMap((own, shard) => stepsOf(own, { ...named, shard })),
    verdict,
    reason,
    sentence,
    remedy,
    flow: null,
    deniedFlow: null,
    ...(flow < 0 ? {} : planeFlowOf(flow, meaning.configuration)),
    left: Array.from({ length: core.emitCount }, (_, i) => departureOf(core, i, entered, meaning.encapsulator)),
  };
}

/** Cores that may have notes: what decides on a packet in front of the shards passes nothing on to one. */
function coresOf({ shards, steerer }: Core): readonly Core[] {
  return steerer === undefined ? shards : [...shards, steerer];
}

/** What a frame carries in a tunnel that the core opened, else the frame. */
function carriedIn(core: Core, frame: Uint8Array): Uint8Array {
  const opened = coresOf(core)
    .flatMap(notesOf)
    .find(({ stage }) => stage === Abi.STAGE_TUNNEL);
  if (opened === undefined || opened.reason !== undefined) return frame;
  const [, , , , , bytes = 0, begins = 0] = opened.values;
  return frame.subarray(begins, begins + bytes);
}

function stepsOf(core: Core, named: Meaning): Step[] {
  const notes = notesOf(core);
  const endpoint = notes.find(({ stage }) => stage === Abi.STAGE_ENDPOINT)?.values[0];
  const meaning = { ...named, endpoint: endpoint === undefined ? undefined : named.names.endpoints[endpoint] };
  return notes.map(({ stage, reason: code, values, text, six }): Step => {
    const telling = TELLINGS[stage];
    const reason = code === undefined ? undefined : REASONS[code]?.name;
    if (telling === undefined) return { stage: `stage ${stage}`, decided: "", looked: {} };
    const told = telling.tell(values, meaning, { text, six, reason });
    const against = reason !== undefined && REASONS[code as number]?.verdict !== "forward";
    return { stage: telling.stage, ...(against ? { reason } : {}), ...told };
  });
}

function departureOf(core: Core, i: number, entered: Uint8Array, encapsulator: Meaning["encapsulator"]): Departure {
  const { side, cause, bytes, link } = emissionAt(core, i);
  const turned = core.u8(core.verdict(0) + Abi.VERDICT_SIDE) === Abi.SIDE_CAPTURED;
  const tunnel =
    turned && isTurned(core, i) ? undefined : encapsulator?.told(core.u16(core.emit(i) + Abi.EMIT_NETWORK));
  const departure = {
    side,
    cause,
    packet: packetText(bytes, link),
    bytes: bytes.length,
    ...(tunnel === undefined ? {} : { tunnel }),
  };
  return cause === "input" ? { ...departure, changes: changesBetween(entered, bytes, link) } : departure;
}
