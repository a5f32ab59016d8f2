// Private link services: their NAT addresses, and the pools of NAT ports towards each backend.

import * as Abi from "../abi.ts";
import { addressNumber, macBytes } from "./address.ts";
import { sameAnnouncement, sameMac } from "./change.ts";
import type { Configuration } from "./configuration.ts";
import type { TableImage } from "./image.ts";
import { bytesOf, isSix } from "./ipv6.ts";
import { keyOf, type Numbering } from "./numbering.ts";

const SIX_BYTES = 16;

/** Gives services their numbers, in the configuration's order; one that moves to another network is another one. */
export function numberServices(
  { privateLinkServices }: Configuration,
  networks: ReadonlyMap<string, number>,
  { services }: Numbering,
): number[] {
  return privateLinkServices.map(({ name, virtualNetwork, macAddress, enableProxyProtocol = false }) => {
    const network = networks.get(virtualNetwork) as number;
    const key = keyOf(name, network);
    sameMac(services.known(key), macAddress, `Service ${name}`);
    sameAnnouncement(services.known(key), enableProxyProtocol, name);
    return services.number(key, { name, network, macAddress, enableProxyProtocol });
  });
}

/** Writes the services by their numbers, and all NAT addresses: 0 for those that are no service's any more. */
export function writeServices(
  image: TableImage,
  { privateLinkServices }: Configuration,
  numbers: readonly number[],
  hosts: ReadonlyMap<string, string[]>,
  { services, natAddresses, pairs }: Numbering,
): void {
  const section = image.section(services.count * Abi.SERVICE_SIZE);
  services.things.forEach(({ network, macAddress }, number) => {
    const at = section + number * Abi.SERVICE_SIZE;
    image.u16(at + Abi.SERVICE_NETWORK, network);
    if (macAddress === undefined) return;
    image.u16(at + Abi.SERVICE_HAS_MAC, 1);
    image.copy(at + Abi.SERVICE_MAC, macBytes(macAddress));
  });
  const inForce: { number: number; address: string }[] = [];
  privateLinkServices.forEach(({ name, natAddresses: addresses, loadBalancer }, index) => {
    const at = section + (numbers[index] as number) * Abi.SERVICE_SIZE;
    const itsHosts = hosts.get(loadBalancer) ?? [];
    const nats = image.section(addresses.length * 4);
    const slots = image.section(addresses.length * itsHosts.length * 4);
    image.u16(at + Abi.SERVICE_NAT_COUNT, addresses.length);
    image.u32(at + Abi.SERVICE_NATS, nats);
    image.u32(at + Abi.SERVICE_SLOTS, slots);
    image.u32(at + Abi.SERVICE_HOSTS, itsHosts.length);
    addresses.forEach((address, nat) => {
      const number = natAddresses.number(keyOf(numbers[index] as number, address), { service: name, address });
      inForce.push({ number, address });
      image.u32(nats + nat * 4, number);
      itsHosts.forEach((backend, host) => {
        const pair = pairs.number(`${number} ${backend}`, { natAddress: number, backend });
        image.u32(slots + (nat * itsHosts.length + host) * 4, pair * 2);
      });
    });
  });
  const addresses = image.section(natAddresses.count * 4);
  const sixes = image.section(natAddresses.count * SIX_BYTES);
  for (const { number, address } of inForce) {
    if (isSix(address)) image.copy(sixes + number * SIX_BYTES, bytesOf(address));
    if (isSix(address)) image.u32(addresses + number * 4, Abi.NAT_IS_SIX);
    else image.u32Be(addresses + number * 4, addressNumber(address));
  }
  image.u32(Abi.TABLES_SERVICES, section);
  image.u32(Abi.TABLES_NAT_ADDRESSES, addresses);
  image.u32(Abi.TABLES_NATS6, sixes);
}
