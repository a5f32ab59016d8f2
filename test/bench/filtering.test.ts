// What bench/filtering.ts plays is what it says: rules take the paths they are measured for, and every request is looked at.

import { requestFor } from "../../bench/asking.ts";
import { HOST, openFlows, type RuleName, slowFlows } from "../../bench/filtering.ts";
import { CoreSubject } from "../../host/measure/ladder.ts";
import { recordTape, type Tape } from "../../host/measure/tape.ts";
import { assert, suite } from "../kit.ts";

const FLOWS = 300;
const PACKETS = 4096;
const OTHER = HOST.replace("contoso", "fabrika");
const ROWS: [rule: RuleName, slow: number][] = [
  ["by address", 0],
  ["by the first request", 0],
  ["by every request", FLOWS],
];

type Opened = Awaited<ReturnType<typeof openFlows>>;

/** Plays a tape; throws when a packet is not forwarded. */
function play({ plane, time }: Opened, tape: Tape): void {
  new CoreSubject("", plane.core, { tape, batch: 256, perTurn: PACKETS }, time).turn(0);
}

suite("The measurement of filtering", (test) => {
  for (const [rule, slow] of ROWS) {
    test(`${rule}: packets without data, then requests, are all forwarded, and the path stays`, async () => {
      const opened = await openFlows(FLOWS, rule);
      play(opened, recordTape(opened.asking.silence(), PACKETS));
      play(opened, opened.asking.record(PACKETS));
      assert.is(slowFlows(opened.plane, FLOWS), slow);
      assert.is(opened.plane.counters().flows.denied, 0);
    });

    test(`${rule}: another name in later requests is ${slow > 0 ? "refused" : "not seen"}`, async () => {
      const opened = await openFlows(FLOWS, rule);
      const other = opened.asking.record(PACKETS, requestFor(OTHER));
      if (slow === 0) play(opened, other);
      else assert.throws(() => play(opened, other), /not all forwarded/);
    });
  }
});
