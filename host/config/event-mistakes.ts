// What is wrong with a change of a configuration: it names what is not there, or asks for what cannot be.

import type { Configuration } from "./configuration.ts";
import { type BackendChange, type Change, changed, type ConnectionChange, type RulesChange } from "./event.ts";
import type { Mistake, Path } from "./problem.ts";
import { reference } from "./references.ts";
import type { ConfigurationFile } from "./schema.ts";
import { securityMistakes } from "./security-mistakes.ts";

/** Mistakes of a change at a path; `balancerNamed`: its load balancer is in the file, not found by its pool. */
export function mistakesOfChange(
  configuration: Configuration,
  change: Change,
  path: Path,
  balancerNamed: boolean,
): Mistake[] {
  if (change.kind === "connection") return ofConnection(configuration, change, path);
  if (change.kind === "rules") return ofRules(configuration, change, path);
  if (change.kind === "backend") return ofBackend(configuration, change, path, balancerNamed);
  const { privateEndpoints, networkSecurityGroups = [] } = configuration;
  return [
    ...reference(change.privateEndpoint, privateEndpoints, [...path, "privateEndpoint"], "private endpoint"),
    ...reference(
      change.networkSecurityGroup,
      networkSecurityGroups,
      [...path, "networkSecurityGroup"],
      "network security group",
    ),
  ];
}

/** What a connection is can be changed until it is removed; of one that was refused there is nothing to approve. */
function ofConnection({ privateEndpoints }: Configuration, change: ConnectionChange, path: Path): Mistake[] {
  const { privateEndpoint: name, connectionState } = change;
  const before = privateEndpoints.find((endpoint) => endpoint.name === name)?.connectionState;
  if (before === undefined) return reference(name, privateEndpoints, [...path, "privateEndpoint"], "private endpoint");
  const at = [...path, "connectionState"];
  if (before === "Disconnected" && connectionState !== "Disconnected")
    return [
      { path: at, message: `The connection of "${name}" is Disconnected by then, which is final. Remove the event.` },
    ];
  if (before === "Refused")
    return [{ path: at, message: `"${name}" may not see its service. Add its subscription to visibility.` }];
  return [];
}

/** The group's rules are held to what a configuration's are. */
function ofRules(configuration: Configuration, change: RulesChange, path: Path): Mistake[] {
  const { networkSecurityGroups: groups = [] } = configuration;
  const { networkSecurityGroup: name } = change;
  const missing = reference(name, groups, [...path, "networkSecurityGroup"], "network security group");
  if (missing.length > 0) return missing;
  const index = groups.findIndex((group) => group.name === name);
  return securityMistakes(changed(configuration, change) as unknown as ConfigurationFile)
    .filter((mistake) => mistake.path[0] === "networkSecurityGroups" && mistake.path[1] === index)
    .map((mistake) => ({ ...mistake, path: [...path, ...mistake.path.slice(2)] }));
}

function ofBackend(
  { loadBalancers }: Configuration,
  { loadBalancer, backendAddressPool: name, backend: address }: BackendChange,
  path: Path,
  balancerNamed: boolean,
): Mistake[] {
  if (balancerNamed) {
    const missing = reference(loadBalancer, loadBalancers, [...path, "loadBalancer"], "load balancer");
    if (missing.length > 0) return missing;
  }
  const balancers = loadBalancers.filter((balancer) => !balancerNamed || balancer.name === loadBalancer);
  const pools = balancers.flatMap((balancer) => balancer.backendAddressPools);
  const [pool, other] = pools.filter((each) => each.name === name);
  const at = [...path, "backendAddressPool"];
  if (pool === undefined) return reference(name, pools, at, "backend pool");
  if (other !== undefined)
    return [{ path: at, message: `Several load balancers have a pool "${name}". Name one in loadBalancer.` }];
  const addresses = pool.backends.map((backend) => ({ name: backend.address }));
  return reference(address, addresses, [...path, "backend"], "backend");
}
