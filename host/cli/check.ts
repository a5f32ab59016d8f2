// linkplane check: what a configuration holds, or what is wrong with it.

import Table from "cli-table3";
import { floatingAddress, rulesOf } from "../config/service-rules.ts";
import { linkIdentifiers } from "../config/approval.ts";
import { collateralOf } from "../config/collateral.ts";
import type { Configuration } from "../config/configuration.ts";
import { ConfigurationError } from "../config/problem.ts";
import { takersOf } from "../config/pools.ts";
import { attachmentOf } from "../config/security.ts";
import { LinkplaneError } from "../errors.ts";
import { identityTexts } from "../config/proxy.ts";
import { inertRules } from "../report/inert-rules.ts";
import { proxyDisagreements, proxyExceptions } from "../report/proxy-advice.ts";
import { poolTables } from "../report/pools.ts";
import { ruleTexts } from "../report/rules.ts";
import { amount } from "../report/quantity.ts";
import { PLAIN_TABLE } from "../report/table.ts";
import { readConfiguration } from "./configuration.ts";
import { EXIT } from "./exit.ts";

const PORTS_PER_PAIR = 64_512;

/** What an endpoint can carry. */
interface EndpointCheck {
  name: string;
  state: string;
  service: string;
  rules: string[];
  backends: number;
  /** Number of its connection. */
  linkIdentifier: number;
  /** How PROXY headers name it, when its service has them. */
  proxyIdentifier?: string;
  /** The group whose rules are meant for it, and whether they apply. */
  networkSecurityGroup?: { name: string; rules: number; applied: boolean };
  /** Flows of one protocol at once: NAT addresses x backends x 64,512; with floating IP a frontend is all its backends. */
  capacity: number;
}

/** Runs the command; its exit code. */
export async function checkCommand(file: string, options: { json?: boolean; verbose?: boolean }): Promise<number> {
  const configuration = await readConfiguration(file).catch((error: unknown) => {
    if (options.json !== true || !(error instanceof LinkplaneError)) throw error;
    const problems = error instanceof ConfigurationError ? error.problems : [{ message: error.format() }];
    process.stdout.write(`${JSON.stringify({ schema: "linkplane.check/1", ok: false, problems }, null, 2)}\n`);
    return undefined;
  });
  if (configuration === undefined) return EXIT.configuration;
  const endpoints = endpointsOf(configuration);
  const told = {
    schema: "linkplane.check/1",
    ok: true,
    endpoints,
    warnings: warningsOf(configuration, endpoints),
    notes: proxyExceptions(configuration),
    ...(options.verbose === true ? { pools: collateralOf(configuration) } : {}),
  };
  if (options.json === true) process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  else process.stdout.write(textOf(file, configuration, endpoints, options.verbose === true));
  return EXIT.done;
}

function endpointsOf(configuration: Configuration): EndpointCheck[] {
  const links = linkIdentifiers(configuration.privateEndpoints);
  const identities = identityTexts(configuration);
  return configuration.privateEndpoints.map((endpoint, index) => {
    const service = configuration.privateLinkServices.find(({ name }) => name === endpoint.privateLinkService);
    if (service === undefined) throw new Error("The configuration was not checked.");
    const rules = rulesOf(service, configuration.loadBalancers).filter(({ rule }) => rule.backend === undefined);
    const pools = new Set(rules.map(({ rule }) => rule.backendAddressPool));
    const takers = (name: string): string[] =>
      (rules[0]?.balancer.backendAddressPools ?? [])
        .filter((pool) => pool.name === name)
        .flatMap((pool) => [...takersOf(pool)].map(({ address }) => address));
    const backends = new Set([...pools].flatMap(takers)).size;
    const targets = new Set(
      rules.flatMap(({ balancer, rule }) => {
        const addresses = takers(rule.backendAddressPool);
        const frontend = floatingAddress(balancer, rule);
        return frontend === undefined || addresses.length === 0 ? addresses : [frontend];
      }),
    );
    return {
      name: endpoint.name,
      state: endpoint.connectionState,
      service: service.name,
      rules: ruleTexts(service, configuration.loadBalancers),
      backends,
      linkIdentifier: links[index] as number,
      ...(service.enableProxyProtocol === true ? { proxyIdentifier: identities[index] as string } : {}),
      ...groupOf(configuration, endpoint),
      capacity: service.natAddresses.length * targets.size * PORTS_PER_PAIR,
    };
  });
}

function groupOf(
  configuration: Configuration,
  endpoint: Configuration["privateEndpoints"][number],
): Pick<EndpointCheck, "networkSecurityGroup"> {
  const attachment = attachmentOf(configuration, endpoint);
  if (attachment === undefined) return {};
  const { group, inert } = attachment;
  return { networkSecurityGroup: { name: group.name, rules: group.securityRules.length, applied: !inert } };
}

/** What is right but carries nothing, or stands there for nothing. */
function warningsOf(configuration: Configuration, endpoints: readonly EndpointCheck[]): string[] {
  const idle = endpoints.filter(({ backends }) => backends === 0).map(({ name }) => name);
  const warnings = [...inertRules(configuration), ...proxyDisagreements(configuration)];
  if (idle.length > 0)
    warnings.push(`No backend takes flows of ${idle.join(", ")}. Set a backend's state to up and its weight above 0.`);
  if (endpoints.length > 0 && endpoints.every(({ state }) => state !== "Approved"))
    warnings.push("No endpoint's connection is Approved, so every packet to one is refused.");
  return warnings;
}

function textOf(file: string, configuration: Configuration, endpoints: EndpointCheck[], verbose: boolean): string {
  const { virtualNetworks, privateLinkServices, loadBalancers } = configuration;
  const table = new Table({
    head: ["endpoint", "connection", "service", "rules", "backends up", "flows at once"],
    ...PLAIN_TABLE,
    colAligns: ["left", "left", "left", "left", "right", "right"],
  });
  for (const { name, state, service, rules, backends, capacity } of endpoints)
    table.push([name, state, service, rules.join("\n"), backends, capacity.toLocaleString("en")]);
  const counts = [
    amount(virtualNetworks.length, "virtual network"),
    amount(endpoints.length, "private endpoint"),
    amount(privateLinkServices.length, "private link service"),
    amount(loadBalancers.length, "load balancer"),
  ];
  const details = verbose ? `\n${connectionTable(endpoints)}\n\n${poolTables(configuration)}\n` : "";
  const floats = loadBalancers.some((each) => each.loadBalancingRules.some((rule) => rule.enableFloatingIP === true));
  const warnings = warningsOf(configuration, endpoints).map((warning) => `\nWarning: ${warning}\n`);
  const notes = proxyExceptions(configuration).map((note) => `\nNote: ${note}\n`);
  const text = `${file} is in order: ${counts.join(", ")}.\n\n${table.toString()}\n${details}\nFlows at once: NAT addresses x backends x 64,512 ports, for each protocol${floats ? "; with floating IP all backends of a frontend are one" : ""}.\n${[...warnings, ...notes].join("")}`;
  return text.replace(/ +$/gm, "");
}

function connectionTable(endpoints: readonly EndpointCheck[]): string {
  const announces = endpoints.some(({ proxyIdentifier }) => proxyIdentifier !== undefined);
  const head = ["endpoint", "link identifier", ...(announces ? ["in PROXY headers"] : []), "endpoint rules"];
  const table = new Table({ head, ...PLAIN_TABLE });
  for (const { name, linkIdentifier, proxyIdentifier = "none", networkSecurityGroup: group } of endpoints) {
    const rules = group === undefined ? "none" : `${group.name}: ${group.rules}${group.applied ? "" : ", not applied"}`;
    table.push([name, linkIdentifier, ...(announces ? [proxyIdentifier] : []), rules]);
  }
  return table.toString();
}
