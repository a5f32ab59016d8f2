// One row for each way in which the shape of a configuration can be wrong.

import { type Mistaken, SAMPLE } from "./sample.ts";

const many = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(", ");
export const noAddress = (text: string): string =>
  `"${text}" is no IPv4 address. Write four decimal parts from 0 to 255 without leading zeros, such as 10.0.0.1.`;
const noHost = (text: string): string =>
  `${text} cannot belong to a host. Choose an address between 1.0.0.0 and 223.255.255.255.`;
const NETWORKS = SAMPLE.slice(0, SAMPLE.indexOf("privateEndpoints:"));
const LONG = "n".repeat(81);
const POWER = "The number of shards is a power of two. Choose 1, 2, 4, 8, 16, 32 or 64.";
const NO_MAC = "This is no MAC address. Write six hexadecimal pairs, such as 02:00:00:00:00:01.";
const TOP =
  "$schema, virtualNetworks, virtualNetworkGateways, networkSecurityGroups, applicationSecurityGroups, privateDnsZones, privateEndpoints, privateLinkServices, loadBalancers, settings";

const settings = (text: string): string => `settings: { ${text} }\nloadBalancers:\n`;

export const SHAPE_MISTAKES: readonly Mistaken[] = [
  // Fields
  ["groupId: blob", "^grupId: blob", 'There is no field "grupId" here. Did you mean "groupId"?'],
  ["weight: 2", "^Wieght: 2", 'There is no field "Wieght" here. Did you mean "weight"?'],
  ["front]\n", "front]\n    ^natAddress: []\n", 'There is no field "natAddress" here. Did you mean "natAddresses"?'],
  ["{ name: front", "{ ^zone: 1, name: front", 'There is no field "zone" here. Use one of: name, privateIPAddress.'],
  ["privateEndpoints:\n", "^zones: []\nprivateEndpoints:\n", `There is no field "zones" here. Use one of: ${TOP}.`],
  ["loadBalancers:\n", settings("^shard: 1"), 'There is no field "shard" here. Did you mean "shards"?'],
  [
    "name: pe-blob\n    virtualNetwork: consumer\n",
    "^name: pe-blob\n",
    'The field "virtualNetwork" is missing. Add it.',
  ],
  [
    "{ name: spare, privateIPAddress: 10.2.0.5 }",
    "^{ name: spare }",
    'The field "privateIPAddress" is missing. Add it.',
  ],
  // Kinds of value
  ["name: pe-blob", "name: ^5", "A text belongs here, not 5. Write one, in quotes."],
  ["weight: 2", 'weight: ^"2"', 'A number belongs here, not "2". Write one in digits, without quotes.'],
  [
    "weight: 2",
    "weight: ^1.5",
    "A whole number belongs here, not 1.5. Write one in digits, without quotes or fraction.",
  ],
  [
    "[10.2.0.0/16]",
    "^{}",
    "A list belongs here, not a group of fields. Write [first, second], or each item on a line that begins with a dash.",
  ],
  [
    "{ name: spare, privateIPAddress: 10.2.0.5 }",
    "^spare",
    'Fields belong here, not "spare". Write each as name: value.',
  ],
  ["weight: 2", "weight: ^null", "A number belongs here, not nothing. Write one in digits, without quotes."],
  ["weight: 2", "weight: 2, state: ^UP", 'This cannot be "UP". Did you mean "up"?'],
  ["All, frontendPort: 0", "^tcp, frontendPort: 1", 'This cannot be "tcp". Did you mean "Tcp"?'],
  ["groupId: blob", "connectionState: ^approved", 'This cannot be "approved". Did you mean "Approved"?'],
  [
    "frontendPort: 0",
    "frontendPort: 0, loadDistribution: ^None",
    'This cannot be "None". Use one of: Default, SourceIP, SourceIPProtocol.',
  ],
  [
    "frontendPort: 0",
    "frontendPort: 0, enableTcpReset: ^yes",
    'True or false belongs here, not "yes". Write one of them, without quotes.',
  ],
  ["loadBalancers:\n", settings("midStream: ^allow"), 'This cannot be "allow". Use one of: admit, drop.'],
  ["loadBalancers:\n", settings("endpointSources: ^allow"), 'This cannot be "allow". Use one of: drop, admit.'],
  // Names
  ["name: pe-blob", 'name: ^""', "A name has at least one character. Give it one."],
  ["name: pe-blob", `name: ^${LONG}`, "A name has at most 80 characters. Shorten it."],
  // Addresses
  ["privateIPAddress: 10.1.0.4\n", "privateIPAddress: ^010.1.0.4\n", noAddress("010.1.0.4")],
  ["address: 10.2.0.12", "address: ^10.2.12", noAddress("10.2.12")],
  ["10.2.1.5]", "^10.2.1.256]", noAddress("10.2.1.256")],
  [
    "privateIPAddress: 10.2.0.5",
    'privateIPAddress: ^"::1"',
    "::1 cannot belong to a host. Choose an address of 2000::/3 or, inside a network, of fd00::/8.",
  ],
  [
    "privateIPAddress: 10.2.0.5",
    'privateIPAddress: ^"fd00::1%eth0"',
    '"fd00::1%eth0" is no IPv6 address. Write it as fd00::1, without a zone.',
  ],
  ["privateIPAddress: 10.2.0.5", 'privateIPAddress: ^"fd00:0::1"', "fd00:0::1 has another plain form. Write fd00::1."],
  ["privateIPAddress: 10.1.0.4\n", "privateIPAddress: ^0.0.0.0\n", noHost("0.0.0.0")],
  ["10.2.1.5]", "^224.0.0.1]", noHost("224.0.0.1")],
  ["address: 10.2.0.12", "address: ^255.255.255.255", noHost("255.255.255.255")],
  ["10.9.0.0/16", "^10.9.0.0", '"10.9.0.0" is no address block. Write it as 10.1.0.0/16 or fd00:1::/64.'],
  ["10.9.0.0/16", "^10.9.0.0/33", '"10.9.0.0/33" is no address block. Write it as 10.1.0.0/16 or fd00:1::/64.'],
  ["10.9.0.0/16", "^10.9.0.4/16", "10.9.0.4/16 has bits set beyond its length. Write 10.9.0.0/16."],
  ["10.2.0.12 }", "10.2.0.12, macAddress: ^02-00-00-00-00 }", NO_MAC],
  ["vlan: 10", "vlan: ^ten", "Write a number from 1 to 4094, or [outer, inner]."],
  ["loadBalancers:\n", settings("seed: ^chance"), "Write a number from 0 to 4294967295, or random."],
  [
    "{ name: https, frontendIPConfiguration: front, backendAddressPool: servers, protocol: Tcp,",
    "^{ name: https, frontendIPConfiguration: front, backendAddressPool: servers,",
    'The field "protocol" is missing. Add one of: Tcp, Udp, All.',
  ],
  // Lists and numbers: those of every field are in ranges.test.ts
  [NETWORKS, "virtualNetworks: ^[]\n", "At least one network is needed. Add the consumer's."],
  ["[10.2.1.4, 10.2.1.5]", "^[]", "A service needs a NAT address. Add one from the provider's network."],
  [
    "[10.2.1.4, 10.2.1.5]",
    `^[${many(9, (i) => `10.2.1.${i}`)}]`,
    "A service has at most 8 NAT addresses. Remove some.",
  ],
  [
    "natAddresses: [10.2.1.4, 10.2.1.5]\n",
    "natAddresses: [10.2.1.4, 10.2.1.5]\n    resources: [{ name: r, names: [^a!b] }]\n",
    "This is no host name. Use letters, digits, hyphens and dots.",
  ],
  [
    "groupId: blob\n  - { name: pe-vault,",
    "vpcEndpointId: ^vpce-1\n  - { name: pe-vault,",
    "This is no identifier of a VPC endpoint. Write vpce- and 8 or 17 hexadecimal digits.",
  ],
  [
    "groupId: blob\n  - { name: pe-vault,",
    'pscConnectionId: ^"0x12"\n  - { name: pe-vault,',
    'This is no number of 64 bits. Write a decimal one in quotes, such as "18446744072646845442".',
  ],
  ["[front]", "^[]", "A service needs a frontend. Name one of its load balancer, or leave the field out to take all."],
  ["[{ address: 10.2.0.11, weight: 2 }, { address: 10.2.0.12 }]", "^[]", "A pool needs a backend. Add one."],
  [
    "[{ address: 10.2.0.11, weight: 2 }, { address: 10.2.0.12 }]",
    `^[${many(5001, (i) => `{ address: 10.2.${50 + (i >> 8)}.${i & 255} }`)}]`,
    "A pool has at most 5,000 backends. Split it.",
  ],
  [
    "loadBalancers:\n",
    "loadBalancers:\n  - { name: b, frontendIPConfigurations: ^[], backendAddressPools: [], loadBalancingRules: [] }\n",
    "A load balancer needs a frontend. Add one.",
  ],
  ["loadBalancers:\n", settings("shards: ^3"), POWER],
  ["frontendPort: 0", "frontendPort: ^65536", "65536 is too big. Use at most 65535."],
  ["weight: 2", "weight: ^-1", "-1 is too small. Use at least 0."],
];
