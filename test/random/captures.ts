// A damaged capture through a whole replay: it ends, what came before the damage was replayed, and the sums are right.

import { gzipSync } from "node:zlib";
import { gunzipped } from "../../host/capture/gzip.ts";
import { memorySink, memorySource } from "../../host/capture/memory.ts";
import { LinkplaneError } from "../../host/errors.ts";
import { replay } from "../../host/replay/replay.ts";
import { assert } from "../kit.ts";
import type { Example } from "./bytes.ts";
import type { Dice } from "./dice.ts";
import { mutated } from "./mutation.ts";

const CODES = ["CAPTURE_UNREADABLE", "CAPTURE_UNKNOWN_FORMAT"];
const CHUNK_MOST = 70_000;

/** Replays a damaged copy of the example, gzip or not; whether its damage was noticed. `where` is for messages. */
export async function replayDamaged({ capture, configuration }: Example, dice: Dice, where: string): Promise<boolean> {
  const plain = mutated(capture, dice, 1 + dice.below(20));
  const zipped = dice.chance(20);
  const bytes = zipped ? new Uint8Array(gzipSync(plain)) : plain;
  const damaged = zipped && dice.chance(50) ? mutated(bytes, dice) : bytes;
  const inputs = [{ file: "damaged", source: gunzipped(memorySource(damaged, 1 + dice.below(CHUNK_MOST))) }];
  const output = { sink: memorySink(), format: dice.pick(["pcap", "pcapng"] as const), side: "provider" as const };
  try {
    const { packets, captures } = await replay({ configuration, inputs, output, verifyChecksums: dice.chance(50) });
    assert.is(packets.forwarded + packets.dropped + packets.passed, packets.read, where);
    return captures[0]?.damaged !== null;
  } catch (error) {
    assert.ok(error instanceof LinkplaneError && CODES.includes(error.code), `${where}: ${error}`);
    return true;
  }
}
