// Random changes of a random configuration: everything that may change does once in a while, and comes back.

import { type Configuration, markChecked, type PrivateEndpoint } from "../../host/config/configuration.ts";
import { randomConfiguration } from "./configuration.ts";
import type { Dice } from "./dice.ts";

/** Makes one configuration after the other, each from the one before. */
export class Changes {
  private readonly dice: Dice;
  private readonly settle: (configuration: Configuration, dice: Dice) => Configuration;
  /** MAC addresses of backends and services, which do not change. */
  private readonly macs = new Map<string, string | undefined>();
  /** The one made last. */
  configuration: Configuration;

  /** `settle` has the last word on each configuration. */
  constructor(dice: Dice, settle: (configuration: Configuration, dice: Dice) => Configuration = (same) => same) {
    this.dice = dice;
    this.settle = settle;
    const first = settle(randomConfiguration(dice), dice);
    // So that the plane keeps link headers.
    for (const { loadBalancingRules } of first.loadBalancers)
      for (const rule of loadBalancingRules) rule.enableTcpReset = true;
    this.configuration = markChecked(this.withMacs(first));
  }

  next(): Configuration {
    const { dice } = this;
    const fresh = this.settle(randomConfiguration(dice), dice);
    const next = structuredClone(this.configuration);
    if (fresh.networkSecurityGroups !== undefined && dice.chance(20)) {
      next.virtualNetworks = fresh.virtualNetworks;
      Object.assign(next, {
        virtualNetworkGateways: fresh.virtualNetworkGateways,
        networkSecurityGroups: fresh.networkSecurityGroups,
        applicationSecurityGroups: fresh.applicationSecurityGroups,
      });
    }
    if (dice.chance(10)) next.virtualNetworks.reverse();
    if (dice.chance(10)) next.virtualNetworks.unshift({ name: `new-${dice.below(3)}`, addressSpace: [] });
    next.virtualNetworks = next.virtualNetworks.filter(
      ({ name }, i, all) => all.findIndex((other) => other.name === name) === i,
    );
    this.changeEndpoints(next, fresh);
    this.changeServices(next, fresh);
    if (dice.chance(40)) this.changeBalancers(next, fresh);
    if (dice.chance(20)) this.changeSettings(next, fresh);
    this.configuration = markChecked(this.withMacs(next));
    return this.configuration;
  }

  private changeEndpoints(next: Configuration, fresh: Configuration): void {
    const { dice } = this;
    const known = new Map(next.privateEndpoints.map((endpoint) => [endpoint.name, endpoint]));
    next.privateEndpoints = fresh.privateEndpoints.flatMap((other): PrivateEndpoint[] => {
      const endpoint = known.get(other.name);
      if (dice.chance(endpoint === undefined ? 50 : 5)) return endpoint === undefined ? [plain(other)] : [];
      if (endpoint === undefined) return [];
      if (dice.chance(10)) endpoint.connectionState = other.connectionState;
      if (dice.chance(4)) endpoint.privateLinkService = other.privateLinkService;
      if (dice.chance(3)) endpoint.privateIPAddress = dice.pick(["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.1.0.3"]);
      if (dice.chance(3)) endpoint.groupId = dice.pick(["blob", "file"]);
      return [endpoint];
    });
    const places = new Set<string>();
    next.privateEndpoints = next.privateEndpoints.filter(({ virtualNetwork, privateIPAddress }) => {
      const place = `${virtualNetwork} ${privateIPAddress}`;
      return !places.has(place) && places.add(place);
    });
    if (dice.chance(10)) next.privateEndpoints.reverse();
  }

  private changeServices(next: Configuration, fresh: Configuration): void {
    next.privateLinkServices.forEach((service, i) => {
      if (!this.dice.chance(10)) return;
      const other = fresh.privateLinkServices[i];
      service.natAddresses = (other?.natAddresses ?? []).slice(this.dice.below(2)).reverse();
      if (service.natAddresses.length === 0) service.natAddresses = [`172.16.1.${i}`];
    });
  }

  private changeBalancers(next: Configuration, fresh: Configuration): void {
    const { dice } = this;
    next.loadBalancers.forEach((balancer, i) => {
      const other = fresh.loadBalancers[i] ?? balancer;
      if (dice.chance(50)) balancer.backendAddressPools = other.backendAddressPools;
      for (const pool of balancer.backendAddressPools)
        if (dice.chance(25)) {
          pool.drainPeriodInSeconds = dice.pick([0, 0.1]);
          for (const backend of pool.backends) backend.state = "draining";
        }
      if (dice.chance(30)) balancer.inboundNatRules = other.inboundNatRules ?? [];
      if (dice.chance(30))
        balancer.loadBalancingRules = other.loadBalancingRules.filter(() => dice.chance(85)).concat();
    });
  }

  private changeSettings(next: Configuration, fresh: Configuration): void {
    const { profile, seed, shards, maxFlows, maxDenied, maxFlowsPerClient, fragments, whenFull } = next.settings;
    const { maxFlowsPerClient: _, ...others } = fresh.settings;
    const connectionLost = this.dice.pick(["cut", "keep"] as const);
    next.settings = {
      ...others,
      profile,
      seed,
      shards,
      maxFlows,
      maxDenied,
      ...(maxFlowsPerClient === undefined ? {} : { maxFlowsPerClient }),
      fragments,
      whenFull,
      connectionLost,
    };
  }

  /** Gives what had a MAC address, or none, the same again. */
  private withMacs(configuration: Configuration): Configuration {
    const settle = (name: string, thing: { macAddress?: string }): void => {
      if (!this.macs.has(name)) this.macs.set(name, thing.macAddress);
      const mac = this.macs.get(name);
      if (mac === undefined) delete thing.macAddress;
      else thing.macAddress = mac;
    };
    for (const service of configuration.privateLinkServices) settle(service.name, service);
    for (const { name, backendAddressPools } of configuration.loadBalancers)
      for (const pool of backendAddressPools)
        for (const backend of pool.backends) settle(`${name} ${pool.name} ${backend.address}`, backend);
    return configuration;
  }
}

/** Without groups, which the present configuration may not have. */
function plain({ name, virtualNetwork, privateIPAddress, privateLinkService, connectionState }: PrivateEndpoint) {
  return { name, virtualNetwork, privateIPAddress, privateLinkService, connectionState };
}
