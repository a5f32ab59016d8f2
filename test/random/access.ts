// Who may come in, by chance: peerings in every state, gateways, groups of rules, policies that make them inert.

import type {
  Configuration,
  NetworkPolicies,
  NetworkSecurityGroup,
  PrivateEndpoint,
  SecurityRule,
  VirtualNetwork,
} from "../../host/config/configuration.ts";
import type { Dice } from "./dice.ts";

export const NETWORKS = ["red", "blue", "provider", "both"];
const BLOCKS = ["10.0.0.0/16", "10.1.0.0/29", "10.1.0.4/30", "10.1.0.0/16", "8.0.0.0/6", "10.0.0.4/31"];
const PREFIXES = [...BLOCKS, "*", "VirtualNetwork", "AzureLoadBalancer", "10.1.0.2", "10.1.0.3", "0.0.0.0/1"];
const PORTS = ["443", "80", "53", "*", "22-80", "50-500", "0-52", "65535"];
const POLICIES: readonly NetworkPolicies[] = [
  "Enabled",
  "NetworkSecurityGroupEnabled",
  "RouteTableEnabled",
  "Disabled",
];
const GROUPS = ["few", "many"];
const MANY_RULES = 90;

/** Parts of a configuration. */
export interface Access {
  network(name: string): Omit<VirtualNetwork, "name" | "vlan">;
  endpoint(): Partial<PrivateEndpoint>;
  shared: Partial<Configuration>;
}

/** Rolls them; in half of the cases nothing of it is used. */
export function randomAccess(dice: Dice): Access {
  if (dice.chance(50)) return { network: () => ({ addressSpace: [] }), endpoint: () => ({}), shared: {} };
  const bounded = dice.chance(60);
  return {
    network: (name) => ({
      addressSpace: bounded ? some(dice, BLOCKS, 3) : [],
      virtualNetworkPeerings: NETWORKS.filter((other) => other !== name && dice.chance(60)).map((other) => ({
        remoteVirtualNetwork: other,
        peeringState: dice.pick(["Connected", "Connected", "Connected", "Initiated", "Disconnected"] as const),
        allowGatewayTransit: dice.chance(60),
        useRemoteGateways: dice.chance(60),
      })),
      ...(dice.chance(50) ? { subnets: [randomSubnet(dice)] } : {}),
    }),
    endpoint: () => ({
      ...(dice.chance(50) ? { networkSecurityGroup: dice.pick(GROUPS) } : {}),
      ...(dice.chance(20) ? { privateEndpointNetworkPolicies: dice.pick(POLICIES) } : {}),
      ...(dice.chance(30) ? { applicationSecurityGroups: ["servers"] } : {}),
    }),
    shared: {
      virtualNetworkGateways: NETWORKS.filter(() => dice.chance(40)).map((virtualNetwork) => ({
        name: `gateway-${virtualNetwork}`,
        virtualNetwork,
        gatewayType: "Vpn",
        localNetworkAddressSpace: some(dice, BLOCKS, 2),
      })),
      networkSecurityGroups: GROUPS.map((name) => randomGroup(dice, name)),
      applicationSecurityGroups: [
        { name: "clients", addresses: ["10.1.0.1", "10.1.0.5"] },
        { name: "servers", addresses: ["10.0.0.5"] },
      ],
    },
  };
}

function randomSubnet(dice: Dice) {
  return {
    name: "subnet",
    addressPrefix: dice.pick(["10.0.0.0/24", "10.0.0.4/31"]),
    ...(dice.chance(70) ? { networkSecurityGroup: dice.pick(GROUPS) } : {}),
    privateEndpointNetworkPolicies: dice.pick(POLICIES),
  };
}

function randomGroup(dice: Dice, name: string): NetworkSecurityGroup {
  const count = name === "few" ? dice.below(6) : MANY_RULES + dice.below(60);
  const priorities = Array.from({ length: count }, (_, i) => 100 + i).sort(() => dice.below(3) - 1);
  return {
    name,
    defaultRules: dice.pick(["cloud", "cloud", "none"]),
    securityRules: priorities.map((priority) => randomRule(dice, priority, name === "many")),
  };
}

/** Of many rules each is for little, so that the later ones are asked too. */
function randomRule(dice: Dice, priority: number, narrow: boolean): SecurityRule {
  const prefixes = some(dice, narrow ? ["10.1.0.2", "10.1.0.3/32", "10.1.0.4/30", "8.0.0.0/7"] : PREFIXES, 3);
  return {
    name: `rule-${priority}`,
    priority,
    access: dice.pick(["Allow", "Allow", "Deny"]),
    protocol: dice.pick(["Tcp", "Udp", "*"]),
    sourceAddressPrefixes: prefixes,
    sourceApplicationSecurityGroups: dice.chance(20) ? ["clients"] : [],
    destinationAddressPrefixes: dice.chance(20) ? some(dice, PREFIXES, 2) : [],
    destinationApplicationSecurityGroups: dice.chance(20) ? ["servers"] : [],
    destinationPortRanges: narrow ? [String(dice.pick([22, 53, 80, 443])), "1-3"] : some(dice, PORTS, 2),
  };
}

/** One to `most` different ones. */
function some<T>(dice: Dice, from: readonly T[], most: number): T[] {
  return [...new Set(Array.from({ length: 1 + dice.below(most) }, () => dice.pick(from)))];
}
