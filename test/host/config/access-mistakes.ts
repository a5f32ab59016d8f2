// One row for each way in which peerings, gateways, rules and lists of subscriptions can be wrong.

import type { Mistaken } from "./sample.ts";

const many = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(", ");

/** Something of the network `consumer`, and networks added to the others, with what follows them. */
const ofConsumer = (text: string): [string, string] => ["vlan: 10\n", `vlan: 10\n    ${text}\n`];
const besides = (...lines: string[]): [string, string] => ["10.2.0.0/16]\n", `10.2.0.0/16]\n${lines.join("\n")}\n`];
const peerings = (...list: string[]): [string, string] =>
  ofConsumer(`virtualNetworkPeerings: [${list.map((text) => `{ remoteVirtualNetwork: ${text} }`).join(", ")}]`);
const network = (name: string, block: number, ...list: string[]): string =>
  `  - { name: ${name}, addressSpace: [10.${block}.0.0/16], virtualNetworkPeerings: [${list.join(", ")}] }`;
const uses = (name: string, mark = ""): string => `{ remoteVirtualNetwork: ${name}, useRemoteGateways: ${mark}true }`;
const gateway = (owner: string, blocks = "[192.168.0.0/24]"): string =>
  `virtualNetworkGateways: [{ name: g, virtualNetwork: ${owner}, gatewayType: Vpn, localNetworkAddressSpace: ${blocks} }]`;
const rule = (name: string, priority: number | string, ports = '["*"]', sources = '["*"]'): string =>
  `{ name: ${name}, priority: ${priority}, access: Deny, protocol: "*", sourceAddressPrefixes: ${sources}, destinationPortRanges: ${ports} }`;
const TILLS = `
      - name: tills
        priority: 100
        access: Allow
        protocol: Tcp
        sourceAddressPrefixes: [10.1.4.0/24]
        destinationPortRanges: [440-443]
`;
const NAT = "natAddresses: [10.2.1.4, 10.2.1.5]\n";
const TAGS = "*, VirtualNetwork, AzureLoadBalancer";
const NO_PORTS = "These are no ports. Write 443, 1000-2000 or *, in quotation marks.";

/** Of the shape alone. */
export const ACCESS_SHAPES: readonly Mistaken[] = [
  [
    "[10.1.4.0/24]",
    "[^10.1.4]",
    `"10.1.4" is no address prefix. Write an address, a block such as 10.1.0.0/16 or fd00:1::/64, or one of ${TAGS}.`,
  ],
  ["[10.1.4.0/24]", "[^10.1.4.1/24]", "10.1.4.1/24 has bits set beyond its length. Write 10.1.4.0/24."],
  ["[440-443]", '[^"80-20"]', NO_PORTS],
  ["[440-443]", '[^"65536"]', NO_PORTS],
  ["[440-443]", "^[]", "A rule needs a destination port. Add one, or *."],
  [TILLS, ` ^[${many(1001, (i) => rule(`r${i}`, 100 + i))}]\n`, "A group has at most 1,000 rules. Remove some."],
  [...besides(gateway("consumer", "^[]")), "A gateway needs an on-premises block. Add one."],
  [
    NAT,
    `${NAT}    visibility: { subscriptions: ^[${many(101, (i) => `s${i}`)}] }\n`,
    "A list holds at most 100 subscriptions. Use * for all of them.",
  ],
];

/** Of parts that contradict each other. */
export const ACCESS_CONTRADICTIONS: readonly Mistaken[] = [
  // Peerings
  [...peerings("^consumr"), 'There is no virtual network "consumr". Did you mean "consumer"?'],
  [...peerings("^consumer"), "A network has no peering with itself. Remove it."],
  [...peerings("provider", "^provider"), 'There are two peerings with "provider". Remove one.'],
  [...peerings("^tenant"), '10.1.0.0/16 overlaps the address space of "tenant". Choose another block for one of them.'],
  [
    "addressSpace: [10.1.0.0/16]\n    vlan: [20, 30]\n",
    "vlan: [20, 30]\n    virtualNetworkPeerings: [{ remoteVirtualNetwork: ^consumer }]\n",
    '10.1.0.4 is the address of "pe-blob" there and of an endpoint here. Choose another.',
  ],
  // Gateways
  [
    ...besides(network("hub", 3), network("spoke", 4, uses("hub"), uses("provider", "^"))),
    'The network uses the gateways of "hub" already. Use those of one network.',
  ],
  [
    ...besides(network("hub", 3), network("spoke", 4, uses("hub", "^")), gateway("spoke")),
    "A network that has a gateway uses no remote one. Remove one of them.",
  ],
  [
    ...besides(network("hub", 3, "{ remoteVirtualNetwork: spoke }"), network("spoke", 4, uses("hub", "^"))),
    '"hub" does not allow it. Add allowGatewayTransit: true on its side.',
  ],
  [...besides(gateway("^consumr")), 'There is no virtual network "consumr". Did you mean "consumer"?'],
  // Subnets
  [
    ...ofConsumer("subnets: [{ name: a, addressPrefix: 10.1.0.0/24 }, { name: ^a, addressPrefix: 10.1.1.0/24 }]"),
    'There are two subnets named "a". Rename one.',
  ],
  [
    ...ofConsumer("subnets: [{ name: a, addressPrefix: 10.1.0.0/24 }, { name: b, addressPrefix: ^10.1.0.0/25 }]"),
    '10.1.0.0/25 overlaps subnet "a". Choose another block.',
  ],
  [
    ...ofConsumer("subnets: [{ name: a, addressPrefix: ^10.0.0.0/15 }]"),
    '10.0.0.0/15 lies outside "consumer" (10.1.0.0/16, 10.9.0.0/16). Choose a block inside.',
  ],
  [
    ...ofConsumer("subnets: [{ name: a, addressPrefix: 10.1.0.0/24, networkSecurityGroup: ^gard }]"),
    'There is no network security group "gard". Did you mean "guard"?',
  ],
  // Rules
  [
    "groupId: blob\n",
    "networkSecurityGroup: ^gard\n",
    'There is no network security group "gard". Did you mean "guard"?',
  ],
  ["groupId: blob\n", "applicationSecurityGroups: [^web]\n", 'There is no application security group "web". Add it.'],
  [TILLS, `${TILLS}      - ${rule("more", "^100")}\n`, '"tills" has priority 100 too. Give each rule its own.'],
  [
    TILLS,
    TILLS.replace("name: tills", "^name: tills").replace("        sourceAddressPrefixes: [10.1.4.0/24]\n", ""),
    'The rule names no source. Add sourceAddressPrefixes, ["*"] for every one.',
  ],
  [
    TILLS,
    ` ^[${rule("r", 100, `[${many(500, (i) => `"${i}"`)}]`, `[${many(501, (i) => `10.1.${i >> 8}.${i & 255}`)}]`)}]\n`,
    "The rules have 250500 combinations of source, destination and ports; 250,000 is the most. Remove some.",
  ],
  // Connections
  [
    "groupId: blob\n  - { name: pe-vault,",
    "linkIdentifier: 7\n  - { linkIdentifier: ^7, name: pe-vault,",
    '7 is that of "pe-blob" too. Choose another.',
  ],
  [
    "groupId: blob\n  - { name: pe-vault,",
    "vpcEndpointId: vpce-0a1b2c3d\n  - { vpcEndpointId: ^vpce-0a1b2c3d, name: pe-vault,",
    'vpce-0a1b2c3d is that of "pe-blob" too. Choose another.',
  ],
  [
    "groupId: blob\n  - { name: pe-vault,",
    'pscConnectionId: ^"18446744073709551616"\n  - { name: pe-vault,',
    'This is no number of 64 bits. Write a decimal one in quotes, such as "18446744072646845442".',
  ],
  [
    NAT,
    `${NAT}    visibility: { subscriptions: [shop] }\n    autoApproval: { subscriptions: [shop, ^bank] }\n`,
    '"bank" may not see the service. Add it to visibility.subscriptions.',
  ],
];
