// Access lists in stages, as SONiC-DASH's pipeline has them (documentation/general/sdn-pipeline-basic-elements.md), put into the one
// group that stands before a private endpoint.

import type { Configuration, NetworkSecurityGroup, SecurityRule } from "../../../host/config/configuration.ts";

/** A rule of a stage. */
export interface StageRule {
  /** Addresses or blocks; absent: every one. */
  sources?: string[];
  /** One address; absent: every one. */
  destination?: string;
  /** `*`, a port or a range; absent: every port. */
  ports?: string;
  protocol?: "Tcp" | "Udp";
  access: "Allow" | "Deny";
  priority: number;
  /** Ends the pipeline; the others only propose, and the next stage decides. */
  terminating: boolean;
}

/**
 * One list that decides as two stages do. Rules of a stage are asked by ascending priority number. The first that matches in the
 * first stage decides if it is terminating; else the first that matches in the second does, and if none does, the proposal stands.
 * What no rule of the first stage matches is denied.
 */
export function oneGroup(first: readonly StageRule[], second: readonly StageRule[]): NetworkSecurityGroup {
  const merged = ascending(first).flatMap((rule) => (rule.terminating ? [rule] : [...proposed(rule, second), rule]));
  return {
    name: "stages",
    defaultRules: "none",
    securityRules: merged.map((rule, i) => securityRule(rule, 100 + i)),
  };
}

const ascending = (rules: readonly StageRule[]): StageRule[] => [...rules].sort((a, b) => a.priority - b.priority);

/** What the second stage says to the packets that a rule of the first matches. */
function proposed(rule: StageRule, second: readonly StageRule[]): StageRule[] {
  return ascending(second).flatMap((other) => {
    const destination = both(rule.destination, other.destination);
    const protocol = both(rule.protocol, other.protocol);
    const ports = both(rule.ports, other.ports);
    if (destination === null || protocol === null || ports === null) return [];
    const sources = rule.sources ?? other.sources;
    return [
      {
        ...other,
        ...(sources === undefined
          ? {}
          : { sources: sources.filter((block) => (other.sources ?? sources).includes(block)) }),
        ...(destination === undefined ? {} : { destination }),
        ...(protocol === undefined ? {} : { protocol }),
        ...(ports === undefined ? {} : { ports }),
      },
    ].filter(({ sources }) => sources === undefined || sources.length > 0);
  });
}

/** What two conditions have in common, absent meaning anything; null when nothing. Conditions are the same or have nothing in common. */
function both<T>(a: T | undefined, b: T | undefined): T | undefined | null {
  if (a === undefined || b === undefined) return a ?? b;
  return a === b ? a : null;
}

const securityRule = (rule: StageRule, priority: number): SecurityRule => ({
  name: `rule-${priority}`,
  priority,
  access: rule.access,
  protocol: rule.protocol ?? "*",
  sourceAddressPrefixes: rule.sources ?? ["*"],
  sourceApplicationSecurityGroups: [],
  destinationAddressPrefixes: rule.destination === undefined ? [] : [rule.destination],
  destinationApplicationSecurityGroups: [],
  destinationPortRanges: [rule.ports ?? "*"],
});

/** Puts an approved endpoint of `shop` at each address, with this group before it, and rules for every port. */
export const before =
  (addresses: readonly string[], group: NetworkSecurityGroup) =>
  (configuration: Configuration): void => {
    configuration.networkSecurityGroups = [group];
    configuration.privateEndpoints = addresses.map((privateIPAddress) => ({
      name: `pe-${privateIPAddress}`,
      virtualNetwork: "shop",
      privateIPAddress,
      privateLinkService: "service",
      connectionState: "Approved",
      networkSecurityGroup: group.name,
    }));
    const [balancer] = configuration.loadBalancers;
    const [rule] = balancer?.loadBalancingRules ?? [];
    if (balancer !== undefined && rule !== undefined)
      balancer.loadBalancingRules = [{ ...rule, protocol: "All", frontendPort: 0, backendPort: 0 }];
  };
