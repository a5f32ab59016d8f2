import { errorAbout, TIME_EXCEEDED } from "./icmp-kit.ts";
import {
  ANSWER,
  ASKED,
  CAPTURED_ANSWER,
  captured,
  HANDSHAKE,
  held,
  provider,
  QUERY,
  REQUEST,
  RESPONSE,
  timers,
} from "./fragment-kit.ts";
import { type Step, table } from "./table.ts";

const HELD = "held awaiting-fragment -1";
const drops = (counts: Record<string, number | undefined>) => ({ endpoints: { "shop-approved": { drops: counts } } });
const parts = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i * 8}-${i * 8 + 8}`);
/** Enough for 65 parts of 8 bytes. */
const LONG = `udp 10.1.0.9:5000 > 10.1.0.4:53 id=7 data=${"x".repeat(512)}`;
const LONG_ANSWER = LONG.replace("10.1.0.9:5000 > 10.1.0.4:53", "10.2.1.1:5353 > 10.2.0.10:1024");

table("Fragments that no datagram takes", [
  {
    name: "without data, or with data that are no whole number of units and not the last: malformed",
    steps: [
      ...["0-0+", "8-8+", "16-16", "0-31", "16-25"].map((cut) => ({
        in: QUERY.in(cut),
        gives: "drop fragment-malformed -1",
        out: [],
      })),
      { in: ANSWER.in("16-31"), ...provider, gives: "drop fragment-malformed -1", out: [] },
      { in: CAPTURED_ANSWER.in("16-31"), ...captured, gives: "drop fragment-malformed -1", out: [] },
      // They left nothing behind.
      { in: QUERY.in("0-16"), gives: "forward new-flow 0" },
      { in: QUERY.in("16-"), gives: "forward forwarded 0" },
    ],
    counters: { reasons: { "fragment-malformed": 7 }, ...drops({ "fragment-malformed": 6 }) },
  },
  {
    name: "that would make a datagram longer than one can be, its header included",
    steps: [
      // From byte 65,504 on: 11 bytes end with byte 65,515, where 20 of header make 65,535.
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53 id=1 data=123 fragment=0x1ffc", gives: HELD },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53 id=2 data=1234 fragment=0x1ffc", gives: "drop fragment-malformed -1" },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53 id=3 fragment=0x1ffc options=1", gives: "drop fragment-malformed -1" },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53 id=3 fragment=0x1ffb options=1", gives: HELD },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53 id=4 fragment=0x3fff", gives: "drop fragment-malformed -1" },
    ],
  },
  {
    name: "at the end of their TTL: only the first one is answered (RFC 1122), and the datagram may go on",
    settings: { icmpTimeExceeded: true },
    steps: [
      { in: QUERY.in("16-24", "ttl=1"), gives: "drop ttl-expired -1", out: [] },
      {
        in: QUERY.in("0-16", "ttl=1"),
        gives: "drop ttl-expired -1",
        out: [
          `consumer/answer ${errorAbout(
            "10.1.0.4 > 10.1.0.9 tos=192 id=0 fragment=0 from=020000000002 to=020000000001",
            QUERY.in("0-16", "ttl=1"),
            { type: TIME_EXCEEDED, code: 0 },
          )}`,
        ],
      },
      { in: QUERY.in("16-24", "ttl=2"), gives: HELD },
      { in: QUERY.in("0-16", "ttl=2"), gives: "forward new-flow 0" },
      { in: QUERY.in("24-", "ttl=0"), gives: "drop ttl-expired -1", out: [] },
      { in: ANSWER.in("16-", "ttl=1"), ...provider, gives: "drop ttl-expired -1", out: [] },
      {
        in: ANSWER.in("0-16", "ttl=1"),
        ...provider,
        gives: "drop ttl-expired -1",
        out: [
          `provider/answer ${errorAbout(
            "10.2.0.10 > 10.2.1.1 tos=192 id=0 fragment=0 from=020000000002 to=020000000001",
            ANSWER.in("0-16", "ttl=1"),
            { type: TIME_EXCEEDED, code: 0 },
          )}`,
        ],
      },
    ],
    counters: { generated: { icmp: 2 }, ...drops({ "ttl-expired": 3 }) },
  },
  {
    name: "of captured replies that came with TTL 0, or with one that crossed no hop",
    settings: { icmpTimeExceeded: true },
    steps: [
      ...ASKED,
      ...["0-16", "16-"].flatMap((cut): Step[] => [
        { in: CAPTURED_ANSWER.in(cut, "ttl=0"), ...captured, gives: "drop ttl-expired -1", out: [] },
        { in: CAPTURED_ANSWER.in(cut, "ttl=255"), ...captured, gives: "drop reply-unmatched -1", out: [] },
      ]),
      { in: CAPTURED_ANSWER.in("0-16"), ...captured, gives: "forward forwarded 0" },
    ],
    counters: drops({ "ttl-expired": 2, "reply-unmatched": 2 }),
  },
  {
    name: "when 1,024 others are there: until one of them is dead",
    steps: [
      ...Array.from({ length: 1023 }, (_, i) => ({ in: QUERY.in("0-16", `id=${i}`) })),
      // Refused ones take room too.
      { in: REQUEST.in("8-24"), gives: "drop fragment-malformed -1" },
      { at: 1.999999999, in: QUERY.in("0-16", "id=2000"), gives: "drop fragment-table-full -1", out: [] },
      { at: 1.999999999, in: ANSWER.in("0-16"), ...provider, gives: "drop fragment-table-full -1", out: [] },
      { at: 1.999999999, in: CAPTURED_ANSWER.in("0-16"), ...captured, gives: "drop fragment-table-full -1" },
      { at: 1.999999999, in: QUERY.in("16-", "id=5"), gives: "forward forwarded 0" },
      { at: 1.999999999, in: QUERY.in("0-16", "id=2000"), gives: "forward forwarded 0" },
      { at: 1.999999999, in: QUERY.in("0-16", "id=2001"), gives: "drop fragment-table-full -1" },
      { at: 2, in: QUERY.in("0-16", "id=2001"), gives: "forward forwarded 0" },
    ],
    counters: { reasons: { "fragment-table-full": 4 }, ...drops({ "fragment-table-full": 3 }) },
  },
]);

table("Fragments that come again, or contradict others", [
  {
    name: "the same stretch again is a duplicate, held or not, and harms nothing",
    steps: [
      { in: QUERY.in("16-24"), gives: HELD },
      { in: QUERY.in("16-24"), gives: "drop fragment-duplicate -1", out: [] },
      { in: QUERY.in("0-16"), gives: "forward new-flow 0", out: [QUERY.out("0-16"), held(QUERY.out("16-24"))] },
      { in: QUERY.in("0-16"), gives: "drop fragment-duplicate -1", out: [] },
      { in: QUERY.in("16-24"), gives: "drop fragment-duplicate -1", out: [] },
      { in: QUERY.in("24-"), gives: "forward forwarded 0" },
    ],
    counters: drops({ "fragment-duplicate": 3 }),
  },
  ...(
    [
      ["an overlap in front", ["16-32", "8-24"]],
      ["an overlap behind", ["16-32", "24-40"]],
      ["one within another", ["16-40", "24-32"]],
      ["one around another", ["24-32", "16-40"]],
      ["the same beginning", ["16-32", "16-24"]],
      ["the same end", ["16-32", "24-32"]],
      ["one behind the end", ["32-40 last", "40-48"]],
      ["another end, further on", ["32-40 last", "40-45 last"]],
      ["another end, before", ["40-48 last", "24-32 last"]],
      ["an end before what came", ["32-40", "24-32 last"]],
    ] as [string, string[]][]
  ).map(([name, cuts]) => ({
    name: `${name} refuses the datagram (RFC 5722)`,
    steps: cuts.map((cut, i) => ({
      in: shaped(cut),
      gives: i < cuts.length - 1 ? HELD : "drop fragment-overlap -1",
      out: [],
    })),
    counters: {
      reasons: { "fragment-overlap": cuts.length, "awaiting-fragment": undefined },
      ...drops({ "fragment-overlap": cuts.length }),
    },
  })),
  {
    name: "a datagram that is refused stays so, for its first fragment too, until it is dead",
    steps: [
      { in: QUERY.in("16-32"), gives: HELD },
      { in: QUERY.in("24-32"), gives: "drop fragment-overlap -1" },
      { at: 1.999999999, in: QUERY.in("0-16"), gives: "drop fragment-overlap -1", out: [] },
      { at: 1.999999999, in: QUERY.in("16-32"), gives: "drop fragment-overlap -1" },
      { at: 2, in: QUERY.in("0-16"), gives: "forward new-flow 0", out: [QUERY.out("0-16")] },
    ],
    counters: { flows: { created: 1, denied: 0 }, ...drops({ "fragment-overlap": 4 }) },
  },
  {
    name: "of an answer count at no endpoint, of a captured one at the source's",
    steps: [
      { in: ANSWER.in("16-32"), ...provider, gives: HELD },
      { in: ANSWER.in("24-"), ...provider, gives: "drop fragment-overlap -1" },
      { in: CAPTURED_ANSWER.in("16-32"), ...captured, gives: HELD },
      { in: CAPTURED_ANSWER.in("24-"), ...captured, gives: "drop fragment-overlap -1" },
    ],
    counters: { reasons: { "fragment-overlap": 4 }, ...drops({ "fragment-overlap": 2 }) },
  },
  {
    name: "64 stretches make a datagram, the 65th refuses it",
    steps: [
      ...parts(63).map((cut, i) => ({
        in: `${LONG} cut=${cut}`,
        gives: i === 0 ? "forward new-flow 0" : "forward forwarded 0",
      })),
      { in: `${LONG} cut=504-`, gives: "forward forwarded 0" },
      // Complete, so gone.
      ...parts(64).map((cut) => ({ in: `${LONG} cut=${cut}`, gives: "forward forwarded 0" })),
      { in: `${LONG} cut=0-8`, gives: "drop fragment-duplicate -1" },
      { in: `${LONG} cut=512-`, gives: "drop fragment-table-full -1", out: [] },
      { in: `${LONG} cut=0-8`, gives: "drop fragment-table-full -1", out: [] },
    ],
    counters: drops({ "fragment-table-full": 2 }),
  },
]);

table("First fragments that refuse their datagram", [
  {
    name: "too small for a TCP header (RFC 1858)",
    steps: [
      ...HANDSHAKE,
      { in: REQUEST.in("24-"), gives: HELD },
      { in: REQUEST.in("0-16"), gives: "drop fragment-malformed -1", out: [] },
      { in: REQUEST.in("0-24"), gives: "drop fragment-malformed -1", out: [] },
    ],
    counters: { ...drops({ "fragment-malformed": 3 }), reasons: { "awaiting-fragment": undefined } },
  },
  {
    name: "cut before the end of the header that is needed",
    steps: [
      ...HANDSHAKE,
      { in: REQUEST.in("0-24"), captured: 53, gives: "drop truncated -1", out: [] },
      { in: REQUEST.in("24-"), gives: "drop truncated -1" },
      { in: REQUEST.in("0-24", "id=6"), captured: 54, gives: "forward forwarded 0" },
      { in: QUERY.in("0-8"), captured: 41, gives: "drop truncated -1", out: [] },
      { in: RESPONSE.in("0-24"), captured: 34, ...provider, gives: "drop truncated -1", out: [] },
      { in: RESPONSE.in("24-"), ...provider, gives: "drop truncated -1", out: [] },
    ],
    counters: { reasons: { truncated: 5 }, ...drops({ truncated: 3 }) },
  },
  {
    name: "whose TCP header is none, or does not fit into them",
    steps: [
      ...HANDSHAKE,
      { in: REQUEST.in("0-24", "offset=4"), gives: "drop bad-tcp-header -1", out: [] },
      { in: REQUEST.in("24-"), gives: "drop bad-tcp-header -1" },
      { in: REQUEST.in("0-24", "id=6 offset=7"), gives: "drop bad-tcp-header -1" },
      { in: REQUEST.in("0-24", "id=5 offset=6"), gives: "forward forwarded 0" },
    ],
    counters: drops({ "bad-tcp-header": 3 }),
  },
  {
    name: "whose UDP length is none; what it says beside that is the whole datagram's",
    steps: [
      { in: QUERY.in("0-8", "udplength=7"), gives: "drop bad-udp-length -1", out: [] },
      { in: QUERY.in("8-"), gives: "drop bad-udp-length -1" },
      { in: QUERY.in("0-8", "id=6 udplength=0"), gives: "drop bad-udp-length -1" },
      { in: QUERY.in("0-8", "id=5 udplength=0 total=0"), gives: "drop bad-udp-length -1" },
      { in: QUERY.in("0-8", "id=4 udplength=8"), gives: "forward new-flow 0" },
      { in: QUERY.in("0-8", "id=3 udplength=65535"), gives: "forward forwarded 0" },
    ],
    counters: drops({ "bad-udp-length": 4 }),
  },
  {
    name: "of a tuple that is refused: one denied flow, which counts the first one",
    steps: [
      { in: pending(QUERY.in("16-24")), gives: HELD },
      { in: pending(QUERY.in("0-16")), gives: "drop connection-pending 1000", out: [] },
      { in: pending(QUERY.in("24-")), gives: "drop connection-pending -1", out: [] },
      { in: pending(QUERY.in("0-16", "id=6")), gives: "drop connection-pending 1000" },
      { in: QUERY.in("0-16").replace(":53", ":54"), gives: "drop no-rule 1001" },
    ],
    counters: {
      flows: { denied: 2 },
      reasons: { "awaiting-fragment": undefined },
      endpoints: { "shop-pending": { drops: { "connection-pending": 4 } } },
    },
    check: (plane) => {
      const [denied] = plane.flows();
      if (denied?.toService.packets !== 2) throw new Error("The denied flow did not count its first fragments.");
    },
  },
  {
    name: "of a connection whose beginning was not seen, or of no flow",
    settings: { midStream: "drop" },
    steps: [
      { in: REQUEST.in("0-24"), gives: "drop mid-stream 1000" },
      { in: REQUEST.in("24-"), gives: "drop mid-stream -1" },
      { in: RESPONSE.in("24-"), ...provider, gives: HELD },
      { in: RESPONSE.in("0-24"), ...provider, gives: "drop no-flow -1", out: [] },
      { in: RESPONSE.in("24-"), ...provider, gives: "drop no-flow -1", out: [] },
    ],
    counters: { reasons: { "no-flow": 3 }, ...drops({ "mid-stream": 2, "no-flow": undefined }) },
  },
  {
    name: "of a captured reply whose request was refused, or is not there",
    steps: [
      { in: pending("udp 10.1.0.9:5000 > 10.1.0.4:53"), gives: "drop connection-pending" },
      { in: pending(CAPTURED_ANSWER.in("0-16")), ...captured, gives: "drop reply-refused -1", out: [] },
      { in: pending(CAPTURED_ANSWER.in("16-")), ...captured, gives: "drop reply-refused -1", out: [] },
      { in: CAPTURED_ANSWER.in("16-"), ...captured, gives: HELD },
      { in: CAPTURED_ANSWER.in("0-16"), ...captured, gives: "drop reply-unmatched -1", out: [] },
    ],
    counters: {
      endpoints: {
        "shop-pending": { drops: { "reply-refused": 2 } },
        "shop-approved": { drops: { "reply-unmatched": 2 } },
      },
    },
  },
  {
    name: "that must not be cut further and are too big",
    settings: { packetTooBig: "drop" },
    change: ({ virtualNetworks }) => {
      for (const network of virtualNetworks) network.mtu = 576;
    },
    steps: [
      { in: `${LONG} cut=0-512`, gives: "forward new-flow 0" },
      { in: `${LONG} cut=512- fragment=0x4000`, gives: "forward forwarded 0" },
      { in: `${LONG}${"x".repeat(100)} cut=0-560 fragment=0x4000`, gives: "drop packet-too-big 0", out: [] },
      { in: `${LONG}${"x".repeat(100)} cut=560- fragment=0x4000`, gives: "drop packet-too-big -1", out: [] },
      { in: `${LONG}${"x".repeat(600)} id=6 cut=560-1120 fragment=0x4000`, gives: HELD },
      { in: `${LONG}${"x".repeat(600)} id=6 cut=0-560 fragment=0`, gives: "forward forwarded 0" },
    ],
    counters: drops({ "packet-too-big": 2 }),
  },
]);

table("Later fragments that refuse their datagram", [
  {
    name: "those that would reach into a TCP header (RFC 3128)",
    steps: [
      ...HANDSHAKE,
      { in: REQUEST.in("0-24"), gives: "forward forwarded 0" },
      { in: REQUEST.in("8-16", "id=6"), gives: "drop fragment-malformed -1", out: [] },
      { in: REQUEST.in("0-24", "id=6"), gives: "drop fragment-malformed -1", out: [] },
      { in: REQUEST.in("16-", "id=5"), gives: "drop fragment-malformed -1", out: [] },
      { in: QUERY.in("8-16"), gives: HELD },
    ],
    counters: drops({ "fragment-malformed": 3 }),
  },
  {
    name: "the 65th that would be held; what a datagram held is given back with it",
    steps: [
      ...parts(41)
        .slice(1)
        .map((cut) => ({ in: `${LONG} cut=${cut}`, gives: HELD })),
      ...parts(25)
        .slice(1)
        .map((cut) => ({ in: `${LONG_ANSWER} cut=${cut}`, ...provider, gives: HELD })),
      { in: QUERY.in("16-", "id=6"), gives: "drop fragment-pool-full -1", out: [] },
      { in: QUERY.in("0-16", "id=6"), gives: "drop fragment-pool-full -1", out: [] },
      { in: `${LONG} cut=400-408`, gives: "drop fragment-pool-full -1", out: [] },
      // 40 places are free again.
      ...parts(41)
        .slice(1)
        .map((cut) => ({ in: `${LONG} id=5 cut=${cut}`, gives: HELD })),
      { in: QUERY.in("16-", "id=4"), gives: "drop fragment-pool-full -1" },
      { in: `${LONG} id=5 cut=0-8`, gives: "forward new-flow 0" },
      { in: QUERY.in("16-", "id=3"), gives: HELD },
    ],
    counters: {
      reasons: { "fragment-pool-full": 44, "awaiting-fragment": 25 },
      ...drops({ "fragment-pool-full": 44 }),
    },
  },
  {
    name: "that are larger than a place, as far as they are captured",
    steps: [
      { in: large(9182), gives: HELD },
      { in: large(9183, "id=6"), gives: "drop fragment-pool-full -1", out: [] },
      { in: large(9183, "id=5"), captured: 9216, gives: HELD },
      { in: large(9182, "id=4 trailer=1"), gives: "drop fragment-pool-full -1", out: [] },
      { in: large(9183, "id=3").replace("cut=8-", "cut=0-8"), gives: "forward new-flow 0" },
      { in: large(9183, "id=3"), gives: "forward forwarded 0" },
    ],
  },
]);

table("Held fragments that are let down", [
  {
    name: "count where their datagram does, and are not held any more",
    change: timers({ fragmentSeconds: 1 }),
    steps: [
      { in: QUERY.in("16-24"), gives: HELD },
      { in: ANSWER.in("16-24"), ...provider, gives: HELD },
      { in: CAPTURED_ANSWER.in("16-24"), ...captured, gives: HELD },
      { at: 1 },
    ],
    counters: {
      reasons: { "fragment-timeout": 3, "awaiting-fragment": undefined },
      ...drops({ "fragment-timeout": 2 }),
    },
  },
]);

/** A fragment, the last or not. */
function shaped(cut: string): string {
  const [stretch = "", last] = cut.split(" ");
  const to = Number(stretch.split("-")[1]);
  return `udp 10.1.0.9:5000 > 10.1.0.4:53 id=7 data=${"x".repeat(to - 8)} cut=${stretch}${last === undefined ? "+" : ""}`;
}

/** To the endpoint whose connection is pending, or from it. */
function pending(text: string): string {
  return text.replace("10.1.0.4:", "10.1.0.5:");
}

/** A fragment with so many bytes behind its IP header, from byte 8 on. */
function large(bytes: number, words = ""): string {
  return `udp 10.1.0.9:5000 > 10.1.0.4:53 id=7 data=${"x".repeat(bytes)} cut=8- ${words}`;
}
