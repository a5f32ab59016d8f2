import type { Configuration, Tunnel } from "../../host/config/configuration.ts";
import { type Around, geneve, gre, nvgre, vxlan } from "../tunnel.ts";
import { frameOf } from "./packet.ts";
import { type Row, type Step, table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";
const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63";
const TYPES: readonly Tunnel[] = [{ type: "vxlan" }, { type: "geneve" }, { type: "nvgre" }, { type: "gre" }];
const WRAP = { vxlan, geneve, nvgre, gre };
const IPV4 = 0x0800;
const LAB_VNI = 5000;

const all = { settings: { tunnels: [...TYPES] } };
const only = (...tunnels: Tunnel[]): Pick<Row, "settings"> => ({ settings: { tunnels } });
const identified = (configuration: Configuration): void => {
  (configuration.virtualNetworks[1] as { vni?: number }).vni = LAB_VNI;
};
const within = (type: keyof typeof WRAP, around: Around = {}, text = SYN): Uint8Array =>
  WRAP[type](frameOf(text), around);
const raw = (type: "geneve" | "gre", around: Around = {}): Uint8Array =>
  WRAP[type](frameOf(SYN, "raw"), { type: IPV4, ...around });
const closed = (frame: Uint8Array): Step => ({ frame, gives: "pass tunnel -1", out: [] });
const open = (frame: Uint8Array): Step => ({ frame, gives: "forward new-flow 0", out: [`provider ${SENT}`] });

table("Tunnels", [
  ...TYPES.map(({ type }) => ({
    name: `${type}: what is in it is translated, and leaves without what was around it`,
    ...only({ type }),
    steps: [
      open(within(type)),
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA", side: "provider" as const, gives: "forward forwarded 0" },
      { frame: within(type, {}, "tcp 10.1.0.9:5000 > 10.1.0.4:443 A"), gives: "forward forwarded 0" },
    ],
    counters: { endpoints: { "shop-approved": { toService: { packets: 2, bytes: 108 } } } },
  })),
  ...TYPES.map(({ type }) => ({
    name: `${type} is left closed unless it is listed`,
    // What is NVGRE is GRE too.
    ...only(...TYPES.filter((other) => other.type !== type && (type !== "nvgre" || other.type !== "gre"))),
    steps: [
      { frame: within(type, type === "gre" ? { flags: 0x1000 } : {}), out: [] },
      ...(type === "gre" ? [closed(within("gre", { flags: 0x1000 }))] : []),
    ],
    counters: { flows: { created: 0 } },
  })),
  {
    name: "none is opened when none is listed",
    steps: [
      { frame: within("vxlan"), gives: "pass no-endpoint -1", out: [] },
      { frame: within("gre"), gives: "pass tunnel -1", out: [] },
    ],
  },
  ...TYPES.map(({ type }) => ({
    name: `${type} over IPv6, with extension headers before it, in a plane that handles no IPv6`,
    ...only({ type }),
    steps: [
      open(within(type, { six: true })),
      { frame: within(type, { six: true, outer: "ext=0,60 vlan=99" }), gives: "forward forwarded 0" },
    ],
  })),
  {
    name: "an outer IPv6 packet that is no tunnel's, or not sound, is passed in such a plane as any other",
    ...all,
    steps: [
      { in: "udp [2001:db8::1]:50000 > [2001:db8::2]:4790", gives: "pass ipv6 -1" },
      { frame: within("vxlan", { six: true, outer: "ext=44" }), gives: "pass ipv6 -1" },
      { frame: within("vxlan", { six: true, outer: "payload=4000" }), gives: "pass ipv6 -1" },
      { frame: within("vxlan", { six: true, flags: 0 }), gives: "pass tunnel -1" },
      { frame: within("vxlan", { six: true }), captured: 57, gives: "pass ipv6 -1" },
      { frame: within("vxlan", { six: true }), captured: 64, gives: "drop truncated -1" },
    ],
  },
  ...(["geneve", "gre"] as const).map((type) => ({
    name: `${type}: a packet without a link header`,
    ...all,
    steps: [{ frame: raw(type), gives: "forward new-flow 0", leaves: 40 }],
    counters: { endpoints: { "shop-approved": { toService: { packets: 1, bytes: 40 } } } },
  })),
  {
    name: "VXLAN of a port of its own, beside that of the standard",
    ...only({ type: "vxlan" }, { type: "vxlan", port: 8472 }),
    steps: [
      open(within("vxlan")),
      { frame: within("vxlan", { port: 8472 }), gives: "forward forwarded 0" },
      { frame: within("vxlan", { port: 8473 }), gives: "pass no-endpoint -1" },
    ],
  },
  {
    name: "options of GENEVE are skipped",
    ...all,
    steps: [open(within("geneve", { options: 252 })), { frame: within("geneve", { options: 4 }) }],
    counters: { reasons: { "new-flow": 1, forwarded: 1 } },
  },
  {
    name: "checksum, key and sequence number of GRE are skipped, in any combination",
    ...only({ type: "gre" }),
    steps: [0, 0x8000, 0x2000, 0x1000, 0xa000, 0x9000, 0x3000, 0xb000].map((flags, i) => ({
      frame: within("gre", { flags, id: 1 }),
      gives: i === 0 ? "forward new-flow 0" : "forward forwarded 0",
    })),
  },
  {
    name: "tags and options around it change nothing",
    ...all,
    steps: [open(within("vxlan", { outer: "vlan=99 options=3 ttl=1 tos=7" }))],
  },
  {
    name: "what the outer frame has behind its total length is no part of it",
    ...all,
    steps: [{ ...open(within("vxlan", { outer: "trailer=9" })) }],
  },
]);

table("Tunnels and networks", [
  ...(["vxlan", "geneve", "nvgre"] as const).map((type) => ({
    name: `${type}: the identifier names the network`,
    ...all,
    change: identified,
    steps: [
      { frame: within(type, { id: LAB_VNI }), network: "shop" },
      { frame: within(type, { id: LAB_VNI + 1 }), network: "shop" },
    ],
    counters: { endpoints: { "lab-approved": { flows: 1 }, "shop-approved": { flows: 1 } } },
  })),
  {
    name: "a GRE key is an identifier of 32 bits",
    ...only({ type: "gre" }),
    change: identified,
    steps: [{ frame: within("gre", { id: LAB_VNI }) }, { frame: within("gre", { id: LAB_VNI + 2 ** 24 }) }],
    counters: { endpoints: { "lab-approved": { flows: 1 }, "shop-approved": { flows: 1 } } },
  },
  {
    name: "a key without its byte of a flow is no virtual subnet identifier where NVGRE is not listed",
    ...only({ type: "gre" }),
    change: identified,
    steps: [{ frame: within("nvgre", { id: LAB_VNI }) }],
    counters: { endpoints: { "lab-approved": { flows: 0 }, "shop-approved": { flows: 1 } } },
  },
  {
    name: "without a known identifier the outer frame's tag names it, and a tag inside comes before both",
    ...all,
    change: identified,
    steps: [
      { frame: within("vxlan", { outer: "vlan=10" }), network: "lab", gives: "forward new-flow 0" },
      { frame: within("vxlan", { id: LAB_VNI }, `${SYN} vlan=10`), network: "lab", gives: "forward forwarded 0" },
      { frame: within("vxlan", { id: LAB_VNI, outer: "vlan=10" }), network: "shop", gives: "forward new-flow 1" },
    ],
    counters: { endpoints: { "lab-approved": { flows: 1 }, "shop-approved": { flows: 1 } } },
  },
  {
    name: "a network that holds no service is not meant on the provider's side",
    ...all,
    change: identified,
    steps: [
      { in: SYN, gives: "forward new-flow 0" },
      {
        frame: within("vxlan", { id: LAB_VNI }, "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA"),
        side: "provider",
        gives: "forward forwarded 0",
        out: ["consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 SA ttl=63"],
      },
    ],
  },
]);

table("Tunnels that are not opened", [
  {
    name: "a VXLAN header whose VNI is not valid; other reserved bits are ignored",
    ...all,
    steps: [closed(within("vxlan", { flags: 0xf7 })), open(within("vxlan", { flags: 0xff }))],
  },
  {
    name: "GENEVE of another version, for the tunnel's end, or with critical options",
    ...all,
    steps: [
      closed(within("geneve", { flags: 0x4000 })),
      closed(within("geneve", { flags: 0x0080 })),
      closed(within("geneve", { flags: 0x0040 })),
      open(within("geneve", { flags: 0x003f })),
    ],
  },
  {
    name: "GRE of another version, with a source route, or with the first bit of recursion control",
    ...all,
    steps: [1, 7, 0x4000, 0x0800, 0x0400]
      .map((flags) => closed(within("gre", { flags })))
      .concat([open(within("gre", { flags: 0x03f8 }))]),
  },
  {
    name: "what carries anything but Ethernet, IPv4 and IPv6",
    ...all,
    steps: [
      closed(within("gre", { type: 0x880b })),
      closed(within("geneve", { type: 0x8847 })),
      { frame: within("gre", { type: 0x86dd }), gives: "drop bad-ip-header -1" },
    ],
  },
  {
    name: "keys only, where only NVGRE is listed",
    ...only({ type: "nvgre" }),
    steps: [
      closed(within("gre")),
      closed(within("gre", { id: 7, flags: 0x3000 })),
      closed(within("gre", { id: 7, flags: 0xa000 })),
      closed(within("gre", { id: 7, type: IPV4 })),
      open(within("gre", { id: 7 })),
    ],
  },
  {
    name: "a tunnel in a tunnel",
    ...all,
    steps: [
      { frame: vxlan(within("vxlan")), gives: "pass no-endpoint -1", out: [] },
      { frame: gre(within("gre")), gives: "pass tunnel -1", out: [] },
    ],
  },
  {
    name: "those that end within their header",
    ...all,
    steps: [
      closed(frameOf("gre 172.31.0.1 > 172.31.0.2 hex=000065")),
      closed(frameOf("gre 172.31.0.1 > 172.31.0.2 hex=20006558")),
      closed(frameOf("udp 172.31.0.1:1 > 172.31.0.2:6081 hex=0100655800000700")),
      closed(frameOf("udp 172.31.0.1:1 > 172.31.0.2:4789 hex=08")),
    ],
  },
]);

const HEADERS = 34;
const cut = (frame: Uint8Array, captured: number): Step => ({ frame, captured, gives: "drop truncated -1", out: [] });

table("Tunnels that are cut", [
  {
    name: "within the tunnel's header",
    ...all,
    steps: [
      cut(within("vxlan"), HEADERS + 4),
      cut(within("vxlan"), HEADERS + 15),
      cut(within("geneve"), HEADERS + 15),
      cut(within("geneve", { options: 8 }), HEADERS + 23),
      cut(within("gre"), HEADERS + 3),
      cut(within("nvgre"), HEADERS + 7),
    ],
  },
  {
    name: "before the port: it is not known to be a tunnel's",
    ...all,
    steps: [{ frame: within("vxlan"), captured: HEADERS + 3, gives: "pass no-endpoint -1" }],
  },
  {
    name: "within what is in it: as if that were cut",
    ...all,
    steps: [
      cut(within("vxlan"), HEADERS + 16),
      cut(within("vxlan"), HEADERS + 16 + 33),
      { ...open(within("vxlan")), captured: HEADERS + 16 + 50, leaves: 50 },
    ],
  },
]);

table("What is in a tunnel", [
  {
    name: "is refused for what it is, and counts at its endpoint",
    ...all,
    steps: [
      { frame: within("vxlan", {}, "tcp 10.1.0.9:5000 > 10.1.0.5:443 S"), gives: "drop connection-pending 1000" },
      { frame: within("gre", {}, "tcp 10.1.0.9:5000 > 10.1.0.1:443 S"), gives: "pass no-endpoint -1" },
    ],
    counters: { endpoints: { "shop-pending": { drops: { "connection-pending": 1 } } } },
  },
  {
    name: "is answered without what was around it",
    settings: { ...all.settings, icmpTimeExceeded: true },
    steps: [
      {
        frame: within("vxlan", {}, `${SYN} ttl=1`),
        gives: "drop ttl-expired -1",
      },
    ],
    counters: { generated: { icmp: 1 } },
  },
  {
    name: "is a reply in a capture",
    settings: { ...all.settings, endpointSources: "admit" },
    steps: [
      { frame: within("vxlan"), side: "captured", network: "shop", gives: "forward new-flow 0" },
      {
        frame: within("nvgre", {}, "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA"),
        side: "captured",
        network: "shop",
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA ttl=65"],
      },
    ],
  },
]);
