// Who may reach an endpoint: rules in order, the first that matches decides (behaviour 3.1).
import type { Configuration, PrivateEndpoint, SecurityRule, Subnet } from "../../host/config/configuration.ts";
import { addressesOf, addressOf } from "./address.ts";
import type { Tuple } from "./flow.ts";
import { TCP } from "./ip.ts";
import { EVERY_ADDRESS, holds } from "./reach.ts";

/** A rule, every name in it resolved. */
export interface EndpointRule {
  allows: boolean;
  protocol: SecurityRule["protocol"];
  /** Blocks and addresses. */
  sources: string[];
  /** First and last port of each range. */
  ports: [number, number][];
}

const PROBES = "168.63.129.16";
const LAST_PORT = 65535;

/** Whether the first rule that matches a tuple allows it. */
export function allowedBy(rules: readonly EndpointRule[], { protocol, client, endpointPort }: Tuple): boolean {
  const name = protocol === TCP ? "Tcp" : "Udp";
  const first = rules.find(
    (rule) =>
      (rule.protocol === "*" || rule.protocol === name) &&
      rule.sources.some((block) => holds(block, client)) &&
      rule.ports.some(([from, to]) => from <= endpointPort && endpointPort <= to),
  );
  return first?.allows ?? false;
}

/** Rules of an endpoint in the order they are asked; undefined where everything is allowed. */
export function rulesOf(
  configuration: Configuration,
  endpoint: PrivateEndpoint,
  surroundings: string[],
): EndpointRule[] | undefined {
  const subnet = subnetOf(configuration, endpoint);
  const name = endpoint.networkSecurityGroup ?? subnet?.networkSecurityGroup;
  const group = configuration.networkSecurityGroups?.find((one) => one.name === name);
  const policies = endpoint.privateEndpointNetworkPolicies ?? subnet?.privateEndpointNetworkPolicies ?? "Enabled";
  if (group === undefined || (policies !== "Enabled" && policies !== "NetworkSecurityGroupEnabled")) return undefined;
  const everyPort: [number, number][] = [[0, LAST_PORT]];
  const own = group.securityRules
    .filter((rule) => isForEndpoint(configuration, rule, endpoint))
    .sort((one, other) => one.priority - other.priority)
    .map(
      (rule): EndpointRule => ({
        allows: rule.access === "Allow",
        protocol: rule.protocol,
        sources: [
          ...rule.sourceAddressPrefixes.flatMap((text) => blocksOf(text, surroundings)),
          ...rule.sourceApplicationSecurityGroups.flatMap((member) => membersOf(configuration, member)),
        ],
        ports: rule.destinationPortRanges.flatMap((text) => (text === "*" ? everyPort : [portsOf(text)])),
      }),
    );
  if (group.defaultRules === "none") return own;
  return [
    ...own,
    { allows: true, protocol: "*", sources: surroundings, ports: everyPort },
    { allows: true, protocol: "*", sources: [PROBES], ports: everyPort },
    { allows: false, protocol: "*", sources: [EVERY_ADDRESS], ports: everyPort },
  ];
}

function subnetOf({ virtualNetworks }: Configuration, endpoint: PrivateEndpoint): Subnet | undefined {
  const network = virtualNetworks.find(({ name }) => name === endpoint.virtualNetwork);
  const addresses = addressesOf(endpoint);
  return network?.subnets?.find(({ addressPrefix }) => addresses.some((address) => holds(addressPrefix, address)));
}

function blocksOf(text: string, surroundings: string[]): string[] {
  if (text === "*") return [EVERY_ADDRESS];
  if (text === "VirtualNetwork") return surroundings;
  return [text === "AzureLoadBalancer" ? PROBES : text];
}

function membersOf({ applicationSecurityGroups = [] }: Configuration, name: string): string[] {
  return applicationSecurityGroups.find((group) => group.name === name)?.addresses ?? [];
}

function portsOf(text: string): [number, number] {
  const [from = "", to = from] = text.split("-");
  return [Number(from), Number(to)];
}

function isForEndpoint(configuration: Configuration, rule: SecurityRule, endpoint: PrivateEndpoint): boolean {
  const { destinationAddressPrefixes: prefixes, destinationApplicationSecurityGroups: groups } = rule;
  if (prefixes.length + groups.length === 0) return true;
  const { applicationSecurityGroups: own = [] } = endpoint;
  const addresses = addressesOf(endpoint);
  const isMember = (name: string): boolean =>
    membersOf(configuration, name).some((member) => addresses.includes(addressOf(member)));
  return (
    groups.some((name) => own.includes(name) || isMember(name)) ||
    prefixes.some((text) => {
      if (text === "*" || text === "VirtualNetwork") return true;
      return text !== "AzureLoadBalancer" && addresses.some((address) => holds(text, address));
    })
  );
}
