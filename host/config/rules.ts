// Load balancing rules by (service, protocol, port), and the timeouts they use.

import * as Abi from "../abi.ts";
import { addressNumber } from "./address.ts";
import type { Configuration } from "./configuration.ts";
import type { TableImage } from "./image.ts";
import { bytesOf, isSix } from "./ipv6.ts";
import { keyOf, type Numbered, type NumberedRule, type Numbering } from "./numbering.ts";
import type { WrittenPools } from "./pools.ts";
import { floatingAddress, rulesOf, type RuleOfService } from "./service-rules.ts";

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
  requests: Abi.IDENTIFY_REQUESTS,
};

/** Writes the timeouts, nanoseconds: those of the states, then each idle timeout that rules name or named. */
export function writeTimeouts(image: TableImage, configuration: Configuration, idle: Numbered<number>): void {
  const { timers } = configuration.settings;
  for (const balancer of configuration.loadBalancers)
    for (const { idleTimeoutInMinutes: minutes } of [
      ...balancer.loadBalancingRules,
      ...(balancer.inboundNatRules ?? []),
    ])
      if (minutes !== undefined) idle.number(String(minutes), minutes);
  const seconds = [
    timers.tcpOpeningSeconds,
    timers.tcpIdleSeconds,
    timers.tcpClosingSeconds,
    timers.tcpResetSeconds,
    timers.udpIdleSeconds,
    timers.deniedSeconds,
    timers.tcpHalfClosedSeconds ?? timers.tcpIdleSeconds,
    ...idle.things.map((minutes) => minutes * 60),
  ];
  const section = image.section(Abi.TIMER_COUNT * 8);
  image.u32(Abi.TABLES_TIMEOUTS, section);
  seconds.forEach((value, timer) => image.u64(section + timer * 8, BigInt(Math.round(value * 1e9))));
}

/** Writes the rules of every service, whose numbers are given in the configuration's order, and the table that finds them. */
export function writeRules(
  image: TableImage,
  configuration: Configuration,
  pools: WrittenPools,
  services: readonly number[],
  { rules, idle, backends }: Numbering,
): void {
  const all = numberRules(configuration, services, rules);
  const section = image.section(rules.count * Abi.RULE_SIZE);
  const places = 2 ** Math.ceil(Math.log2(Math.max(all.length * 2, 4)));
  const index = image.section(places * Abi.RULE_ENTRY_SIZE);
  for (const numbered of all) {
    writeRule(image, section + numbered.which * Abi.RULE_SIZE, numbered, pools, { idle, backends });
    enterRule(image, index, places, numbered);
  }
  image.u32(Abi.TABLES_RULES, section);
  image.u32(Abi.TABLES_RULE_INDEX, index);
  image.u32(Abi.TABLES_RULE_MASK, places - 1);
}

/** A rule of the service with that number; `which` is its own. */
interface NumberedServiceRule extends RuleOfService {
  number: number;
  which: number;
  frontend: string | undefined;
}

function writeRule(
  image: TableImage,
  at: number,
  { balancer, rule, frontend }: NumberedServiceRule,
  pools: WrittenPools,
  { idle, backends }: Pick<Numbering, "idle" | "backends">,
): void {
  image.u16(at + Abi.RULE_POOL, pools.numbers.get(keyOf(balancer.name, rule.backendAddressPool)) ?? 0);
  image.u16(at + Abi.RULE_BACKEND_PORT, rule.backendPort);
  image.u8(at + Abi.RULE_DISTRIBUTION, DISTRIBUTIONS[rule.loadDistribution]);
  image.u8(at + Abi.RULE_TIMER, timerOf(rule.idleTimeoutInMinutes, idle));
  image.u8(at + Abi.RULE_RESET, rule.enableTcpReset ? 1 : 0);
  image.u8(at + Abi.RULE_IDENTIFY, IDENTIFY[rule.everyRequest === true ? "requests" : (rule.identify ?? "address")]);
  if (rule.backend !== undefined) {
    const backend = backends.numberOf(keyOf(balancer.name, rule.backendAddressPool, rule.backend));
    image.u16(at + Abi.RULE_BACKEND, (backend ?? 0) + 1);
  }
  if (frontend === undefined) return;
  image.u16(at + Abi.RULE_HOST, (pools.hosts.get(balancer.name) ?? []).indexOf(frontend) + 1);
  if (isSix(frontend)) image.copy(at + Abi.RULE_ADDRESS6_BE, bytesOf(frontend));
  else image.u32Be(at + Abi.RULE_ADDRESS_BE, addressNumber(frontend));
}

/** Enters a rule in the table of places that finds it. */
function enterRule(
  image: TableImage,
  index: number,
  places: number,
  { rule, number, which }: NumberedServiceRule,
): void {
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
}

/** Gives the rules behind each service their numbers, in the configuration's order. */
function numberRules(
  configuration: Configuration,
  services: readonly number[],
  rules: Numbered<NumberedRule>,
): NumberedServiceRule[] {
  return configuration.privateLinkServices.flatMap((service, index) =>
    rulesOf(service, configuration.loadBalancers).map(({ balancer, rule }) => {
      const number = services[index] as number;
      const { name, backendPort, backend, protocol } = rule;
      const frontend = floatingAddress(balancer, rule);
      const key =
        backend === undefined
          ? keyOf(number, balancer.name, name)
          : keyOf(number, balancer.name, name, protocol, backend);
      const which = rules.number(key, {
        name,
        backendPort,
        ...(backend === undefined ? {} : { backend }),
        ...(frontend === undefined ? {} : { frontend }),
      });
      return { balancer, rule, number, which, frontend };
    }),
  );
}

/** Timer of established flows of a rule with that idle timeout. */
function timerOf(minutes: number | undefined, idle: Numbered<number>): number {
  return minutes === undefined ? Abi.STATE_ESTABLISHED : Abi.TIMER_RULES + idle.number(String(minutes), minutes);
}
