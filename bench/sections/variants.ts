// What the traffic is like: how far the core's rate moves with it. Every variant takes turns with the plain one.

import * as Abi from "../../host/abi.ts";
import { FLAG, writeAnswer } from "../../host/measure/frame.ts";
import { CoreSubject } from "../../host/measure/ladder.ts";
import { type Series, type Subject, takeTurns } from "../../host/measure/rounds.ts";
import { emptySection, type Section } from "../../host/measure/row.ts";
import { BATCH, rateRow, ratioRow, sameRow } from "../../host/measure/rung.ts";
import { recordTape, type Tape } from "../../host/measure/tape.ts";
import { type EstablishedFlows, establish, type Frames, PLAIN, type TrafficShape } from "../../host/measure/traffic.ts";
import { LARGE_FRAMES } from "../goals.ts";
import type { Say } from "../plan.ts";
import { ColdSubject } from "./cold.ts";

const FLOWS = 100_000;
const ROUNDS = 11;
const PER_TURN = 2 ** 18;
const TURNS_ON_TAPE = 1;
const HOT_FLOWS = 1_000;
const COLD_PACKETS = 2 ** 13;
const PLAIN_NAME = "TCP, 64 bytes";
const LARGE_NAME = "TCP, 1,400 bytes";

/** Shapes that need flows of their own. Frame sizes leave out the check sequence. */
const SHAPES: [name: string, shape: Partial<TrafficShape>][] = [
  [LARGE_NAME, { size: 1396 }],
  ["TCP, Internet mix (7 x 64, 4 x 594, 1 x 1,518)", { size: "mix" }],
  ["UDP, 64 bytes", { protocol: "udp" }],
  ["TCP, 68 bytes with a VLAN tag", { tagged: true, size: 64 }],
];

export async function measureVariants(say: Say): Promise<Section> {
  const section = emptySection("variants", "What the traffic is like: 100,000 established flows, batches of 256");
  section.notes.push(
    `Every variant takes turns with the plain one, ${ROUNDS} rounds. Hot: the packets of ${HOT_FLOWS.toLocaleString("en")} of the flows. Cold: the processor's caches are filled with other data before each batch. Frames are rewritten in place.`,
  );
  say("flows are opened");
  const flows = await establish({ flows: FLOWS, ...PLAIN });
  const subjects = onOpenFlows(flows);
  for (const [name, shape] of SHAPES) {
    const { plane, frames, time } = await establish({ flows: FLOWS, ...PLAIN, ...shape });
    subjects.push(new CoreSubject(name, plane.core, loadOf(frames), time));
  }
  say(subjects.map(({ name }) => name).join("; "));
  const [plain, again, ...others] = (await takeTurns(subjects, ROUNDS)) as [Series, Series, ...Series[]];
  section.rows.push(rateRow(PLAIN_NAME, plain), sameRow(section, `${PLAIN_NAME}, again / itself (A/A)`, plain, again));
  for (const series of others) {
    section.rows.push(rateRow(series.name, series));
    section.rows.push(ratioRow(`${series.name} / plain`, series, plain));
  }
  const large = others.find(({ name }) => name === LARGE_NAME) as Series;
  section.rows.push({
    ...ratioRow("cost of a 1,400-byte frame / a 64-byte one", plain, large, LARGE_FRAMES),
    better: "lower",
  });
  return section;
}

const loadOf = (frames: Frames) => ({
  tape: recordTape(frames, PER_TURN * TURNS_ON_TAPE),
  batch: BATCH,
  perTurn: PER_TURN,
});

/** What can be played to the plain flows. */
function onOpenFlows({ plane: { core }, frames, time }: EstablishedFlows): Subject[] {
  const { bytes, stride, lengthOf } = frames;
  const some = (count: number): Frames => ({ bytes: bytes.subarray(0, count * 2 * stride), stride, lengthOf });
  const load = loadOf(frames);
  const cold = { tape: load.tape, batch: BATCH, perTurn: COLD_PACKETS };
  return [
    new CoreSubject(PLAIN_NAME, core, load, time),
    new CoreSubject(`${PLAIN_NAME}, again`, core, load, time),
    new CoreSubject("hot", core, loadOf(some(HOT_FLOWS)), time),
    new ColdSubject("cold", core, cold, time),
    new CoreSubject("SYN only, of open flows", core, flagged(load, FLAG.syn, FLAG.syn | FLAG.ack), time),
    new CoreSubject("no SYN", core, flagged(load, FLAG.ack, FLAG.ack), time),
    new CoreSubject("constant tuple", core, loadOf(some(1)), time),
  ];
}

/** The load with other TCP flags on its requests and replies. */
function flagged(load: ReturnType<typeof loadOf>, request: number, reply: number): ReturnType<typeof loadOf> {
  const { tape } = load;
  const bytes = tape.bytes.slice();
  const view = new DataView(bytes.buffer);
  const from = new DataView(tape.bytes.buffer);
  const turned = new DataView(new ArrayBuffer(tape.stride));
  for (let i = 0; i < tape.packets; i++) {
    const at = i * tape.stride;
    const length = tape.lengths[i] as number;
    const flags = tape.sides[i] === Abi.SIDE_CONSUMER ? request : reply;
    writeAnswer(turned, 0, length, new DataView(from.buffer, at, length), flags);
    writeAnswer(view, at, length, turned, flags);
  }
  return { ...load, tape: { ...tape, bytes } satisfies Tape };
}
