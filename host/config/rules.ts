// Load balancing rules by (service, protocol, port), and the timeouts they use.

import * as Abi from "../../assembly/abi.ts";
import { rulesOf } from "./compile.ts";
import type { Configuration } from "./configuration.ts";
import type { TableImage } from "./image.ts";
import { poolKey, type WrittenPools } from "./pools.ts";

/** Multiplier of the table's places; the core looks up by the same rule (assembly/admit/rules.ts). */
const MULTIPLIER = 0x9e3779b1;
const PROTOCOLS = { Tcp: Abi.PROTOCOL_TCP, Udp: Abi.PROTOCOL_UDP, All: Abi.PROTOCOL_ANY };
const DISTRIBUTIONS = {
  Default: Abi.DISTRIBUTION_DEFAULT,
  SourceIP: Abi.DISTRIBUTION_SOURCE_IP,
  SourceIPProtocol: Abi.DISTRIBUTION_SOURCE_IP_PROTOCOL,
};

const IDENTIFY = {
  address: Abi.IDENTIFY_ADDRESS,
  tls: Abi.IDENTIFY_TLS,
  http: Abi.IDENTIFY_HTTP,
  auto: Abi.IDENTIFY_AUTO,
};

/** Timer of an idle timeout in minutes. */
export type IdleTimers = Map<number, number>;

/** Writes the timeouts, nanoseconds: those of the states, then each idle timeout that rules name. */
export function writeTimeouts(image: TableImage, configuration: Configuration): IdleTimers {
  const { timers } = configuration.settings;
  const seconds = [
    timers.tcpOpeningSeconds,
    timers.tcpIdleSeconds,
    timers.tcpClosingSeconds,
    timers.tcpResetSeconds,
    timers.udpIdleSeconds,
    timers.deniedSeconds,
  ];
  const idle: IdleTimers = new Map();
  for (const balancer of configuration.loadBalancers)
    for (const { idleTimeoutInMinutes: minutes } of balancer.loadBalancingRules) {
      if (minutes === undefined || idle.has(minutes)) continue;
      idle.set(minutes, seconds.length);
      seconds.push(minutes * 60);
    }
  const section = image.section(Abi.TIMER_COUNT * 8);
  image.u32(Abi.TABLES_TIMEOUTS, section);
  seconds.forEach((value, timer) => image.u64(section + timer * 8, BigInt(Math.round(value * 1e9))));
  return idle;
}

/** Writes the rules of every service, and the table that finds them; what each rule is called. */
export function writeRules(
  image: TableImage,
  configuration: Configuration,
  pools: WrittenPools,
  idle: IdleTimers,
): { name: string; backendPort: number }[] {
  const all = configuration.privateLinkServices.flatMap((service, number) =>
    rulesOf(service, configuration.loadBalancers).map((entry) => ({ ...entry, number })),
  );
  const section = image.section(all.length * Abi.RULE_SIZE);
  const places = 2 ** Math.ceil(Math.log2(Math.max(all.length * 2, 4)));
  const index = image.section(places * Abi.RULE_ENTRY_SIZE);
  all.forEach(({ balancer, rule, number }, which) => {
    const at = section + which * Abi.RULE_SIZE;
    image.u16(at + Abi.RULE_POOL, pools.numbers.get(poolKey(balancer.name, rule.backendAddressPool)) ?? 0);
    image.u16(at + Abi.RULE_BACKEND_PORT, rule.backendPort);
    image.u8(at + Abi.RULE_DISTRIBUTION, DISTRIBUTIONS[rule.loadDistribution]);
    image.u8(at + Abi.RULE_TIMER, idle.get(rule.idleTimeoutInMinutes ?? -1) ?? Abi.STATE_ESTABLISHED);
    image.u8(at + Abi.RULE_RESET, rule.enableTcpReset ? 1 : 0);
    image.u8(at + Abi.RULE_IDENTIFY, IDENTIFY[rule.identify ?? "address"]);
    const protocol = PROTOCOLS[rule.protocol];
    const port = rule.frontendPort;
    const hash = Math.imul(((number << 16) | port) ^ Math.imul(protocol, MULTIPLIER), MULTIPLIER);
    let place = (hash >>> 8) & (places - 1);
    const entry = () => index + place * Abi.RULE_ENTRY_SIZE;
    while (image.readU16(entry() + Abi.RULE_ENTRY_PROTOCOL) !== 0) place = (place + 1) & (places - 1);
    image.u16(entry() + Abi.RULE_ENTRY_SERVICE, number);
    image.u16(entry() + Abi.RULE_ENTRY_PROTOCOL, protocol | Abi.RULE_ENTRY_TAKEN);
    image.u16(entry() + Abi.RULE_ENTRY_PORT, port);
    image.u16(entry() + Abi.RULE_ENTRY_RULE, which);
  });
  image.u32(Abi.TABLES_RULES, section);
  image.u32(Abi.TABLES_RULE_INDEX, index);
  image.u32(Abi.TABLES_RULE_MASK, places - 1);
  return all.map(({ rule }) => ({ name: rule.name, backendPort: rule.backendPort }));
}
