// What endpoint rules say: ports and sources as ranges of numbers, the cloud's rules that follow, and which group applies to which
// endpoint.

import type {
  ApplicationSecurityGroup,
  Configuration,
  NetworkSecurityGroup,
  PrivateEndpoint,
  SecurityRule,
} from "./configuration.ts";
import { isSix } from "./ipv6.ts";
import { addressesOfEndpoint, holds } from "./prefix.ts";
import { type Span, spanOf } from "./span.ts";

/** Numbers from the first to the last, both included. */
export interface Range {
  first: number;
  last: number;
}

/** Words that stand for addresses. */
export const ADDRESS_TAGS = ["*", "VirtualNetwork", "AzureLoadBalancer"];
export const EVERYWHERE: Range = { first: 0, last: 2 ** 32 - 1 };
/** Where the cloud's load balancer probes from. */
const LOAD_BALANCER = "168.63.129.16";
const PORT_MAX = 65_535;
const PORTS = /^(\d{1,5})(?:-(\d{1,5}))?$/;

/** Ports of a text: `443`, `1000-2000` or `*`; undefined when it is none of them. */
export function portsOf(text: string): Range | undefined {
  if (text === "*") return { first: 0, last: PORT_MAX };
  const [, first, last = first] = PORTS.exec(text) ?? [];
  if (first === undefined || Number(last) > PORT_MAX || Number(first) > Number(last)) return undefined;
  return { first: Number(first), last: Number(last) };
}

/** The addresses of one family, as the numbers that its tries are walked by. */
export interface Family {
  /** Those of a block or an address; none of a text of the other family. */
  rangesOf(text: string): Range[];
}

/** IPv4: 10.0.0.1 is 0x0a000001. */
export const IPV4: Family = { rangesOf: (text) => (isSix(text) ? [] : [addressesOf(text)]) };

/** Addresses of an IPv4 block or a single address. */
function addressesOf(text: string): Range {
  const { first, last } = spanOf(text) as Span;
  return { first: Number(first), last: Number(last) };
}

const rule = (name: string, priority: number, access: SecurityRule["access"], from: string[]): SecurityRule => ({
  name,
  priority,
  access,
  protocol: "*",
  sourceAddressPrefixes: from,
  sourceApplicationSecurityGroups: [],
  destinationAddressPrefixes: [],
  destinationApplicationSecurityGroups: [],
  destinationPortRanges: ["*"],
});

/** The cloud's rules behind every group's own. */
export const CLOUD_RULES: readonly SecurityRule[] = [
  rule("AllowVnetInBound", 65_000, "Allow", ["VirtualNetwork"]),
  rule("AllowAzureLoadBalancerInBound", 65_001, "Allow", ["AzureLoadBalancer"]),
  rule("DenyAllInBound", 65_500, "Deny", ["*"]),
];

/** Rules of a group in the order they are asked. What none of them decides is denied. */
export function rulesInOrder({ securityRules, defaultRules }: NetworkSecurityGroup): SecurityRule[] {
  const own = [...securityRules].sort((a, b) => a.priority - b.priority);
  return defaultRules === "none" ? own : [...own, ...CLOUD_RULES];
}

/** Source addresses of a rule that are of a family; `virtualNetwork` is what that tag stands for there. */
export function sourcesOf(
  { sourceAddressPrefixes, sourceApplicationSecurityGroups }: SecurityRule,
  virtualNetwork: readonly Range[],
  groups: readonly ApplicationSecurityGroup[],
  { rangesOf }: Family,
): Range[] {
  const members = groups.filter(({ name }) => sourceApplicationSecurityGroups.includes(name));
  return [
    ...sourceAddressPrefixes.flatMap((text) => {
      if (text === "*") return [EVERYWHERE];
      if (text === "VirtualNetwork") return virtualNetwork;
      if (text === "AzureLoadBalancer") return rangesOf(LOAD_BALANCER);
      return rangesOf(text);
    }),
    ...members.flatMap(({ addresses }) => addresses.flatMap(rangesOf)),
  ];
}

/** Whether a rule is for an endpoint: it names no destination, or one of the endpoint's addresses or groups. */
export function isFor(
  { destinationAddressPrefixes: prefixes, destinationApplicationSecurityGroups: names }: SecurityRule,
  endpoint: PrivateEndpoint,
  groups: readonly ApplicationSecurityGroup[],
): boolean {
  if (prefixes.length === 0 && names.length === 0) return true;
  const own = addressesOfEndpoint(endpoint);
  const within = (text: string): boolean => {
    if (text === "*" || text === "VirtualNetwork") return true;
    if (ADDRESS_TAGS.includes(text)) return false;
    return own.some((address) => holds(text, address));
  };
  const isMember = (name: string): boolean =>
    endpoint.applicationSecurityGroups?.includes(name) === true ||
    groups.some((group) => group.name === name && own.some((address) => group.addresses.includes(address)));
  return prefixes.some(within) || names.some(isMember);
}

/** The group whose rules are meant for an endpoint, and whether they apply or are inert. */
export interface Attachment {
  group: NetworkSecurityGroup;
  inert: boolean;
}

/** Group of an endpoint: its own, else its subnet's. */
export function attachmentOf(configuration: Configuration, endpoint: PrivateEndpoint): Attachment | undefined {
  if (configuration.networkSecurityGroups === undefined) return undefined;
  const network = configuration.virtualNetworks.find(({ name }) => name === endpoint.virtualNetwork);
  const own = addressesOfEndpoint(endpoint);
  const subnet = network?.subnets?.find(({ addressPrefix }) => own.some((address) => holds(addressPrefix, address)));
  const name = endpoint.networkSecurityGroup ?? subnet?.networkSecurityGroup;
  const group = configuration.networkSecurityGroups.find((candidate) => candidate.name === name);
  if (group === undefined) return undefined;
  const policies =
    endpoint.privateEndpointNetworkPolicies ?? subnet?.privateEndpointNetworkPolicies ?? ("Enabled" as const);
  return { group, inert: policies !== "Enabled" && policies !== "NetworkSecurityGroupEnabled" };
}
