// The readers of first messages, given damaged ones: none looks behind the end of a message or does more than in proportion to
// its length, and each says what the reference plane's says.

import { fileURLToPath } from "node:url";
import { assert, suite } from "../kit.ts";
import { Dice } from "../random/dice.ts";
import { ABSENT, sharedCaptures } from "../shared/captures.ts";
import { CoreReaders, type Reader } from "./parsers/core.ts";
import { Fuzzer } from "./parsers/fuzzer.ts";
import { madeMessages, messagesIn } from "./parsers/seeds.ts";
import { clientHello, request, tdsPackets, text } from "./hello.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 31);
const MESSAGES = Number(process.env.LINKPLANE_MESSAGES ?? 6_000);
const EXAMPLE = fileURLToPath(new URL("../../examples/storage.pcapng", import.meta.url));

suite("Damaged first messages", (test) => {
  process.stderr.write(`damaged first messages: LINKPLANE_SEED=${SEED}\n`);

  test(`${MESSAGES} of them, made from messages of every kind`, async () => {
    const fuzzer = new Fuzzer([...madeMessages(), ...(await messagesIn(EXAMPLE))], new Dice(SEED));
    const kept = fuzzer.found;
    for (let i = 0; i < MESSAGES; i++) fuzzer.round();
    assert.ok(fuzzer.found > kept, "none reached anything new");
  });

  const captures = sharedCaptures();
  test.skipUnless(captures.length > 0, ABSENT, `${MESSAGES} of them, made from those of real clients`, async () => {
    const messages = (await Promise.all(captures.slice(0, 20).map(({ path }) => messagesIn(path)))).flat();
    assert.ok(messages.length > 50, `${messages.length} messages`);
    const fuzzer = new Fuzzer(messages, new Dice(SEED + 1));
    for (let i = 0; i < MESSAGES; i++) fuzzer.round();
  });

  const long: [what: string, reader: Reader, ofLength: (length: number) => Uint8Array][] = [
    ["records of one byte", "hello", (n) => clientHello("a.example", { padding: n / 6, record: 1 })],
    ["TDS packets of one byte", "prelogin", (n) => tdsPackets(clientHello("a.example", { padding: n / 9 }), 1)],
    [
      "records of one byte in TDS packets of one byte",
      "prelogin",
      (n) => tdsPackets(clientHello("a.example", { padding: n / 54, record: 1 }), 1),
    ],
    ["fields of one byte", "request", (n) => request("a.example", "a:\r\n".repeat(n / 4))],
    ["empty lines", "request", (n) => Uint8Array.from(text("\n".repeat(n)))],
    ["a long field", "request", (n) => request("a".repeat(n))],
    ["a long target", "request", (n) => request("a", `GET ${":@/".repeat(n / 3)}`)],
  ];
  test("the work grows as the length of a message does", () => {
    const core = new CoreReaders();
    for (const [what, reader, ofLength] of long) {
      const [short = 0, tenfold = 0] = [1200, 12_000].map((length) => core.run(reader, ofLength(length)).cost);
      assert.ok(tenfold < 15 * short, `${what}: ${short} for a short one, ${tenfold} for ten times as much`);
    }
  });
});
