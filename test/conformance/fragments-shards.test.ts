import { addressNumber } from "../../host/config/address.ts";
import { assert } from "../kit.ts";
import { captured, held, provider, timers } from "./fragment-kit.ts";
import { frameOf } from "./packet.ts";
import { errorAbout, TIME_EXCEEDED } from "./icmp-kit.ts";
import { shardOf } from "./shard-of.ts";
import { type Step, table } from "./table.ts";

const SHARDS = 8;
const SETTINGS = { shards: SHARDS, maxFlows: 800, maxDenied: 80 };
const HELD = "held awaiting-fragment -1";
const PAYLOAD = "abcdefghijklmnopqrstuvwxyz012345";
const CLIENT = "10.1.0.9";
const BACKEND = "10.2.1.1";

/** A client's port for each shard. */
const PORTS = Array.from({ length: SHARDS }, (_, shard) => portIn(shard));

function portIn(shard: number): number {
  for (let port = 5000; ; port++) if (shardOf(SHARDS, 17, addressNumber(CLIENT), port, 53) === shard) return port;
}

const flowOf = (shard: number): number => shard * (SETTINGS.maxFlows / SHARDS);
const natOf = (shard: number): string => `10.2.0.10:${1024 + shard * (64512 / SHARDS)}`;

/** A query and its answer in a shard. */
const query = (shard: number, cut: string): string =>
  `udp ${CLIENT}:${PORTS[shard]} > 10.1.0.4:53 id=${shard} data=${PAYLOAD} cut=${cut}`;
const queryOut = (shard: number, cut: string): string =>
  `provider udp ${natOf(shard)} > ${BACKEND}:5353 ttl=63 id=${shard} data=${PAYLOAD} cut=${cut}`;
const answer = (shard: number, cut: string): string =>
  `udp ${BACKEND}:5353 > ${natOf(shard)} id=${shard} data=${PAYLOAD} cut=${cut}`;
const answerOut = (shard: number, cut: string): string =>
  `consumer udp 10.1.0.4:53 > ${CLIENT}:${PORTS[shard]} ttl=63 id=${shard} data=${PAYLOAD} cut=${cut}`;
const capturedAnswer = (shard: number, cut: string): string =>
  `udp 10.1.0.4:53 > ${CLIENT}:${PORTS[shard]} id=${shard} data=${PAYLOAD} cut=${cut}`;

const forwarded = (shard: number): string => `forward forwarded ${flowOf(shard)}`;
const ofAll = (steps: (shard: number) => Step[]): Step[] => PORTS.flatMap((_, shard) => steps(shard));
const opened = ofAll((shard) => [
  {
    in: `udp ${CLIENT}:${PORTS[shard]} > 10.1.0.4:53 data=first`,
    backend: BACKEND,
    gives: `forward new-flow ${flowOf(shard)}`,
  },
]);
/** The same to a port that no rule has. */
const refusedQuery = (shard: number, cut: string, words = ""): string =>
  `udp ${CLIENT}:${PORTS[shard]} > 10.1.0.4:54 id=${shard} data=${PAYLOAD} cut=${cut} ${words}`;
const drops = (counts: Record<string, number | undefined>) => ({ endpoints: { "shop-approved": { drops: counts } } });
const parts = Array.from({ length: 64 }, (_, i) => `${i * 8 + 8}-${i * 8 + 16}`);
const long = (text: typeof query, shard: number, cut: string): string =>
  text(shard, cut).replace(PAYLOAD, "x".repeat(1024));

table("Fragments in a plane of several shards", [
  {
    name: "follow the first one to the shard of its tuple",
    settings: SETTINGS,
    steps: ofAll((shard) => [
      {
        in: query(shard, "0-16"),
        backend: BACKEND,
        gives: `forward new-flow ${flowOf(shard)}`,
        out: [queryOut(shard, "0-16")],
      },
      { in: query(shard, "16-32"), gives: forwarded(shard), out: [queryOut(shard, "16-32")] },
      { in: query(shard, "32-"), gives: forwarded(shard), out: [queryOut(shard, "32-")] },
    ]),
    counters: { reasons: { "new-flow": SHARDS, forwarded: 2 * SHARDS }, flows: { active: SHARDS } },
    check: (plane) =>
      assert.equal(
        plane.flows().map(({ number, toService }) => [number, toService.packets]),
        PORTS.map((_, shard) => [flowOf(shard), 3]),
      ),
  },
  {
    name: "that come before it are held in front of the shards, and leave behind it from its own",
    settings: SETTINGS,
    steps: [
      // Of all shards at once.
      ...ofAll((shard) => [{ in: query(shard, "32-"), gives: HELD, out: [] }]),
      ...ofAll((shard) => [{ in: query(shard, "16-32"), gives: HELD, out: [] }]),
      ...ofAll((shard) => [
        {
          in: query(shard, "0-16"),
          backend: BACKEND,
          gives: `forward new-flow ${flowOf(shard)}`,
          out: [queryOut(shard, "0-16"), held(queryOut(shard, "32-")), held(queryOut(shard, "16-32"))],
        },
      ]),
    ],
    counters: {
      reasons: { "new-flow": SHARDS, forwarded: 2 * SHARDS, "awaiting-fragment": undefined },
      endpoints: { "shop-approved": { toService: { packets: 3 * SHARDS }, drops: {} } },
    },
  },
  {
    name: "of answers: the port of the first one tells the shard",
    settings: SETTINGS,
    steps: [
      ...opened,
      ...ofAll((shard) => [
        { in: answer(shard, "24-"), ...provider, gives: HELD, out: [] },
        {
          in: answer(shard, "0-8"),
          ...provider,
          gives: forwarded(shard),
          out: [answerOut(shard, "0-8"), held(answerOut(shard, "24-"))],
        },
        { in: answer(shard, "8-24"), ...provider, gives: forwarded(shard), out: [answerOut(shard, "8-24")] },
      ]),
    ],
  },
  {
    name: "of captured answers",
    settings: SETTINGS,
    steps: [
      ...opened,
      ...ofAll((shard) => [
        { in: capturedAnswer(shard, "24-"), ...captured, gives: HELD, out: [] },
        { in: capturedAnswer(shard, "0-24"), ...captured, gives: forwarded(shard) },
      ]),
    ],
    counters: {
      reasons: { forwarded: 2 * SHARDS },
      backends: { "balancer/pool/10.2.1.1": { toConsumer: { packets: 2 * SHARDS } } },
    },
  },
  {
    name: "what a shard drops the first one with, it drops the later ones with; those held are discarded with it",
    settings: SETTINGS,
    steps: ofAll((shard) => [
      { in: refusedQuery(shard, "16-24"), gives: HELD },
      { in: refusedQuery(shard, "0-16"), out: [] },
      { in: refusedQuery(shard, "24-32"), gives: "drop no-rule -1", out: [] },
      // In front of the shards, the datagram is not refused: what came is known, and so is when all did.
      { in: refusedQuery(shard, "24-32"), gives: "drop fragment-duplicate -1" },
      { in: refusedQuery(shard, "32-"), gives: "drop no-rule -1" },
      { in: refusedQuery(shard, "24-32"), gives: HELD },
    ]),
    counters: {
      reasons: { "no-rule": 4 * SHARDS, "fragment-duplicate": SHARDS, "awaiting-fragment": SHARDS },
      ...drops({ "no-rule": 4 * SHARDS, "fragment-duplicate": SHARDS }),
      flows: { denied: SHARDS },
    },
  },
  {
    name: "what is wrong with a fragment by itself is found in front of them",
    settings: SETTINGS,
    steps: [
      ...opened,
      ...ofAll((shard) => [
        { in: query(shard, "16-25"), gives: "drop fragment-malformed -1" },
        { in: query(shard, "16-32"), gives: HELD },
        { in: query(shard, "24-40"), gives: "drop fragment-overlap -1" },
        // The shard never hears of it.
        { in: query(shard, "0-16"), gives: "drop fragment-overlap -1" },
      ]),
    ],
    counters: {
      reasons: { "fragment-malformed": SHARDS, "fragment-overlap": 3 * SHARDS, "awaiting-fragment": undefined },
      ...drops({ "fragment-malformed": SHARDS, "fragment-overlap": 3 * SHARDS }),
    },
  },
  {
    name: "at the end of their TTL: the first one is answered",
    settings: { ...SETTINGS, icmpTimeExceeded: true },
    steps: [
      {
        in: `${query(5, "0-16")} ttl=1`,
        gives: "drop ttl-expired -1",
        out: [
          `consumer/answer ${errorAbout(
            "10.1.0.4 > 10.1.0.9 tos=192 id=0 fragment=0 from=020000000002 to=020000000001",
            `${query(5, "0-16")} ttl=1`,
            { type: TIME_EXCEEDED, code: 0 },
          )}`,
        ],
      },
      { in: `${query(5, "16-24")} ttl=1`, gives: "drop ttl-expired -1", out: [] },
      // Nothing of it was noted.
      { in: query(5, "0-16"), backend: BACKEND, gives: `forward new-flow ${flowOf(5)}` },
      { in: query(5, "16-24"), gives: forwarded(5) },
    ],
    counters: { generated: { icmp: 1 }, ...drops({ "ttl-expired": 2 }) },
  },
  {
    name: "64 are held, of all shards together",
    settings: SETTINGS,
    steps: [
      ...parts.map((cut, i) => ({ in: long(query, i % SHARDS, cut), gives: HELD })),
      { in: long(query, 1, "1000-"), gives: "drop fragment-pool-full -1" },
      // Eight of its own were held, which it is refused with.
      { in: long(query, 0, "1000-"), gives: HELD },
      { in: long(query, 0, "0-8"), backend: BACKEND, gives: `forward new-flow ${flowOf(0)}` },
      { in: long(query, 1, "0-8"), gives: "drop fragment-pool-full -1" },
    ],
    counters: { reasons: { "fragment-pool-full": 10, forwarded: 9, "awaiting-fragment": 48 } },
  },
  {
    name: "more leave from one batch than are held at once",
    settings: SETTINGS,
    steps: opened,
    check: (plane) => {
      const shards = [0, 1, 2, 0, 1, 2];
      const named = (text: string, i: number): string => text.replace(/ id=\d/, ` id=${i}`);
      const texts = shards.flatMap((shard, i) =>
        [...parts.slice(1), "0-16"].map((cut) => named(long(query, shard, cut), i)),
      );
      const about = { link: "ethernet", network: "shop", side: "consumer", time: 0n } as const;
      const outcomes = plane.process(texts.map((text) => ({ frame: frameOf(text), ...about })));
      const left = outcomes.flatMap(({ out }) => out.map((emit) => Buffer.from(emit.bytes).toString("hex")));
      const expected = shards.flatMap((shard, i) =>
        ["0-16", ...parts.slice(1)].map((cut) => {
          const text = named(long(queryOut, shard, cut), i).replace("provider ", "");
          return Buffer.from(frameOf(text)).toString("hex");
        }),
      );
      assert.equal(left, expected);
    },
    counters: { reasons: { "new-flow": SHARDS } },
  },
  {
    name: "1,024 datagrams are there, of all shards together",
    settings: SETTINGS,
    steps: [
      ...Array.from({ length: 1024 }, (_, i) => ({
        in: query(i % SHARDS, "0-16").replace(/ id=\d/, ` id=${i}`),
        backend: BACKEND,
      })),
      { at: 1.999999999, in: query(2, "0-16").replace(/ id=\d/, " id=2000"), gives: "drop fragment-table-full -1" },
      { at: 2, in: query(2, "0-16").replace(/ id=\d/, " id=2000"), gives: forwarded(2) },
    ],
  },
  {
    name: "move no shard's clock but that of the one they go to; moving the plane's on moves all",
    settings: SETTINGS,
    change: timers({ udpIdleSeconds: 60 }),
    steps: [
      ...opened,
      { at: 100, in: query(5, "16-24"), gives: HELD },
      { at: 100, in: query(5, "0-16"), backend: BACKEND, gives: `forward new-flow ${flowOf(5)}` },
      { at: 10, in: query(4, "0-16"), gives: forwarded(4) },
      { at: 10, in: query(5, "24-32"), gives: forwarded(5) },
      { at: 69, in: query(4, "16-24"), gives: forwarded(4) },
      { at: 102.5, in: query(4, "24-32"), gives: HELD },
      { at: 105 },
    ],
    counters: { reasons: { "fragment-timeout": 1, "awaiting-fragment": undefined } },
  },
]);
