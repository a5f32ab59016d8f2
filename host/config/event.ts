// An event: one change of a configuration at a point in time, and what becomes of the configuration by it.

import { type Backend, type Configuration, markChecked } from "./configuration.ts";
import type { AdminState, BackendState, ConnectionState, SecurityRule } from "./configuration.ts";
import type { EventTime } from "./event-time.ts";

/** A connection is approved, rejected, removed or made to wait. */
export interface ConnectionChange {
  kind: "connection";
  privateEndpoint: string;
  connectionState: ConnectionState;
}

/** An endpoint is given another network security group. */
export interface GroupChange {
  kind: "group";
  privateEndpoint: string;
  networkSecurityGroup: string;
}

/** A network security group is given other rules. */
export interface RulesChange {
  kind: "rules";
  networkSecurityGroup: string;
  defaultRules?: "cloud" | "none";
  securityRules: SecurityRule[];
}

/** A backend goes up, down or drains, or has another weight or administrative state. */
export interface BackendChange {
  kind: "backend";
  loadBalancer: string;
  backendAddressPool: string;
  backend: string;
  state?: BackendState;
  weight?: number;
  adminState?: AdminState;
}

export type Change = ConnectionChange | GroupChange | RulesChange | BackendChange;

/** A change and its time. */
export interface ConfigurationEvent {
  at: EventTime;
  change: Change;
}

/** The configuration after a change, a new object that is checked as the one before was. What the change names is there. */
export function changed(configuration: Configuration, change: Change): Configuration {
  return markChecked({ ...configuration, ...changedPart(configuration, change) });
}

function changedPart(configuration: Configuration, change: Change): Partial<Configuration> {
  const { privateEndpoints, networkSecurityGroups = [], loadBalancers } = configuration;
  if (change.kind === "connection") {
    const { privateEndpoint, connectionState } = change;
    return { privateEndpoints: named(privateEndpoints, privateEndpoint, (one) => ({ ...one, connectionState })) };
  }
  if (change.kind === "group") {
    const { privateEndpoint, networkSecurityGroup } = change;
    return { privateEndpoints: named(privateEndpoints, privateEndpoint, (one) => ({ ...one, networkSecurityGroup })) };
  }
  if (change.kind === "rules") {
    const { networkSecurityGroup: name, securityRules, defaultRules } = change;
    return {
      networkSecurityGroups: named(networkSecurityGroups, name, (group) => ({
        ...group,
        securityRules,
        defaultRules: defaultRules ?? group.defaultRules,
      })),
    };
  }
  const within = (backends: Backend[]): Backend[] => backends.map((one) => changedBackend(one, change));
  return {
    loadBalancers: named(loadBalancers, change.loadBalancer, (balancer) => ({
      ...balancer,
      backendAddressPools: named(balancer.backendAddressPools, change.backendAddressPool, (pool) => ({
        ...pool,
        backends: within(pool.backends),
      })),
    })),
  };
}

function changedBackend(backend: Backend, { backend: address, state, weight, adminState }: BackendChange): Backend {
  if (backend.address !== address) return backend;
  return {
    ...backend,
    state: state ?? backend.state,
    weight: weight ?? backend.weight,
    ...(adminState === undefined ? {} : { adminState }),
  };
}

/** A list in which what has a name is replaced. */
function named<T extends { name: string }>(list: readonly T[], name: string, change: (item: T) => T): T[] {
  return list.map((item) => (item.name === name ? change(item) : item));
}

/** A change for people, in the configuration's words. */
export function changeText(change: Change): string {
  if (change.kind === "connection") return `privateEndpoint ${change.privateEndpoint}: ${change.connectionState}`;
  if (change.kind === "group")
    return `privateEndpoint ${change.privateEndpoint}: networkSecurityGroup ${change.networkSecurityGroup}`;
  if (change.kind === "rules") {
    const { length } = change.securityRules;
    return `networkSecurityGroup ${change.networkSecurityGroup}: ${length === 1 ? "1 rule" : `${length} rules`}`;
  }
  const { loadBalancer, backendAddressPool, backend, state, weight, adminState } = change;
  const parts = [
    state,
    weight === undefined ? undefined : `weight ${weight}`,
    adminState === undefined ? undefined : `adminState ${adminState}`,
  ].filter((part) => part !== undefined);
  return `backend ${backend} of ${loadBalancer}/${backendAddressPool}: ${parts.join(", ")}`;
}
