// From a value to a checked, complete configuration.

import * as z from "zod";
import { newConnection } from "./approval.ts";
import { type Configuration, type ConnectionState, markChecked } from "./configuration.ts";
import { mistakesBeside } from "./mend.ts";
import { nearest } from "./nearest.ts";
import { peeringMistakes } from "./peering-mistakes.ts";
import { ConfigurationError, type Mistake, type Path, pathText } from "./problem.ts";
import { findMistakes } from "./references.ts";
import { type ConfigurationFile, fileSchema } from "./schema.ts";
import { securityMistakes } from "./security-mistakes.ts";
import { tooLong, tooMany } from "./totals.ts";
import { namesOfGroup } from "./zones.ts";
import { noChoice, wrongKind } from "./wrong-kind.ts";

/** Messages of the schema are sentences; zod's own have no full stop. */
const OWN_MESSAGE = /[.?]$/;

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
    return { mistakes: [...parsed.error.issues.flatMap(mistakesOf), ...mistakesBeside(value, parse, contradictions)] };
  const mistakes = [...contradictions(parsed.data), ...tooMany(parsed.data)];
  return mistakes.length > 0 ? { mistakes } : { configuration: markChecked(complete(parsed.data)) };
}

/** Every mistake of a file whose shape is right. */
function contradictions(file: ConfigurationFile): Mistake[] {
  return [...findMistakes(file), ...peeringMistakes(file), ...securityMistakes(file)];
}

/** zod's finding in our words. */
function mistakesOf(issue: z.core.$ZodIssue): Mistake[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const advice = near === undefined ? `It may be one of: ${known.join(", ")}.` : `Did you mean "${near}"?`;
      return { path: [...path, key], message: `There is no field "${key}" here. ${advice}`, atKey: true };
    });
  }
  const field = path.at(-1);
  if (typeof field === "string" && issue.input === undefined && issue.code === "invalid_type")
    return [{ path: path.slice(0, -1), message: `The field "${field}" is missing. Add it.` }];
  if (typeof field === "string" && issue.input === undefined && issue.code === "invalid_value")
    return [
      { path: path.slice(0, -1), message: `The field "${field}" is missing. Add one of: ${issue.values.join(", ")}.` },
    ];
  const message = messageOf(issue);
  return message === undefined ? [] : [{ path, message }];
}

/** What is wrong with a value and what to do; undefined when another finding says it. */
function messageOf(issue: z.core.$ZodIssue): string | undefined {
  if (OWN_MESSAGE.test(issue.message)) return issue.message;
  if (issue.code === "invalid_type") return wrongKind(issue.expected, issue.input);
  if (issue.code === "invalid_value") return noChoice(issue.values, issue.input);
  if (issue.code === "too_big" || issue.code === "too_small") {
    // Whole numbers that are not exact; each has limits of its own, which it misses too.
    if (issue.origin === "int") return undefined;
    if (issue.code === "too_small") return `${issue.input} is too small. Use at least ${issue.minimum}.`;
    if (issue.origin === "number") return `${issue.input} is too big. Use at most ${issue.maximum}.`;
    return tooLong(issue.maximum);
  }
  return `${issue.message}.`;
}

/** Fields that the schema knows at a path. */
function keysAt(path: Path): string[] {
  let at = z.toJSONSchema(fileSchema, { io: "input" }) as JsonSchema | undefined;
  for (const part of path) at = typeof part === "number" ? at?.items : at?.properties?.[part];
  return Object.keys(at?.properties ?? {});
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

/** Fills in what depends on other fields. */
function complete(file: ConfigurationFile): Configuration {
  const { $schema: _, ...rest } = file;
  const { midStream, seed, ...settings } = file.settings;
  return {
    ...(rest as unknown as Omit<Configuration, "settings">),
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
    settings: { ...settings, seed: resolveSeed(seed), ...(midStream === undefined ? {} : { midStream }) },
  };
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
  const { name, groupId, names } = resource;
  return {
    name,
    ...(groupId === undefined ? {} : { groupId }),
    names: names ?? namesOfGroup(name, groupId) ?? [],
  };
}

/** A number for `random`. */
function resolveSeed(seed: number | "random"): number {
  return seed === "random" ? (crypto.getRandomValues(new Uint32Array(1))[0] as number) : seed;
}
