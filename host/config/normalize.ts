// From a value to a checked, complete configuration.

import { newConnection } from "./approval.ts";
import {
  type Configuration,
  type ConnectionState,
  DEFAULT_MTU,
  markChecked,
  type Timers,
  type VirtualNetwork,
} from "./configuration.ts";
import { dashMistakes } from "./dash-mistakes.ts";
import { dnsMistakes } from "./dns-mistakes.ts";
import { mistakesOf } from "./findings.ts";
import { mistakesBeside } from "./mend.ts";
import { natRuleMistakes } from "./nat-rule-mistakes.ts";
import { peeringMistakes } from "./peering-mistakes.ts";
import { profileSettings } from "./profile.ts";
import { ConfigurationError, type Mistake, pathText } from "./problem.ts";
import { findMistakes } from "./references.ts";
import { type ConfigurationFile, fileSchema } from "./schema.ts";
import { securityMistakes } from "./security-mistakes.ts";
import { tooMany } from "./totals.ts";
import { roomWithin, tunnelMistakes } from "./tunnel-mistakes.ts";
import { namesOfGroup } from "./zones.ts";

/** Checks an object in the terms of the configuration file. Throws ConfigurationError with every mistake. */
export function normalizeConfiguration(value: unknown): Configuration {
  const checked = check(value);
  if ("configuration" in checked) return checked.configuration;
  throw new ConfigurationError(
    "CONFIG_INVALID",
    checked.mistakes.map(({ path, message }) => ({
      file: "configuration",
      line: 0,
      column: 0,
      path: pathText(path),
      message,
    })),
  );
}

/** The configuration, or every mistake. */
export function check(value: unknown): { configuration: Configuration } | { mistakes: Mistake[] } {
  const parse = (candidate: unknown) => fileSchema.safeParse(candidate, { reportInput: true });
  const parsed = parse(value);
  if (!parsed.success)
    return {
      mistakes: [
        ...parsed.error.issues.flatMap((issue) => mistakesOf(issue, fileSchema)),
        ...mistakesBeside(value, parse, contradictions),
      ],
    };
  const mistakes = [...contradictions(parsed.data), ...tooMany(parsed.data)];
  return mistakes.length > 0 ? { mistakes } : { configuration: markChecked(complete(parsed.data)) };
}

/** Every mistake of a file whose shape is right. */
function contradictions(file: ConfigurationFile): Mistake[] {
  return [
    ...findMistakes(file),
    ...natRuleMistakes(file),
    ...peeringMistakes(file),
    ...dnsMistakes(file),
    ...securityMistakes(file),
    ...tunnelMistakes(file),
    ...dashMistakes(file),
  ];
}

/** Fills in what depends on other fields. */
function complete(file: ConfigurationFile): Configuration {
  const { $schema: _, ...rest } = file;
  const { maxFlowsPerClient, midStream, seed, timers, portQuarantineSeconds, ...settings } = file.settings;
  const profile = profileSettings(settings.profile);
  return {
    ...(rest as unknown as Omit<Configuration, "settings">),
    virtualNetworks: file.virtualNetworks.map((network) => ({
      ...(network as Configuration["virtualNetworks"][number]),
      ...mtuWithin(network as Configuration["virtualNetworks"][number]),
    })),
    privateEndpoints: file.privateEndpoints.map((endpoint) => ({
      ...(endpoint as Configuration["privateEndpoints"][number]),
      connectionState: endpoint.connectionState ?? connectionOf(file, endpoint),
    })),
    privateLinkServices: file.privateLinkServices.map((service) => ({
      ...(service as Configuration["privateLinkServices"][number]),
      loadBalancerFrontendIPConfigurations:
        service.loadBalancerFrontendIPConfigurations ??
        (file.loadBalancers.find(({ name }) => name === service.loadBalancer)?.frontendIPConfigurations ?? []).map(
          ({ name }) => name,
        ),
      ...(service.resources === undefined ? {} : { resources: service.resources.map(withNames) }),
    })),
    loadBalancers: file.loadBalancers.map((balancer) => ({
      ...(balancer as Configuration["loadBalancers"][number]),
      loadBalancingRules: balancer.loadBalancingRules.map((rule) => ({
        ...(rule as Configuration["loadBalancers"][number]["loadBalancingRules"][number]),
        backendPort: rule.backendPort ?? rule.frontendPort,
      })),
    })),
    settings: {
      ...settings,
      seed: resolveSeed(seed),
      ...(midStream === undefined ? {} : { midStream }),
      ...(maxFlowsPerClient === undefined ? {} : { maxFlowsPerClient }),
      portQuarantineSeconds: portQuarantineSeconds ?? profile.portQuarantineSeconds,
      timers: { ...profile.timers, ...(timers as Partial<Timers>) },
    },
  };
}

/** MTU that the encapsulation of a network leaves, where it is limited and the file names none. */
function mtuWithin({ mtu, encapsulation }: VirtualNetwork): Pick<VirtualNetwork, "mtu"> {
  const room = encapsulation === undefined ? undefined : roomWithin(encapsulation);
  return mtu === undefined && room !== undefined ? { mtu: Math.min(room, DEFAULT_MTU) } : {};
}

/** State of a connection that the file does not state. */
function connectionOf(
  { privateLinkServices }: ConfigurationFile,
  { privateLinkService, subscription }: ConfigurationFile["privateEndpoints"][number],
): ConnectionState {
  const { visibility, autoApproval } = privateLinkServices.find(({ name }) => name === privateLinkService) ?? {};
  return newConnection({ ...(visibility && { visibility }), ...(autoApproval && { autoApproval }) }, subscription);
}

/** A resource with the names that follow from its group, where none are given. */
function withNames(resource: NonNullable<ConfigurationFile["privateLinkServices"][number]["resources"]>[number]) {
  const { name, groupId, names, publicIPAddresses } = resource;
  return {
    name,
    ...(groupId === undefined ? {} : { groupId }),
    names: names ?? namesOfGroup(name, groupId) ?? [],
    ...(publicIPAddresses === undefined ? {} : { publicIPAddresses }),
  };
}

/** A number for `random`. */
function resolveSeed(seed: number | "random"): number {
  return seed === "random" ? (crypto.getRandomValues(new Uint32Array(1))[0] as number) : seed;
}
