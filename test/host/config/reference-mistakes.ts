// One row for each way in which a configuration of the right shape can contradict itself.

import type { Mistaken } from "./sample.ts";

const BOTH = "Port 0 and protocol All belong together. Use both or neither.";
const taken = (address: string, by: string, network = "provider"): string =>
  `${address} is ${by} in "${network}" already. Choose another.`;
const outside = (address: string, network: string, blocks: string): string =>
  `${address} lies outside "${network}" (${blocks}). Choose an address inside.`;
const twice = (what: string, name: string): string => `There are two ${what} named "${name}". Rename one.`;

const SPARE = "      - { name: spare, privateIPAddress: 10.2.0.5 }\n";
const OTHER = "{ name: other, frontendIPConfiguration: spare";
const VAULT = "{ name: pe-vault, virtualNetwork: tenant, privateIPAddress: 10.1.0.4";
const TWO = "[10.2.1.4, 10.2.1.5]\n";
const BALANCER = `  - name: ^balancer
    frontendIPConfigurations: [{ name: front, privateIPAddress: 10.2.0.4 }]
    backendAddressPools: []
    loadBalancingRules: []
`;

/** Replaces the end of the services: a second one behind a load balancer with these rules. */
const behind = (...rules: string[]): string => `[10.2.1.4]
  - ^{ name: second, virtualNetwork: provider, loadBalancer: lb, natAddresses: [10.2.1.5] }
loadBalancers:
  - name: lb
    frontendIPConfigurations: [{ name: f, privateIPAddress: 10.2.0.9 }, { name: g, privateIPAddress: 10.2.0.9 }]
    backendAddressPools: [{ name: p, backends: [{ address: 10.2.0.12 }] }]
    loadBalancingRules: [${rules.join(", ")}]
`;
const rule = (name: string, frontend: string, protocol: string, port: number): string =>
  `{ name: ${name}, frontendIPConfiguration: ${frontend}, backendAddressPool: p, protocol: ${protocol}, frontendPort: ${port} }`;

export const REFERENCE_MISTAKES: readonly Mistaken[] = [
  // Names used twice
  ["name: tenant\n", "name: ^consumer\n  - name: tenant\n", twice("virtual networks", "consumer")],
  ["name: pe-vault", "name: ^pe-blob", twice("private endpoints", "pe-blob")],
  [
    TWO,
    "[10.2.1.4]\n  - { name: ^storage, virtualNetwork: provider, loadBalancer: balancer, natAddresses: [10.2.1.5] }\n",
    twice("private link services", "storage"),
  ],
  ["frontendPort: 8443 }\n", `frontendPort: 8443 }\n${BALANCER}`, twice("load balancers", "balancer")],
  [SPARE, `${SPARE}      - { name: ^spare, privateIPAddress: 10.2.0.6 }\n`, twice("frontends", "spare")],
  [
    "{ address: 10.2.0.12 }]",
    "{ address: 10.2.0.12 }]\n      - { name: ^servers, backends: [{ address: 10.2.0.13 }] }",
    twice("pools", "servers"),
  ],
  [OTHER, "{ name: ^https, frontendIPConfiguration: spare", twice("rules", "https")],
  // References that name nothing
  [
    "virtualNetwork: consumer",
    "virtualNetwork: ^consumr",
    'There is no virtual network "consumr". Did you mean "consumer"?',
  ],
  [
    "virtualNetwork: provider",
    "virtualNetwork: ^hub",
    'There is no virtual network "hub". Use one of: consumer, tenant, provider.',
  ],
  [
    "privateLinkService: storage\n",
    "privateLinkService: ^stroage\n",
    'There is no private link service "stroage". Did you mean "storage"?',
  ],
  ["loadBalancer: balancer", "loadBalancer: ^lb", 'There is no load balancer "lb". Use one of: balancer.'],
  ["[front]", "[front, ^sapre]", 'There is no frontend of "balancer" "sapre". Did you mean "spare"?'],
  [OTHER, "{ name: other, frontendIPConfiguration: ^back", 'There is no frontend "back". Use one of: front, spare.'],
  [
    "backendAddressPool: servers, protocol: All",
    "backendAddressPool: ^server, protocol: All",
    'There is no backend pool "server". Did you mean "servers"?',
  ],
  // Networks
  ["[20, 30]", "^10", 'VLAN 10 is that of "consumer" too. Give each network its own.'],
  [
    "10.2.0.0/16]\n",
    "10.2.0.0/16]\n    vlan: ^[20, 30]\n",
    'VLAN 20,30 is that of "tenant" too. Give each network its own.',
  ],
  ["10.9.0.0/16", "^10.1.4.0/24", "10.1.4.0/24 overlaps 10.1.0.0/16 of the same network. Remove one of them."],
  ["10.9.0.0/16", "^0.0.0.0/0", "0.0.0.0/0 overlaps 10.1.0.0/16 of the same network. Remove one of them."],
  // Rules
  [`${TWO}loadBalancers:\n`, behind(), 'No load balancing rule leads to "second". Add one to "lb".'],
  [
    `${TWO}loadBalancers:\n`,
    behind(rule("a", "f", "Tcp", 80), rule("b", "g", "Tcp", 80)),
    'Rules "a" and "b" both take Tcp 80. Remove one, or name one frontend only.',
  ],
  [
    `${TWO}loadBalancers:\n`,
    behind(rule("a", "f", "All", 0), rule("b", "f", "All", 0)),
    'Rules "a" and "b" both take All 0. Remove one, or name one frontend only.',
  ],
  ["frontendPort: 443", "frontendPort: ^0", BOTH],
  ["All, frontendPort: 0", "All, frontendPort: ^53", BOTH],
  [
    "All, frontendPort: 0",
    "All, frontendPort: 0, backendPort: ^80",
    "A rule for all ports leaves the port as it is. Remove backendPort.",
  ],
  // Addresses with two meanings in one network
  ["address: 10.2.0.12", "address: ^10.2.0.11", "10.2.0.11 is in this pool twice. Raise its weight instead."],
  [
    VAULT,
    VAULT.replace("tenant, privateIPAddress: ", "consumer, privateIPAddress: ^"),
    taken("10.1.0.4", 'the address of endpoint "pe-blob"', "consumer"),
  ],
  ["10.2.1.5]", "^10.2.1.4]", taken("10.2.1.4", 'a NAT address of "storage"')],
  ["address: 10.2.0.12", "address: ^10.2.1.5", taken("10.2.1.5", 'a NAT address of "storage"')],
  [
    TWO,
    "[10.2.1.4]\n  - { name: second, virtualNetwork: provider, loadBalancer: balancer, natAddresses: [^10.2.0.12], loadBalancerFrontendIPConfigurations: [spare] }\n",
    taken("10.2.0.12", "a backend's address"),
  ],
  // Addresses outside their network
  [
    "privateIPAddress: 10.1.0.4\n",
    "privateIPAddress: ^10.10.0.4\n",
    outside("10.10.0.4", "consumer", "10.1.0.0/16, 10.9.0.0/16"),
  ],
  ["10.2.1.5]", "^10.3.1.5]", outside("10.3.1.5", "provider", "10.2.0.0/16")],
  ["address: 10.2.0.12", "address: ^10.1.255.255", outside("10.1.255.255", "provider", "10.2.0.0/16")],
];
