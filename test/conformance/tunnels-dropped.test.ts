import type { Tunnel } from "../../host/config/configuration.ts";
import { type Around, type Checksum, geneve, gre, nvgre, vxlan } from "../tunnel.ts";
import { checksumOf, wordSum } from "../reference/checksum.ts";
import { CLIENT, SIX, withIpv6 } from "./ipv6-kit.ts";
import { frameOf } from "./packet.ts";
import { type Step, table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";
const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63";
const TYPES: readonly Tunnel[] = [{ type: "vxlan" }, { type: "geneve" }, { type: "nvgre" }, { type: "gre" }];
const WRAP = { vxlan, geneve, nvgre, gre };
const OVER = [
  ["IPv4", false],
  ["IPv6", true],
] as const;
/** Header of GRE with a checksum. */
const SUMMED = 0x8000;
const FIRST = "fragment=0x2000";
const LATER = "fragment=0x0001";

const all = { settings: { tunnels: [...TYPES] } };
const within = (type: keyof typeof WRAP, around: Around = {}): Uint8Array => WRAP[type](frameOf(SYN), around);
const open = (frame: Uint8Array, more: Partial<Step> = {}): Step => ({
  frame,
  gives: "forward new-flow 0",
  out: [`provider ${SENT}`],
  ...more,
});
const again = (frame: Uint8Array, more: Partial<Step> = {}): Step => ({ frame, gives: "forward forwarded 0", ...more });
const fragment = (frame: Uint8Array): Step => ({ frame, gives: "drop tunnel-fragment -1", out: [] });
const damaged = (frame: Uint8Array, more: Partial<Step> = {}): Step => ({
  frame,
  gives: "drop tunnel-bad-checksum -1",
  out: [],
  ...more,
});
/** Headers of Ethernet, IP, UDP or GRE with a checksum, and what is in the tunnel. */
const summed = (checksum: Checksum, six: boolean): Uint8Array[] => [
  within("vxlan", { checksum, six }),
  within("geneve", { checksum, six, options: 8 }),
];

/** A right checksum around a packet at the end of the frame, whose own, `behind` bytes before that, is left to its sender's card. */
function offloaded(frame: Uint8Array, protocol: number, header: number, checksum: number, six = false): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset);
  const l4 = frame.length - header;
  const pseudo = wordSum(frame, l4 - (six ? 32 : 8), l4) + protocol + header;
  view.setUint16(l4 + checksum, 0xffff - checksumOf(pseudo));
  return frame;
}
/** The same: of a SYN, of a query, and of a SYN over IPv6. */
const OFFLOADED = [
  (wrap: (frame: Uint8Array) => Uint8Array) => offloaded(wrap(frameOf(SYN)), 6, 20, 16),
  (wrap: (frame: Uint8Array) => Uint8Array) => offloaded(wrap(frameOf("udp 10.1.0.9:5000 > 10.1.0.4:53")), 17, 8, 6),
  (wrap: (frame: Uint8Array) => Uint8Array) =>
    offloaded(wrap(frameOf(`tcp ${CLIENT}:5000 > ${SIX}:443 S`)), 6, 20, 16, true),
];
const SUMMED_WRAPS: ((frame: Uint8Array) => Uint8Array)[] = [
  (frame) => vxlan(frame, { checksum: "right" }),
  (frame) => geneve(frame, { checksum: "right", six: true }),
  (frame) => gre(frame, { flags: SUMMED }),
];

table("Fragments of tunnels' packets", [
  ...OVER.flatMap(([family, six]) => [
    ...TYPES.map(({ type }) => ({
      name: `${type} over ${family}: the first one is dropped, and concerns no endpoint`,
      ...all,
      steps: [fragment(within(type, { six, outer: FIRST })), open(within(type, { six }))],
      counters: { reasons: { "tunnel-fragment": 1 } },
    })),
    ...(["nvgre", "gre"] as const).map((type) => ({
      name: `${type} over ${family}: so is every other one, since protocol 47 tells it`,
      ...all,
      steps: [fragment(within(type, { six, outer: LATER })), fragment(within(type, { six, outer: "fragment=0x2002" }))],
    })),
    {
      name: `over ${family} later ones of UDP have no port, and are nobody's or whose they are`,
      ...all,
      steps: [
        { frame: within("vxlan", { six, outer: LATER }), gives: six ? "pass ipv6 -1" : "pass no-endpoint -1", out: [] },
        { in: "udp 172.31.0.1:1 > 10.1.0.4:4789 data=abcdefghijklmnop cut=8-16", gives: "held awaiting-fragment -1" },
      ],
    },
    {
      name: `over ${family} those of tunnels that are not opened are as any`,
      settings: { tunnels: [{ type: "geneve" as const }] },
      steps: (["vxlan", "gre"] as const).map((type) => ({
        frame: within(type, { six, outer: FIRST }),
        gives: six ? "pass ipv6 -1" : "pass no-endpoint -1",
      })),
    },
  ]),
  {
    name: "one whose port is not captured is not known to be a tunnel's",
    ...all,
    steps: [{ frame: within("vxlan", { outer: FIRST }), captured: 37, gives: "pass no-endpoint -1" }],
  },
  {
    name: "an atomic fragment over IPv6 is none",
    ...all,
    steps: [open(within("vxlan", { six: true, outer: "fragment=0" }))],
  },
  {
    name: "whatever settings.fragments says, and to an endpoint's address too",
    settings: { ...all.settings, fragments: "drop" },
    steps: [
      fragment(frameOf("udp 172.31.0.1:1 > 10.1.0.4:4789 data=abcdefghijklmnop cut=0-16")),
      { in: "udp 10.1.0.9:1 > 10.1.0.4:53 data=abcdefghijklmnop cut=0-16", gives: "drop fragment -1" },
    ],
    counters: { endpoints: { "shop-approved": { drops: { fragment: 1 } } } },
  },
]);

table("Checksums around tunnels", [
  ...OVER.flatMap(([family, six]) => [
    {
      name: `UDP over ${family}: none, a right one, and the pseudo-header's alone, which a card completes`,
      ...all,
      steps: (["none", "right", "partial"] as const)
        .flatMap((checksum) => summed(checksum, six))
        .map((frame, i) => (i === 0 ? open(frame) : again(frame))),
    },
    {
      name: `UDP over ${family}: a wrong one`,
      ...all,
      steps: summed("wrong", six).map((frame) => damaged(frame)),
      counters: { reasons: { "tunnel-bad-checksum": 2 }, flows: { created: 0 } },
    },
    {
      name: `GRE over ${family}: a right one and a wrong one`,
      ...all,
      steps: [
        open(within("gre", { flags: SUMMED, six })),
        damaged(within("gre", { flags: SUMMED, checksum: "wrong", six })),
        damaged(within("gre", { flags: SUMMED | 0x3000, id: 7, checksum: "wrong", six })),
      ],
    },
  ]),
  {
    name: "of the outer IPv4 header, whatever the tunnel; 0 is left to a card",
    ...all,
    steps: [
      ...TYPES.map(({ type }) => damaged(within(type, { outer: "ipsum=7" }))),
      open(within("nvgre", { outer: "ipsum=0 options=2" })),
      damaged(within("vxlan", { outer: "ipsum=7 options=2" })),
    ],
  },
  {
    name: "one that holds when the sender's card has made that of the packet inside (Linux: local checksum offload)",
    change: withIpv6,
    ...all,
    steps: SUMMED_WRAPS.flatMap((wrap, i) =>
      OFFLOADED.map((leaving, which) => ({
        frame: leaving(wrap),
        gives: i === 0 ? `forward new-flow ${which}` : `forward forwarded ${which}`,
      })),
    ),
    counters: { reasons: { "tunnel-bad-checksum": undefined } },
  },
  {
    name: "so does a packet over IPv6 in a plane that handles none",
    ...all,
    steps: SUMMED_WRAPS.map((wrap) => ({
      frame: (OFFLOADED[2] as (typeof OFFLOADED)[0])(wrap),
      gives: "pass ipv6 -1",
    })),
  },
  {
    name: "not when the packet inside has a checksum, right or wrong, nor when it is none that cards make one for",
    ...all,
    steps: [
      damaged(vxlan(frameOf(SYN), { checksum: "wrong" })),
      damaged(vxlan(frameOf(`${SYN} l4sum=7`), { checksum: "wrong" })),
      damaged(vxlan(frameOf("udp 10.1.0.9:5000 > 10.1.0.4:53 l4sum=0"), { checksum: "wrong" })),
      damaged(vxlan(frameOf(`${SYN} fragment=0x2000`), { checksum: "wrong" })),
      damaged(vxlan(new Uint8Array(60), { checksum: "wrong" })),
    ],
  },
  {
    name: "one that is not wholly captured says nothing",
    ...all,
    steps: [
      open(within("vxlan", { checksum: "wrong" }), { captured: 103, leaves: 53 }),
      again(within("gre", { flags: SUMMED, checksum: "wrong" }), { captured: 95, leaves: 53 }),
      damaged(within("vxlan", { outer: "ipsum=7" }), { captured: 103 }),
    ],
  },
  {
    name: "an offloaded packet's, whose length is 0, is the card's",
    ...all,
    steps: [
      open(within("vxlan", { checksum: "wrong", outer: "total=0" })),
      again(within("geneve", { checksum: "wrong", six: true, outer: "payload=0" })),
      again(within("gre", { flags: SUMMED, checksum: "wrong", outer: "total=0" })),
      damaged(within("vxlan", { outer: "total=0 ipsum=7" })),
    ],
  },
  {
    name: "UDP: over the bytes that its length says, all of the packet if that cannot be",
    ...all,
    steps: [
      open(within("vxlan", { outer: "trailer=4 total=94", checksum: "right" }), {
        out: [`provider ${SENT} trailer=4`],
      }),
      again(within("vxlan", { outer: "udplength=7", checksum: "right" })),
      damaged(within("vxlan", { outer: "udplength=7", checksum: "wrong" })),
    ],
  },
  {
    name: "what is not opened is passed as ever, right or wrong",
    ...all,
    steps: [
      { frame: within("vxlan", { flags: 0, checksum: "wrong" }), gives: "pass tunnel -1" },
      { frame: within("gre", { flags: SUMMED, checksum: "wrong", type: 0x880b }), gives: "pass tunnel -1" },
      { frame: within("vxlan", { port: 4790, checksum: "wrong" }), gives: "pass no-endpoint -1" },
    ],
  },
]);
