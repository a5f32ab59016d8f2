// The planes in JavaScript that the core is measured against do the same work: the same tape leaves the same verdicts, bytes,
// records and counters.

import { type Kind, loadPlane } from "../../bench/javascript/planes.ts";
import { JavascriptSubject } from "../../bench/javascript/subject.ts";
import type { TrafficShape } from "../../host/measure/traffic.ts";
import { suite } from "../kit.ts";
import { compare, outputsIn, outputsOf, prepare, stateIn, stateOf, TURNS } from "./played.ts";

const KINDS: Kind[] = ["plain", "pipelined"];
const SHAPES: Omit<TrafficShape, "flows">[] = (["tcp", "udp"] as const).flatMap((protocol) =>
  [60, 1400, "mix" as const].flatMap((size) => [false, true].map((tagged) => ({ protocol, size, tagged }))),
);

suite("Planes in JavaScript", (test) => {
  for (const kind of KINDS)
    for (const shape of SHAPES) {
      const { protocol, size, tagged } = shape;
      test(`${kind}: ${protocol}, ${size} bytes, ${tagged ? "tagged" : "untagged"}`, async () => {
        const { plane, load, time, subject } = await prepare(shape);
        const other = await loadPlane(kind, plane.core, time, load.batch * load.tape.stride);
        const otherSubject = new JavascriptSubject(other, load);
        for (let turn = 0; turn < TURNS; turn++) {
          subject.turn(turn);
          otherSubject.turn(turn);
          compare(outputsIn(other), outputsOf(plane.core), `packets of turn ${turn}`);
        }
        compare(stateIn(other), stateOf(plane.core), "records, and behind them the counters");
      });
    }
});
