// Frontends that endpoints lead to: what the provider's side translates to before its load balancer does.

import { addressNumber } from "../config/address.ts";
import type { Configuration, LoadBalancer } from "../config/configuration.ts";
import { isSix } from "../config/ipv6.ts";
import { PROTOCOL_TCP } from "../wire/ip.ts";

/** Finds the frontend of a packet to an endpoint. */
export class Frontends {
  /** By number of the endpoint. */
  private readonly balancers: readonly { balancer: LoadBalancer; frontends: readonly string[] }[];

  constructor({ privateEndpoints, privateLinkServices, loadBalancers }: Configuration) {
    const balancers = new Map(loadBalancers.map((balancer) => [balancer.name, balancer]));
    const services = new Map(privateLinkServices.map((service) => [service.name, service]));
    this.balancers = privateEndpoints.map(({ privateLinkService }) => {
      const service = services.get(privateLinkService);
      const balancer = balancers.get(service?.loadBalancer ?? "");
      if (service === undefined || balancer === undefined) throw new Error("The configuration has not been checked.");
      return { balancer, frontends: service.loadBalancerFrontendIPConfigurations };
    });
  }

  /** Address of the frontend whose rule a port has, or of the first one; undefined when it is IPv6. */
  of(endpoint: number, protocol: number, port: number): number | undefined {
    const { balancer, frontends } = this.balancers[endpoint] as (typeof this.balancers)[number];
    const name = protocol === PROTOCOL_TCP ? "Tcp" : "Udp";
    const rules = balancer.loadBalancingRules.filter((rule) => frontends.includes(rule.frontendIPConfiguration));
    const rule =
      rules.find((one) => one.protocol === name && one.frontendPort === port) ??
      rules.find((one) => one.protocol === "All" && one.frontendPort === 0);
    const wanted = rule?.frontendIPConfiguration ?? frontends[0];
    const address = balancer.frontendIPConfigurations.find((one) => one.name === wanted)?.privateIPAddress;
    return address === undefined || isSix(address) ? undefined : addressNumber(address);
  }
}
