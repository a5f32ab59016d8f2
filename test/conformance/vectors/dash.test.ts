// Vectors V33 to V36: what SONiC-DASH asks of a plane's lookups and access lists, written again for this plane. The table of V35 is
// that of documentation/general/sdn-pipeline-basic-elements.md; docs/conformance.md says how its contradictions are decided.

import type { SecurityRule } from "../../../host/config/configuration.ts";
import { hexOf } from "../../names/hello.ts";
import { frameOf } from "../packet.ts";
import { type Row, type Step, table } from "../table.ts";
import { before, oneGroup, type StageRule } from "./access-list.ts";
import { client, handshake } from "./sequence.ts";

const provider = "provider" as const;
const BLOCKS = ["10.0.0.0/24", "20.0.0.0/24", "30.0.0.0/24"];
const ALLOW = { access: "Allow", terminating: false } as const;
const ALLOW_END = { access: "Allow", terminating: true } as const;
const BLOCK = { access: "Deny", terminating: false } as const;
const BLOCK_END = { access: "Deny", terminating: true } as const;

/** ACL_LEVEL1 of the document. */
const FIRST: StageRule[] = [
  ...["10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14"].map(
    (destination): StageRule => ({ sources: BLOCKS, destination, protocol: "Tcp", priority: 0, ...ALLOW }),
  ),
  { sources: BLOCKS, destination: "10.0.0.200", protocol: "Tcp", priority: 1, ...ALLOW },
  { sources: BLOCKS, destination: "10.0.0.201", protocol: "Tcp", priority: 2, ...BLOCK_END },
  { sources: BLOCKS, destination: "10.0.0.202", protocol: "Tcp", priority: 3, ...ALLOW_END },
  { sources: BLOCKS, destination: "10.0.0.203", protocol: "Tcp", priority: 4, ...ALLOW },
  { destination: "8.8.8.8", priority: 5, ...BLOCK_END },
  { destination: "8.8.8.8", priority: 6, ...ALLOW_END },
  { destination: "9.9.9.9", priority: 7, ...ALLOW_END },
  { priority: 8, ...BLOCK },
];

/** ACL_LEVEL2: the three rules of priority 1 have a number each, the more particular ones first, as have the two of priority 2. */
const SECOND: StageRule[] = [
  { sources: ["10.0.0.0/24"], destination: "10.0.0.202", protocol: "Tcp", priority: 1, ...BLOCK_END },
  { sources: ["10.0.0.0/24"], destination: "10.0.0.203", protocol: "Tcp", priority: 1.1, ...BLOCK_END },
  { sources: ["10.0.0.0/24"], protocol: "Tcp", priority: 1.2, ...ALLOW },
  { destination: "8.8.8.8", priority: 2, ...ALLOW },
  { destination: "9.9.9.9", priority: 2.1, ...BLOCK_END },
  { destination: "1.1.1.2", priority: 30, ...ALLOW },
  { priority: 3, ...BLOCK },
];
/** With the allow for 1.1.1.2 before the block for everything, which the document's outcome needs. */
const SECOND_MENDED = SECOND.map((rule) => (rule.destination === "1.1.1.2" ? { ...rule, priority: 2.2 } : rule));
const ADDRESSES = ["10.0.0.200", "10.0.0.201", "10.0.0.202", "10.0.0.203", "8.8.8.8", "9.9.9.9", "1.1.1.1", "1.1.1.2"];

/** The two lists for one form of the port condition; the wildcard rules at their ends keep every port. */
const onPorts = (rules: StageRule[], ports: string): StageRule[] =>
  rules.map((rule) => (rule.destination === undefined ? rule : { ...rule, ports }));

/** A new flow of a source, which has to be let in or not. */
const attempt = (source: string, destination: string, access: "Allow" | "Block", port = 443): Step => ({
  in: `tcp ${source}:5000 > ${destination}:${port} S`,
  gives: access === "Allow" ? "forward new-flow" : "drop endpoint-rule-denied",
});
const staged = (name: string, second: StageRule[], steps: Step[], ports = "*"): Row => ({
  name,
  change: before(ADDRESSES, oneGroup(onPorts(FIRST, ports), onPorts(second, ports))),
  steps,
});
/** Rows 1 to 5 of the document's outcomes, whose source its own rules name. */
const OUTCOMES = (port: number): Step[] => [
  attempt("10.0.0.100", "10.0.0.200", "Allow", port),
  attempt("10.0.0.100", "10.0.0.201", "Block", port),
  attempt("10.0.0.100", "10.0.0.202", "Allow", port),
  attempt("10.0.0.100", "10.0.0.203", "Block", port),
  attempt("10.0.0.100", "8.8.8.8", "Block", port),
];

const VXLAN_VNI = 42;
/** A frame in VXLAN, outside of which nobody is an endpoint. */
const inVxlan = (vni: number, text: string): string => {
  const vxlan = Uint8Array.from([8, 0, 0, 0, vni >> 16, (vni >> 8) & 255, vni & 255, 0, ...frameOf(text)]);
  return `udp 192.0.2.1:50000 > 192.0.2.2:4789 hex=${hexOf(vxlan)}`;
};
const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";

table("V33: identifiers that nobody knows", [
  {
    name: "V33 name no network: the frame's own stands, where without an endpoint nothing begins; DASH would drop it",
    change: (it) => {
      it.settings.tunnels = [{ type: "vxlan", port: 4789 }];
      for (const network of it.virtualNetworks) if (network.name === "shop") network.vni = VXLAN_VNI;
    },
    steps: [
      { in: inVxlan(VXLAN_VNI + 1, SYN), network: "provider", gives: "pass no-endpoint -1", out: [] },
      { in: inVxlan(VXLAN_VNI, SYN), network: "provider", gives: "forward new-flow 0" },
      { in: inVxlan(VXLAN_VNI + 1, SYN), network: "lab", gives: "forward new-flow 1" },
    ],
    counters: { flows: { created: 2 }, endpoints: { "shop-approved": { flows: 1 }, "lab-approved": { flows: 1 } } },
  },
]);

table("V34: the provider's side opens nothing", [
  {
    name: "V34 a reply without a flow is dropped, and so is one to a flow that has ended",
    steps: [
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA", side: provider, gives: "drop no-flow -1", out: [] },
      ...handshake,
      client("R seq=101"),
      { at: 11, in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 A", side: provider, gives: "drop no-flow -1", out: [] },
    ],
    counters: { flows: { created: 1 } },
  },
]);

const PORT_FORMS: [ports: string, inside: number, outside: number][] = [
  ["443", 443, 444],
  ["443-450", 450, 442],
  ["443-450", 443, 451],
];

table("V35: access lists in two stages", [
  staged("V35 rows 1 to 5: terminating rules decide, others propose", SECOND, OUTCOMES(443)),
  staged("V35 row 6: blocked by both stages, from the source that the document prints", SECOND, [
    attempt("100.0.0.100", "1.1.1.1", "Block"),
  ]),
  staged("V35 row 7 as its priorities say: the block of priority 3 comes before the allow of priority 30", SECOND, [
    attempt("100.0.0.100", "1.1.1.2", "Block"),
  ]),
  staged("V35 row 7 as its outcome says, once the allow has a number below 3", SECOND_MENDED, [
    attempt("100.0.0.100", "1.1.1.2", "Allow"),
    attempt("100.0.0.100", "1.1.1.1", "Block"),
  ]),
  staged("V35 from 10.0.0.100 both are allowed, by the second stage's first rule for all destinations", SECOND, [
    attempt("10.0.0.100", "1.1.1.1", "Allow"),
    attempt("10.0.0.100", "1.1.1.2", "Allow"),
    { in: "udp 10.0.0.100:5000 > 1.1.1.1:53", gives: "drop endpoint-rule-denied" },
  ]),
  staged("V35 a terminating allow in the first stage is not heard again in the second", SECOND, [
    attempt("100.0.0.100", "9.9.9.9", "Allow"),
  ]),
  ...PORT_FORMS.map(([ports, inside, outside]) =>
    staged(
      `V35 the same for ports ${ports}, at ${inside}; at ${outside} only the rules for everything hold`,
      SECOND,
      [
        ...OUTCOMES(inside),
        attempt("10.0.0.100", "10.0.0.201", "Allow", outside),
        attempt("100.0.0.100", "10.0.0.202", "Block", outside),
      ],
      ports,
    ),
  ),
]);

const rule = (priority: number, access: SecurityRule["access"], change: Partial<SecurityRule> = {}): SecurityRule => ({
  name: `rule-${priority}`,
  priority,
  access,
  protocol: "*",
  sourceAddressPrefixes: ["*"],
  sourceApplicationSecurityGroups: [],
  destinationAddressPrefixes: [],
  destinationApplicationSecurityGroups: [],
  destinationPortRanges: ["*"],
  ...change,
});
const listed = (...securityRules: SecurityRule[]) =>
  before(["10.0.0.200"], { name: "list", defaultRules: "none", securityRules });

table("V36: the order and the conditions of an access list", [
  {
    name: "V36 rules are asked by priority, whatever their order in the list",
    change: listed(rule(300, "Deny"), rule(100, "Allow", { protocol: "Tcp" }), rule(200, "Deny", { protocol: "Tcp" })),
    steps: [attempt("10.0.0.100", "10.0.0.200", "Allow")],
  },
  {
    name: "V36 what no rule matches is denied",
    change: listed(rule(100, "Allow", { protocol: "Udp" })),
    steps: [
      attempt("10.0.0.100", "10.0.0.200", "Block"),
      { in: "udp 10.0.0.100:5000 > 10.0.0.200:53", gives: "forward new-flow" },
    ],
  },
  {
    name: "V36 one protocol, the other, both by two rules, and any by one",
    change: before(["10.0.0.200", "10.0.0.201"], {
      name: "list",
      defaultRules: "none",
      securityRules: [
        rule(100, "Allow", { protocol: "Tcp", destinationPortRanges: ["1"] }),
        rule(101, "Allow", { protocol: "Udp", destinationPortRanges: ["2"] }),
        rule(102, "Allow", { protocol: "Tcp", destinationPortRanges: ["3"] }),
        rule(103, "Allow", { protocol: "Udp", destinationPortRanges: ["3"] }),
        rule(104, "Allow", { destinationPortRanges: ["4"] }),
      ],
    }),
    steps: ([1, 2, 3, 4] as const).flatMap((port): Step[] => [
      attempt("10.0.0.100", "10.0.0.200", port === 2 ? "Block" : "Allow", port),
      {
        in: `udp 10.0.0.100:5000 > 10.0.0.200:${port}`,
        gives: port === 1 ? "drop endpoint-rule-denied" : "forward new-flow",
      },
    ]),
  },
  {
    name: "V36 lists of sources and ranges of ports, at their edges",
    change: listed(
      rule(100, "Allow", {
        sourceAddressPrefixes: ["10.0.0.64/26", "192.0.2.7"],
        destinationPortRanges: ["80", "1000-2000"],
      }),
    ),
    steps: [
      attempt("10.0.0.64", "10.0.0.200", "Allow", 80),
      attempt("10.0.0.127", "10.0.0.200", "Allow", 1000),
      attempt("192.0.2.7", "10.0.0.200", "Allow", 2000),
      attempt("10.0.0.63", "10.0.0.200", "Block", 80),
      attempt("10.0.0.128", "10.0.0.200", "Block", 80),
      attempt("10.0.0.65", "10.0.0.200", "Block", 999),
      attempt("10.0.0.65", "10.0.0.200", "Block", 2001),
    ],
  },
  {
    name: "V36 a list that is replaced while traffic runs is asked for new flows, and old ones go on",
    change: listed(rule(100, "Allow")),
    steps: [
      attempt("10.0.0.100", "10.0.0.200", "Allow"),
      { apply: (it) => void listed(rule(100, "Deny"))(it) },
      { in: "tcp 10.0.0.100:5000 > 10.0.0.200:443 A", gives: "forward forwarded 0" },
      attempt("10.0.0.101", "10.0.0.200", "Block"),
    ],
  },
]);
