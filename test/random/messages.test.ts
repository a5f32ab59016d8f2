// First messages in random pieces, with everything clients do to deceive: the core does what the reference plane does.

import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { comparePlanes } from "./compare.ts";
import { Dice } from "./dice.ts";
import { MessageTraffic, messageConfiguration } from "./messages.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 32);
const ROUNDS = Number(process.env.LINKPLANE_ROUNDS ?? 25);
/** Until every reason was seen there may be more: some are rare, and not in so few with every seed. */
const ROUNDS_MOST = 8 * ROUNDS;
const PACKETS = 1500;

/** Reasons that any seed's traffic provokes. */
const REASONS_LEAST = [
  "awaiting-name",
  "resource-denied",
  "name-changed",
  "name-missing",
  "name-ambiguous",
  "name-encrypted",
  "protocol-unexpected",
  "http2-prior-knowledge",
  "first-message-too-long",
  "segments-conflict",
  "hold-pool-full",
  "held-retransmission",
  "first-message-incomplete",
  "request-ambiguous",
  "stream-opaque",
];

suite("First messages", (test) => {
  process.stderr.write(`first messages: LINKPLANE_SEED=${SEED}\n`);
  const seen = new Set<string>();
  const missing = (): string[] => REASONS_LEAST.filter((reason) => !seen.has(reason));

  test(`${ROUNDS} rounds and more of ${PACKETS} packets: the core does what the reference does`, async () => {
    for (let round = 0; round < ROUNDS || (missing().length > 0 && round < ROUNDS_MOST); round++) {
      const dice = new Dice(SEED + round);
      const configuration = messageConfiguration(dice);
      const reference = new ReferencePlane(configuration);
      try {
        comparePlanes(
          await corePlane(configuration),
          reference,
          new MessageTraffic(dice, configuration),
          dice,
          PACKETS,
        );
      } catch (error) {
        process.stderr.write(`first messages: seed ${SEED + round} shows a difference\n`);
        throw error;
      }
      for (const reason of Object.keys(reference.counters().reasons)) seen.add(reason);
    }
  });

  test("with every reason", () => {
    assert.equal(missing(), []);
  });
});
