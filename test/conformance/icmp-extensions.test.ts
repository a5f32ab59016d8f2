// Extensions of ICMP errors (RFC 4884) about packets of flows 6 to 4: they go on behind a packet that the other family's length can tell
// (docs/behaviour.md, section 25).

import { errorAbout, errorAbout6, PARAMETER_PROBLEM, TIME_EXCEEDED, UNREACHABLE } from "./icmp-kit.ts";
import { CLIENT, DUAL, table6 as table } from "./ipv6-kit.ts";
import type { Step } from "./table.ts";

const ROUTER = "[fd00:1::1]";
const NAT = "10.2.0.10";
const BACKEND = "10.2.1.1";
const PROVIDER_ROUTER = "10.2.0.1";
const provider = "provider" as const;
const REQUEST = `tcp ${CLIENT}:5000 > ${DUAL}:443`;
const SENT = `tcp ${NAT}:1024 > ${BACKEND}:8443`;
const REPLY = `tcp ${BACKEND}:8443 > ${NAT}:1024`;
const GIVEN = `tcp ${DUAL}:443 > ${CLIENT}:5000`;
/** Headers of the packets in the errors, TCP's included. */
const FOUR = 40;
const SIX = 60;
/** Version 2, checksum, an object with a stack of MPLS labels (RFC 4950). */
const EXTENSIONS = [0x20, 0, 0xd6, 0xf5, 0, 8, 1, 1, 0x12, 0x34, 0x51, 0xff];
/** Lengths as the families write them, of bytes. */
const inFour = (bytes: number): number => (bytes / 4) * 2 ** 16;
const inSix = (bytes: number): number => (bytes / 8) * 2 ** 24;
const LEAST = 128;

const handshake: Step[] = [
  { in: `${REQUEST} S seq=100`, gives: "forward new-flow 0" },
  { in: `${REPLY} SA seq=900 ack=101`, side: provider, gives: "forward forwarded 0" },
];

/** Bytes that differ from each other and from zeros. */
const payload = (bytes: number): number[] => Array.from({ length: bytes }, (_, i) => (i % 250) + 1);
const zeros = (bytes: number): number[] => Array.from({ length: bytes }, () => 0);
const behind = (...parts: number[][]): { behind: Uint8Array } => ({ behind: Uint8Array.from(parts.flat()) });
/** Extensions of so many bytes, an object that no one knows in them. */
const many = (bytes: number): number[] => [0x20, 0, 0, 0, ...payload(bytes - 4)];

interface Words {
  type?: number;
  code?: number;
  rest?: number;
  behind?: Uint8Array;
}

/** An error of the provider's side, and what the client is told. */
function told(words: Words, says: Words, { inner = "", outer = "", gives = "" } = {}): Step {
  return {
    in: errorAbout(`${PROVIDER_ROUTER} > ${NAT}${outer}`, `${SENT} A${inner}`, words),
    side: provider,
    gives: "forward icmp-error 0",
    out: [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63${gives}`, `${REQUEST} A`, says)}`],
  };
}

/** An error of the consumer's side, and what the backend is told. */
function toldBack(words: Words, says: Words, { outer = "", gives = "" } = {}): Step {
  return {
    in: errorAbout6(`${ROUTER} > ${DUAL}${outer}`, `${GIVEN} A`, words),
    gives: "forward icmp-error 0",
    out: [`provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63${gives}`, `${REPLY} A id=0`, says)}`],
  };
}

table("Extensions of an ICMP error of 6 to 4", [
  {
    name: "to IPv6: the length is in units of 8 bytes, and the packet is padded to them",
    steps: [
      ...handshake,
      told(
        { rest: inFour(LEAST), ...behind(zeros(LEAST - FOUR), EXTENSIONS) },
        { rest: inSix(152), ...behind(zeros(152 - SIX), EXTENSIONS) },
      ),
      told(
        { type: TIME_EXCEEDED, code: 0, rest: inFour(132), ...behind(payload(132 - FOUR), EXTENSIONS) },
        { type: 3, rest: inSix(152), ...behind(payload(152 - SIX), EXTENSIONS) },
      ),
    ],
  },
  {
    name: "to IPv4: the length is in units of 4 bytes, and the packet is padded to the 128 bytes that it has at least",
    steps: [
      ...handshake,
      toldBack(
        { rest: inSix(LEAST), ...behind(payload(LEAST - SIX), EXTENSIONS) },
        { rest: inFour(LEAST), ...behind(payload(LEAST - SIX), zeros(20), EXTENSIONS) },
      ),
      toldBack(
        { type: 3, rest: inSix(160), ...behind(payload(160 - SIX), EXTENSIONS) },
        { type: TIME_EXCEEDED, code: 0, rest: inFour(140), ...behind(payload(140 - FOUR), EXTENSIONS) },
      ),
    ],
  },
  {
    name: "options that are left out make the packet shorter: it is padded to 128 bytes",
    steps: [
      ...handshake,
      told(
        { rest: inFour(LEAST), ...behind(payload(LEAST - FOUR - 40), EXTENSIONS) },
        { rest: inSix(LEAST), ...behind(payload(LEAST - FOUR - 40), zeros(20), EXTENSIONS) },
        { inner: " options=10" },
      ),
    ],
  },
  {
    name: "a trailer stays behind them, and they may have an odd number of bytes",
    steps: [
      ...handshake,
      told(
        { rest: inFour(LEAST), ...behind(payload(LEAST - FOUR), many(7)) },
        { rest: inSix(152), ...behind(payload(LEAST - FOUR), zeros(4), many(7)) },
        { outer: " trailer=5", gives: " trailer=5" },
      ),
      toldBack(
        { rest: inSix(LEAST), ...behind(payload(LEAST - SIX), many(7)) },
        { rest: inFour(LEAST), ...behind(payload(LEAST - SIX), zeros(20), many(7)) },
        { outer: " trailer=5", gives: " trailer=5" },
      ),
    ],
  },
  {
    name: "the packet is cut to what the length can tell, and to 1,280 bytes in all, and they are not",
    steps: [
      ...handshake,
      toldBack(
        { rest: inSix(1200), ...behind(payload(1200 - SIX), EXTENSIONS) },
        { rest: inFour(1020), ...behind(payload(1020 - FOUR), EXTENSIONS) },
      ),
      told(
        { rest: inFour(1020), ...behind(payload(1020 - FOUR), many(300)) },
        { rest: inSix(928), ...behind(payload(928 - SIX), many(300)) },
      ),
      told(
        { rest: inFour(LEAST), ...behind(payload(LEAST - FOUR), many(1104)) },
        { rest: inSix(LEAST), ...behind(payload(LEAST - SIX), many(1104)) },
      ),
    ],
  },
  {
    name: "they are left out where the other family's error has no length, or they leave it no room",
    steps: [
      ...handshake,
      told(
        { type: UNREACHABLE, code: 4, rest: inFour(LEAST) + 1400, ...behind(payload(LEAST - FOUR), EXTENSIONS) },
        { type: 2, rest: 1420, ...behind(payload(LEAST - FOUR)) },
        { outer: " trailer=5" },
      ),
      told(
        { type: PARAMETER_PROBLEM, code: 0, rest: inFour(LEAST) + 9 * 2 ** 24, ...behind(payload(88), EXTENSIONS) },
        { type: 4, rest: 6, ...behind(payload(88)) },
      ),
      told({ rest: inFour(LEAST), ...behind(payload(LEAST - FOUR), many(1105)) }, { ...behind(payload(LEAST - FOUR)) }),
    ],
  },
  {
    name: "what is none stays as it is, and the length becomes 0",
    steps: [
      ...handshake,
      ...[
        { rest: inFour(124), bytes: [...payload(84), ...EXTENSIONS] },
        { rest: inFour(LEAST), bytes: [...payload(88), 0x10, ...EXTENSIONS.slice(1)] },
        { rest: inFour(LEAST), bytes: [...payload(88), 0x20, 0, 0] },
        { rest: inFour(1000), bytes: [...payload(88), ...EXTENSIONS] },
        { rest: 0, bytes: [...payload(88), ...EXTENSIONS] },
      ].map(({ rest, bytes }) => told({ rest, ...behind(bytes) }, behind(bytes))),
      toldBack(
        { type: 3, rest: inSix(120), ...behind(payload(60), EXTENSIONS) },
        {
          type: TIME_EXCEEDED,
          code: 0,
          ...behind(payload(60), EXTENSIONS),
        },
      ),
    ],
  },
  {
    name: "not all captured: what there is leaves, with a length of 0",
    steps: [
      ...handshake,
      {
        ...told(
          { rest: inFour(LEAST), ...behind(zeros(LEAST - FOUR), EXTENSIONS) },
          { ...behind(zeros(LEAST - FOUR), EXTENSIONS) },
        ),
        captured: 14 + 20 + 8 + LEAST,
        leaves: 14 + 40 + 8 + LEAST + 20,
      },
    ],
  },
  {
    name: "captured at the client: turned back likewise",
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${DUAL} > ${CLIENT} ttl=60`, `${REQUEST} A`, {
          code: 4,
          rest: inSix(LEAST),
          ...behind(payload(LEAST - SIX), EXTENSIONS),
        }),
        side: "captured",
        network: "shop",
        gives: "forward icmp-error 0",
        out: [
          `provider ${errorAbout(`${BACKEND} > ${NAT} id=0 ttl=61`, `${SENT} A id=0`, { code: 3, rest: inFour(LEAST), ...behind(payload(LEAST - SIX), zeros(20), EXTENSIONS) })}`,
        ],
      },
    ],
  },
]);
