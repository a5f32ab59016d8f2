// Several requests of one connection, cut at every byte, in either order, with overlap and duplicates, and in random pieces: the same
// comes of them as of the whole, and no byte of a head that is refused leaves.

import { markChecked } from "../../host/config/configuration.ts";
import { createPlane, type Plane } from "../../host/index.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { identifying, OTHER, OWN } from "../conformance/first-message-kit.ts";
import { frameOf } from "../conformance/packet.ts";
import { assert, suite } from "../kit.ts";
import { Dice } from "../random/dice.ts";
import { hexOf, text } from "./hello.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 31);
const ORDERS = 300;
const PORTS = 60_000;
const HEADERS = 54;
const SEQUENCE_AT = 38;

type Piece = [from: number, to: number];

const get = (host: string, fields = ""): string => `GET /x HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;
const chunks = "5\r\nhello\r\n0a;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n";
const sound =
  get(OWN) + get(OWN, "Content-Length: 9\r\n") + "body\r\n\r\nx" + get(OWN, "Transfer-Encoding: chunked\r\n") + chunks;
/** What is sent, and how much of it may leave: all, or what is in front of what is refused. */
const STREAMS: [what: string, sent: string, passes: number, reason: string][] = [
  ["sound ones", sound + get(OWN), (sound + get(OWN)).length, ""],
  ["the last for another resource", sound + get(OTHER), sound.length, "resource-denied"],
  [
    "the last with a length twice",
    sound + get(OWN, "Content-Length: 1\r\nContent-Length: 1\r\n"),
    sound.length,
    "request-ambiguous",
  ],
  ["the last an upgrade", sound + get(OWN, "Upgrade: h2c\r\n"), sound.length, "stream-opaque"],
];

let port = 0;

/** Sends pieces of a stream in the order given; the reasons for which packets were refused, and which bytes left. */
function outcome(plane: Plane, stream: Uint8Array, pieces: Piece[]): { reasons: string[]; left: Set<number> } {
  port = (port % PORTS) + 1;
  const send = (words: string) =>
    plane.processFrame(frameOf(`tcp 10.1.0.9:${port} > 10.1.0.4:443 ${words}`), {
      time: 0n,
      side: "consumer",
      network: "shop",
    });
  send("S seq=0");
  const reasons = new Set<string>();
  const left = new Set<number>();
  for (const [from, to] of pieces) {
    const { verdict, reason, out } = send(`PA seq=${1 + from} ack=1 hex=${hexOf(stream.subarray(from, to))}`);
    if (verdict === "drop" && reason !== "held-retransmission") reasons.add(reason);
    for (const { bytes } of out) {
      const first = new DataView(bytes.buffer, bytes.byteOffset).getUint32(SEQUENCE_AT) - 1;
      for (let i = HEADERS; i < bytes.length; i++) left.add(first + i - HEADERS);
    }
  }
  return { reasons: [...reasons], left };
}

async function planeFor(): Promise<Plane> {
  const configuration = baseConfiguration();
  identifying("http", { enableTcpReset: false })(configuration);
  for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.everyRequest = true;
  configuration.settings.maxFlows = 40_000;
  configuration.settings.maxDenied = 60_000;
  return createPlane(markChecked(configuration));
}

suite("Requests in pieces", (test) => {
  for (const [what, sent, passes, reason] of STREAMS) {
    const stream = Uint8Array.from(text(sent));
    const check = (plane: Plane, pieces: Piece[]): void => {
      const where = `${what}: ${JSON.stringify(pieces)}, seed ${SEED}`;
      const { reasons, left } = outcome(plane, stream, pieces);
      assert.equal(reasons, reason === "" ? [] : [reason], where);
      const beyond = [...left].filter((byte) => byte >= passes);
      assert.equal(beyond, [], where);
      if (reason === "") assert.is(left.size, passes, where);
    };

    test(`${what}: cut at every byte`, async () => {
      const plane = await planeFor();
      const end = stream.length;
      for (let cut = 1; cut < end; cut++) {
        check(plane, [
          [0, cut],
          [cut, end],
        ]);
        check(plane, [
          [cut, end],
          [0, cut],
        ]);
        check(plane, [
          [0, cut],
          [0, cut],
          [Math.max(0, cut - 9), end],
        ]);
      }
    });

    test(`${what}: in random pieces`, async () => {
      const plane = await planeFor();
      const dice = new Dice(SEED);
      for (let i = 0; i < ORDERS; i++) check(plane, shuffled(dice, stream.length));
    });
  }
});

/** Pieces that cover a stream, some of them overlapping or twice, out of order. */
function shuffled(dice: Dice, length: number): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < length; ) {
    const to = Math.min(length, at + 1 + dice.below(90));
    pieces.push([Math.max(0, at - dice.below(12)), to]);
    if (dice.chance(20)) pieces.push([at, to]);
    at = to;
  }
  for (let i = pieces.length - 1; i > 0; i--) {
    const other = Math.max(0, i - dice.below(4));
    [pieces[i], pieces[other]] = [pieces[other] as Piece, pieces[i] as Piece];
  }
  return pieces;
}
