// Damaged frames and captures: whatever the bytes say, the core does what the reference does, and a replay ends with what was good.

import { LinkplaneError } from "../../host/errors.ts";
import { memorySink, memorySource } from "../../host/capture/memory.ts";
import { gunzipped } from "../../host/capture/gzip.ts";
import { replay } from "../../host/replay/replay.ts";
import { gzipSync } from "node:zlib";
import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { DamagedTraffic, readExample } from "./bytes.ts";
import { comparePlanes } from "./compare.ts";
import { Dice } from "./dice.ts";
import { mutated } from "./mutation.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 32);
const PACKETS = 20_000;
const PLANES = 10;
const CAPTURES = 400;
const CODES = ["CAPTURE_UNREADABLE", "CAPTURE_UNKNOWN_FORMAT"];

process.stderr.write(`LINKPLANE_SEED=${SEED}\n`);

suite("Damaged bytes", (test) => {
  test(`${PLANES * PACKETS} damaged frames: the core does what the reference does`, async () => {
    const { configuration, frames } = await readExample();
    for (let round = 0; round < PLANES; round++) {
      const dice = new Dice(SEED + round);
      const traffic = new DamagedTraffic(dice, frames);
      comparePlanes(await corePlane(configuration), new ReferencePlane(configuration), traffic, dice, PACKETS);
    }
  });

  test(`${CAPTURES} damaged captures: each replay ends, and what came before the damage was replayed`, async () => {
    const { configuration, capture } = await readExample();
    const dice = new Dice(SEED);
    let damaged = 0;
    for (let i = 0; i < CAPTURES; i++) {
      const plain = mutated(capture, dice, 1 + dice.below(20));
      const zipped = dice.chance(20);
      const bytes = zipped ? new Uint8Array(gzipSync(plain)) : plain;
      const source = gunzipped(
        memorySource(zipped && dice.chance(50) ? mutated(bytes, dice) : bytes, 1 + dice.below(70_000)),
      );
      const output = { sink: memorySink(), format: dice.pick(["pcap", "pcapng"] as const), side: "provider" as const };
      const inputs = [{ file: "damaged", source }];
      try {
        const { packets, captures } = await replay({ configuration, inputs, output, verifyChecksums: dice.chance(50) });
        assert.is(packets.forwarded + packets.dropped + packets.passed, packets.read);
        damaged += Number(captures[0]?.damaged !== null);
      } catch (error) {
        assert.ok(error instanceof LinkplaneError && CODES.includes(error.code), `capture ${i}: ${error}`);
      }
    }
    assert.ok(damaged > CAPTURES / 10, `${damaged} captures were noticed as damaged`);
  });
});
