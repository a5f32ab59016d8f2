// The native plane that the core is measured against does the same work: the same tape leaves the same verdicts, bytes, records
// and counters.

import { type Build, buildCeilings, NativeLoad, NativeSubject } from "../../bench/native/ceiling.ts";
import { FRAME_LEAST, type TrafficShape } from "../../host/measure/traffic.ts";
import { suite } from "../kit.ts";
import { compare, outputsOf, prepare, stateOf, TURNS } from "./played.ts";

/** Plays a tape to the core and to every build; what is read of a build is its whole memory, so only once, at the end. */
async function playAll(builds: Build[], shape: Omit<TrafficShape, "flows">): Promise<void> {
  const { plane, load, time, subject } = await prepare(shape);
  const { core } = plane;
  const prepared = new NativeLoad(core, load, time);
  try {
    for (let turn = 0; turn < TURNS; turn++) subject.turn(turn);
    for (const build of builds) {
      const memory = await played(build, prepared);
      compare(outputsOf(core, memory), outputsOf(core), `${build.name}: packets of the last turn`);
      compare(stateOf(core, memory), stateOf(core), `${build.name}: records, and behind them the counters`);
    }
  } finally {
    prepared.close();
  }
}

async function played(build: Build, prepared: NativeLoad): Promise<Uint8Array> {
  const native = new NativeSubject(build, prepared);
  try {
    for (let turn = 0; turn < TURNS; turn++) await native.turn(turn);
    const { buffer, byteOffset, byteLength } = await native.memory();
    return new Uint8Array(buffer, byteOffset, byteLength);
  } finally {
    native.close();
  }
}

suite("The native plane", (test) => {
  const builds = buildCeilings();
  const why = "there is no C compiler";
  test.skipUnless(builds.length > 0, why, "every build: TCP, 64 bytes", () =>
    playAll(builds, { protocol: "tcp", size: FRAME_LEAST, tagged: false }),
  );
  test.skipUnless(builds.length > 0, why, "one build: UDP, 1,400 bytes, tagged", () =>
    playAll(builds.slice(0, 1), { protocol: "udp", size: 1400, tagged: true }),
  );
});
