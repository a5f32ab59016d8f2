// Whole connections in six packets: SYN, SYN-ACK, ACK, FIN-ACK, FIN-ACK, ACK. Afterwards the clock moves past the closing time and the
// plane is empty again.

import * as Abi from "../../host/abi.ts";
import type { Core } from "../../host/core.ts";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { FLAG, writeAnswer } from "../../host/measure/frame.ts";
import { type Series, type Subject, takeTurns } from "../../host/measure/rounds.ts";
import { emptySection, type Section } from "../../host/measure/row.ts";
import { BATCH, eventRow, sameRow } from "../../host/measure/rung.ts";
import type { Tape } from "../../host/measure/tape.ts";
import { FRAME_LEAST, PLAIN, requestOf } from "../../host/measure/traffic.ts";
import { createPlane, type Plane } from "../../host/plane.ts";
import { CONNECTIONS } from "../goals.ts";
import type { Say } from "../plan.ts";
import { blankTape, Player, writePacket } from "./script.ts";

const COUNT = 2 ** 18;
/** Connections that are at the same step: each step of all of them comes before the next one. */
const WAVE = 4096;
const ROUNDS = 11;
const NANOSECONDS = 1e9;
/** Flags of the steps, and from which side they come. */
const STEPS: [flags: number, side: number][] = [
  [FLAG.syn, Abi.SIDE_CONSUMER],
  [FLAG.syn | FLAG.ack, Abi.SIDE_PROVIDER],
  [FLAG.ack, Abi.SIDE_CONSUMER],
  [FLAG.fin | FLAG.ack, Abi.SIDE_CONSUMER],
  [FLAG.fin | FLAG.ack, Abi.SIDE_PROVIDER],
  [FLAG.ack, Abi.SIDE_CONSUMER],
];

export async function measureConnections(say: Say): Promise<Section> {
  const section = emptySection("connections", "Whole connections: SYN, SYN-ACK, ACK, FIN, FIN-ACK, ACK");
  say(`${COUNT.toLocaleString("en")} connections`);
  const configuration = measuredConfiguration(COUNT);
  const { tcpClosingSeconds } = configuration.settings.timers;
  section.notes.push(
    `${COUNT.toLocaleString("en")} connections a turn, ${WAVE.toLocaleString("en")} at the same step, batches of ${BATCH}. Closing time ${tcpClosingSeconds} s, port quarantine ${configuration.settings.portQuarantineSeconds} s: the virtual clock moves past both at the end of each turn. Releasing every flow is part of the time; afterwards the plane holds no flow and no port.`,
  );
  const plane = await createPlane(configuration);
  const tape = record(plane);
  const pastClosing = (tcpClosingSeconds + 1) * NANOSECONDS;
  const subject = (name: string): Subject => ({
    name,
    turn: () => {
      const player = new Player(plane.core, BATCH);
      player.reset();
      const milliseconds = player.play(tape) + player.advance(player.time + pastClosing);
      mustBeEmpty(plane);
      return COUNT / (milliseconds * 1e6);
    },
  });
  const [first, again] = (await takeTurns([subject("core"), subject("again")], ROUNDS)) as [Series, Series];
  section.rows.push(eventRow("connections", first, CONNECTIONS));
  section.rows.push(sameRow(section, "connections: again / themselves (A/A)", first, again));
  return section;
}

/** Plays the connections once, to learn what each backend answers to: NAT ports are the same each time. */
function record(plane: Plane): Tape {
  const tape = blankTape(COUNT * STEPS.length);
  const player = new Player(plane.core, BATCH);
  player.reset();
  for (let first = 0; first < COUNT; first += WAVE) {
    for (const [step, [flags, side]] of STEPS.entries())
      for (let i = 0; i < WAVE && side === Abi.SIDE_CONSUMER; i++)
        writePacket(tape, place(first, step, i), side, requestOf({ ...PLAIN, flows: COUNT }, first + i, flags));
    for (let i = 0; i < WAVE; i += BATCH) {
      player.play(tape, place(first, 0, i), BATCH);
      for (let emit = 0; emit < BATCH; emit++) answerTo(plane.core, emit, tape, first, i + emit);
    }
  }
  return tape;
}

/** Place on the tape of a step of the `i`-th connection of the wave that begins with connection `first`. */
const place = (first: number, step: number, i: number): number => first * STEPS.length + step * WAVE + i;

/** Writes the backend's packets of a connection whose translated SYN is an emit. */
function answerTo(core: Core, emit: number, tape: Tape, first: number, i: number): void {
  const sent = new DataView(core.bytes.buffer, core.u32(core.emit(emit) + Abi.EMIT_BODY), FRAME_LEAST);
  const view = new DataView(tape.bytes.buffer);
  for (const [step, [flags, side]] of STEPS.entries()) {
    if (side !== Abi.SIDE_PROVIDER) continue;
    writeAnswer(view, place(first, step, i) * tape.stride, FRAME_LEAST, sent, flags);
    tape.sides[place(first, step, i)] = side;
  }
}

function mustBeEmpty(plane: Plane): void {
  const { flows, natPools } = plane.counters();
  if (flows.active !== 0 || natPools.some(({ inUse }) => inUse !== 0))
    throw new Error("The connections measured did not all end.");
}
