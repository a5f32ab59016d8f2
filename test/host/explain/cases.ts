// For each verdict reason a packet that is given it: what the plane is configured with, the packets before, and the packet itself.

import type { Configuration } from "../../../host/config/configuration.ts";
import { markChecked } from "../../../host/config/configuration.ts";
import { type Packet, type Plane, createPlane } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { client, identifying, OPENING, OTHER, OWN, part, sent } from "../../conformance/first-message-kit.ts";
import { echo, errorAbout, errorAbout6, type ErrorWords } from "../../conformance/icmp-kit.ts";
import { QUERY, REQUEST, timers } from "../../conformance/fragment-kit.ts";
import { CLIENT, DUAL, SIX, withIpv6 } from "../../conformance/ipv6-kit.ts";
import { frameOf } from "../../conformance/packet.ts";
import type { Step } from "../../conformance/table.ts";
import { clientHello } from "../../names/hello.ts";
import { vxlan } from "../../tunnel.ts";

/** A packet to be explained. */
export interface Case {
  /** Name of its files; the reason when absent. */
  name?: string;
  reason: string;
  change?: (configuration: Configuration) => void;
  /** The last one is explained. */
  steps: Step[];
  /** Instead of one packet a row of them, before the steps. */
  crowd?: Packet[];
}

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100";
/** A flow that the walk after a change takes first. */
const OTHERS = "tcp 10.1.0.8:5000 > 10.1.0.4:443 S";
const REPLY = "tcp 10.2.1.1:8443 > 10.2.0.10:1024";
const to = (host: number): string => `tcp 10.1.0.9:5000 > 10.1.0.${host}:443 S seq=100`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const get = (host: string, fields = ""): Uint8Array => bytes(`GET / HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`);
const hello = clientHello(OWN);
const asked = (reason: string, identify: "tls" | "http", ...parts: Uint8Array[]): Case => {
  let sequence = 101;
  const steps = parts.map((each): Step => {
    const step = { in: sent(each, sequence) };
    sequence += each.length;
    return step;
  });
  return { reason, change: identifying(identify), steps: [...OPENING, ...steps] };
};
const everyRequest = (configuration: Configuration): void => {
  identifying("http")(configuration);
  for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.everyRequest = true;
};
const withSettings =
  (settings: Partial<Configuration["settings"]>) =>
  (configuration: Configuration): void =>
    void Object.assign(configuration.settings, settings);
const frame = (text: string, change: (frame: Uint8Array) => Uint8Array): Step => ({ frame: change(frameOf(text)) });
const crowdOf = (count: number): Packet[] =>
  Array.from({ length: count }, (_, i) => ({
    frame: frameOf(`udp 10.100.${i >> 8}.${i & 255}:5000 > 10.1.0.4:53`),
    network: "shop",
    time: 0n,
  }));

const PLAIN: Case[] = [
  { reason: "ipv6-extension", change: withIpv6, steps: [{ in: `tcp ${CLIENT}:5000 > ${SIX}:443 S ext=60,0` }] },
  { reason: "forwarded", steps: [{ in: SYN }, { in: client("A seq=101 ack=901") }] },
  { reason: "new-flow", steps: [{ in: SYN }] },
  {
    reason: "mid-stream-admitted",
    change: withSettings({ midStream: "admit" }),
    steps: [{ in: client("PA seq=101 ack=901 data=hello") }],
  },
  { reason: "not-ip", steps: [frame(SYN, (f) => Uint8Array.from([...f.slice(0, 12), 0x08, 0x06, 0, 1]))] },
  { reason: "ipv6", steps: [frame(SYN, (f) => Uint8Array.from([...f.slice(0, 12), 0x86, 0xdd, 0x60]))] },
  { reason: "link-type", steps: [{ in: SYN, link: "other" }] },
  {
    reason: "vlan-depth",
    steps: [
      frame(SYN, (f) =>
        Uint8Array.from([...f.slice(0, 12), ...[0, 1, 2].flatMap(() => [0x81, 0, 0, 7]), ...f.slice(12)]),
      ),
    ],
  },
  { reason: "tunnel", steps: [{ in: "gre 10.1.0.9 > 10.1.0.1" }] },
  {
    reason: "tunnel-fragment",
    change: withSettings({ tunnels: [{ type: "vxlan" }] }),
    steps: [{ in: "udp 172.31.0.1:50000 > 172.31.0.2:4789 data=abcdefghijklmnop cut=0-16" }],
  },
  {
    reason: "tunnel-bad-checksum",
    change: withSettings({ tunnels: [{ type: "vxlan" }] }),
    steps: [frame(SYN, (f) => vxlan(f, { checksum: "wrong" }))],
  },
  { reason: "no-endpoint", steps: [{ in: "tcp 10.1.0.9:5000 > 20.60.1.2:443 S" }] },
  { reason: "truncated", steps: [{ in: SYN, captured: 33 }] },
  { reason: "bad-ip-header", steps: [frame(SYN, (f) => f.fill(0x44, 14, 15))] },
  { reason: "bad-ip-length", steps: [{ in: `${SYN} total=19` }] },
  { reason: "bad-tcp-header", steps: [{ in: `${SYN} offset=4` }] },
  { reason: "bad-udp-length", steps: [{ in: "udp 10.1.0.9:5000 > 10.1.0.4:53 udplength=7" }] },
  { reason: "icmp", steps: [{ in: "icmp 10.1.0.9 > 10.1.0.4 hex=0500000000000000" }] },
  { reason: "fragment", change: withSettings({ fragments: "drop" }), steps: [{ in: `${SYN} fragment=0x2000` }] },
  { reason: "protocol", steps: [{ in: "esp 10.1.0.9 > 10.1.0.4" }] },
  { reason: "spoofed-endpoint", steps: [{ in: "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA" }] },
  { reason: "ttl-expired", change: withSettings({ icmpTimeExceeded: true }), steps: [{ in: `${SYN} ttl=1` }] },
  { reason: "connection-pending", steps: [{ in: to(5) }, { in: to(5) }] },
  { reason: "connection-rejected", steps: [{ in: to(6) }] },
  { reason: "connection-disconnected", steps: [{ in: to(7) }] },
  { reason: "no-rule", steps: [{ in: "tcp 10.1.0.9:5000 > 10.1.0.4:22 S" }] },
  { reason: "mid-stream", steps: [{ in: client("PA seq=101 ack=901 data=hello") }] },
  {
    reason: "no-backend",
    change: (it) =>
      Object.assign(it.loadBalancers[0]?.backendAddressPools[0]?.backends[0] as object, { state: "down" }),
    steps: [{ in: SYN }],
  },
  {
    reason: "flow-table-full",
    change: withSettings({ maxFlows: 1 }),
    steps: [{ in: SYN }, { in: "tcp 10.1.0.9:5001 > 10.1.0.4:443 S" }],
  },
  {
    reason: "client-flows-full",
    change: withSettings({ maxFlowsPerClient: 1 }),
    steps: [{ in: SYN }, { in: "tcp 10.1.0.9:5001 > 10.1.0.4:443 S" }],
  },
  {
    reason: "nat-exhausted",
    change: withSettings({ maxFlows: 70_000 }),
    crowd: crowdOf(64_512),
    steps: [{ in: "udp 10.1.0.9:5001 > 10.1.0.4:53" }],
  },
  { reason: "no-flow", steps: [{ in: `${REPLY} SA seq=900 ack=101`, side: "provider" }] },
  { reason: "reply-unmatched", steps: [{ in: "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA", side: "captured" }] },
  {
    reason: "reply-refused",
    steps: [{ in: to(5) }, { in: "tcp 10.1.0.5:443 > 10.1.0.9:5000 SA", side: "captured" }],
  },
  {
    reason: "endpoint-unreachable",
    change: (it) => Object.assign(it.virtualNetworks[0] as object, { addressSpace: ["10.1.0.0/16"] }),
    steps: [{ in: "tcp 192.168.7.9:5000 > 10.1.0.4:443 S" }],
  },
  { reason: "martian-source", steps: [{ in: "tcp 169.254.0.1:5000 > 10.1.0.4:443 S" }] },
  {
    reason: "connection-refused",
    change: (it) => Object.assign(it.privateEndpoints[0] as object, { connectionState: "Refused" }),
    steps: [{ in: SYN }],
  },
  { reason: "endpoint-rule-denied", change: guarded, steps: [{ in: SYN }] },
  {
    reason: "connection-lost",
    steps: [
      { in: OTHERS },
      { in: SYN },
      { apply: (it) => Object.assign(it.privateEndpoints[0] as object, { connectionState: "Rejected" }) },
      { in: client("A seq=101 ack=901") },
    ],
  },
  {
    reason: "flow-withdrawn",
    steps: [
      { in: OTHERS },
      { in: SYN },
      { apply: (it) => void it.loadBalancers[0]?.loadBalancingRules.shift() },
      { in: client("A seq=101 ack=901") },
    ],
  },
  {
    reason: "backend-drained",
    steps: [{ in: OTHERS }, { in: SYN }, { apply: drains }, { in: client("A seq=101 ack=901") }],
  },
];

function drains({ loadBalancers }: Configuration): void {
  const [pool] = loadBalancers[0]?.backendAddressPools ?? [];
  if (pool === undefined) return;
  pool.drainPeriodInSeconds = 0;
  for (const backend of pool.backends) backend.state = "draining";
}

function guarded(configuration: Configuration): void {
  configuration.networkSecurityGroups = [
    {
      name: "guard",
      defaultRules: "cloud",
      securityRules: [
        {
          name: "not-the-tills",
          priority: 100,
          access: "Deny",
          protocol: "Tcp",
          sourceAddressPrefixes: ["10.1.0.8/29"],
          sourceApplicationSecurityGroups: [],
          destinationAddressPrefixes: [],
          destinationApplicationSecurityGroups: [],
          destinationPortRanges: ["443"],
        },
      ],
    },
  ];
  for (const endpoint of configuration.privateEndpoints) endpoint.networkSecurityGroup = "guard";
}

const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443 A seq=101 ack=901";
const unreachable = (inner: string, words: ErrorWords = {}): Step => ({
  in: errorAbout("10.2.1.1 > 10.2.0.10", inner, words),
  side: "provider",
});
const ICMP: Case[] = [
  { reason: "icmp-error", steps: [{ in: SYN }, unreachable(SENT, { code: 4, rest: 1400 })] },
  {
    name: "icmp-error-6-to-6",
    reason: "icmp-error",
    change: withIpv6,
    steps: [
      { in: `tcp ${CLIENT}:5000 > ${SIX}:443 S` },
      { in: errorAbout6(`${CLIENT} > ${SIX}`, `tcp ${SIX}:443 > ${CLIENT}:5000 SA`, { type: 3 }) },
    ],
  },
  {
    name: "icmp-error-6-to-4",
    reason: "icmp-error",
    change: withIpv6,
    steps: [{ in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S` }, unreachable(SENT, { code: 4, rest: 1400 })],
  },
  {
    name: "icmp-6-to-4",
    reason: "icmp",
    change: withIpv6,
    steps: [{ in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S` }, unreachable(SENT, { code: 14 })],
  },
  {
    name: "awaiting-fragment-6",
    reason: "awaiting-fragment",
    change: withIpv6,
    steps: [{ in: `udp ${CLIENT}:5000 > ${DUAL}:53 id=0x12345678 data=0123456789 cut=8-` }],
  },
  {
    name: "fragment-6-to-4",
    reason: "forwarded",
    change: withIpv6,
    steps: ["0-8", "8-"].map((part) => ({
      in: `udp ${CLIENT}:5000 > ${DUAL}:53 id=0x12345678 data=0123456789 cut=${part}`,
    })),
  },
  { reason: "icmp-malformed", steps: [{ in: SYN }, unreachable(SENT, { quoted: 7 })] },
  { reason: "icmp-bad-checksum", steps: [{ in: SYN }, unreachable(SENT, { wrong: 1 })] },
  { reason: "icmp-no-flow", steps: [unreachable(SENT)] },
  { reason: "icmp-echo", change: withSettings({ icmpEcho: "answer" }), steps: [{ in: echo("10.1.0.9 > 10.1.0.4") }] },
  {
    reason: "packet-too-big",
    change: withSettings({ packetTooBig: "answer" }),
    steps: [{ in: SYN }, { in: client(`A seq=101 ack=901 data=${"d".repeat(1461)}`) }],
  },
  {
    reason: "flow-expired",
    change: (it) => {
      for (const rule of it.loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
    },
    steps: [
      { in: SYN },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101", side: "provider" },
      { in: client("A seq=101 ack=901") },
      { in: client("A seq=101 ack=901"), at: 301 },
    ],
  },
  { reason: "reset-out-of-sequence", steps: [{ in: SYN }, { in: client("R seq=5000") }] },
];

/** Later fragments of so many datagrams. */
const laterOf = (count: number): Packet[] =>
  Array.from({ length: count }, (_, i) => packetOf({ in: QUERY.in("16-32", `id=${i + 1000}`) }));
const FRAGMENTED: Case[] = [
  { reason: "awaiting-fragment", steps: [{ in: QUERY.in("32-") }, { in: QUERY.in("16-32") }] },
  { reason: "fragment-malformed", steps: [{ in: SYN }, { in: REQUEST.in("24-48") }, { in: REQUEST.in("0-16") }] },
  { reason: "fragment-duplicate", steps: [{ in: QUERY.in("0-16") }, { in: QUERY.in("0-16") }] },
  { reason: "fragment-overlap", steps: [{ in: QUERY.in("16-32") }, { in: QUERY.in("8-24") }] },
  { reason: "fragment-table-full", crowd: laterOf(1024), steps: [{ in: QUERY.in("0-16") }] },
  { reason: "fragment-pool-full", crowd: laterOf(64), steps: [{ in: QUERY.in("16-32") }] },
  {
    reason: "fragment-timeout",
    change: timers({ udpIdleSeconds: 1, fragmentSeconds: 60 }),
    steps: [{ in: QUERY.in("0-16") }, { in: QUERY.in("16-32"), at: 5 }],
  },
];

const NAMED: Case[] = [
  asked("awaiting-name", "tls", part(hello, 0, 20)),
  asked("resource-denied", "tls", clientHello(OTHER)),
  asked("name-changed", "tls", hello, clientHello(OTHER)),
  asked("name-missing", "http", bytes("GET / HTTP/1.0\r\n\r\n")),
  asked("name-ambiguous", "http", get(OWN, `Host: ${OTHER}\r\n`)),
  {
    ...asked("name-encrypted", "tls", clientHello(OWN, { extensions: [0xfe0d] })),
    change: identifying("tls", { encryptedName: "deny" }),
  },
  asked("protocol-unexpected", "tls", bytes("SSH-2.0-client\r\n")),
  asked("http2-prior-knowledge", "http", bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
  asked("first-message-too-long", "tls", Uint8Array.from([0x16, 3, 1, 4, 0, 1, 0, 0x80, 0, 3, 3])),
  {
    reason: "segments-conflict",
    change: identifying("tls"),
    steps: [...OPENING, { in: sent(part(hello, 0, 20)) }, { in: sent(part(clientHello(OTHER), 8, 30), 109) }],
  },
  {
    reason: "hold-pool-full",
    change: identifying("tls", { holdSlots: 1 }),
    steps: [
      { in: "tcp 10.1.0.8:5000 > 10.1.0.4:443 S seq=100" },
      { in: "tcp 10.1.0.8:5000 > 10.1.0.4:443 PA seq=101 hex=1603" },
      ...OPENING.slice(0, 1),
      { in: sent(part(hello, 0, 20)) },
    ],
  },
  {
    reason: "request-ambiguous",
    change: everyRequest,
    steps: [...OPENING, { in: sent(get(OWN, "Content-Length: 1\r\nContent-Length: 2\r\n")) }],
  },
  { reason: "stream-opaque", change: everyRequest, steps: [...OPENING, { in: sent(get(OWN, "Upgrade: h2c\r\n")) }] },
  asked("held-retransmission", "tls", part(hello, 0, 20)),
  {
    reason: "udp-not-identified",
    change: identifying("tls"),
    steps: [{ in: "udp 10.1.0.9:1 > 10.1.0.4:53" }],
  },
];

/** Reasons that are no packet's verdict of the core's: of a replay, or counted afterwards. They are in replayed.ts. */
export const ELSEWHERE = ["tuple-taken", "first-message-incomplete"];

export const CASES: Case[] = [...PLAIN, ...ICMP, ...FRAGMENTED, ...NAMED].map((each) =>
  each.reason === "held-retransmission" ? { ...each, steps: [...each.steps, each.steps.at(-1) as Step] } : each,
);

/** Name of a case's files. */
export const nameOf = ({ name, reason }: Case): string => name ?? reason;

/** Runs a case up to its packet, and gives the plane and the packet. */
export async function prepared({ change, steps, crowd = [] }: Case): Promise<{ plane: Plane; packet: Packet }> {
  let configuration = baseConfiguration();
  change?.(configuration);
  const plane = await createPlane(markChecked(configuration));
  plane.process(crowd);
  for (const step of steps.slice(0, -1)) {
    if (step.apply === undefined) plane.process([packetOf(step)]);
    else {
      configuration = structuredClone(configuration);
      step.apply(configuration);
      plane.apply(markChecked(configuration));
    }
  }
  return { plane, packet: packetOf(steps.at(-1) as Step) };
}

function packetOf({ in: text = "", frame: own, captured, at = 0, side = "consumer", link = "ethernet" }: Step): Packet {
  const whole = own ?? frameOf(text, link);
  return {
    frame: whole.slice(0, captured ?? whole.length),
    wireLength: whole.length,
    side,
    link,
    network: side === "provider" ? "provider" : "shop",
    time: BigInt(at * 1e9),
  };
}
