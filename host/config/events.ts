// Reading an events file, and holding each event against the configuration as it will be by then.

import type { Configuration } from "./configuration.ts";
import { type Checked, readDocument } from "./document.ts";
import { type Change, changed, type ConfigurationEvent } from "./event.ts";
import { mistakesOfChange } from "./event-mistakes.ts";
import { type EventTime, timeOf } from "./event-time.ts";
import { type EventEntry, eventsSchema } from "./events-schema.ts";
import { mistakesOf } from "./findings.ts";
import type { Mistake } from "./problem.ts";

/**
 * Reads the events that change a configuration, YAML or JSON. `file` is its name in messages. Throws ConfigurationError with every
 * mistake: CONFIG_SYNTAX, CONFIG_INVALID.
 */
export function parseEvents(text: string, configuration: Configuration, file = "events"): ConfigurationEvent[] {
  return readDocument(text, file, "events", (value) => checkEvents(value, configuration));
}

function checkEvents(value: unknown, configuration: Configuration): Checked<ConfigurationEvent[]> {
  const parsed = eventsSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    const { issues } = parsed.error;
    // Of an event with an unknown field it cannot be said what else is missing.
    const unknown = issues.filter(({ code }) => code === "unrecognized_keys").map(({ path }) => path.join());
    const told = issues.filter(({ code, path }) => code !== "custom" || !unknown.includes(path.join()));
    return { mistakes: told.flatMap((issue) => mistakesOf(issue, eventsSchema)) };
  }
  const times = parsed.data.events.map(({ at }) => timeOf(at) as EventTime);
  const mistakes = times.flatMap((time, i) => outOfOrder(time, times[i - 1], i));
  const events: ConfigurationEvent[] = [];
  let before = configuration;
  parsed.data.events.forEach((entry, i) => {
    const change = changeOf(entry, before);
    const found = mistakesOfChange(before, change, ["events", i], entry.loadBalancer !== undefined);
    mistakes.push(...found);
    if (found.length > 0) return;
    before = changed(before, change);
    events.push({ at: times[i] as EventTime, change });
  });
  return mistakes.length > 0 ? { mistakes } : { read: events };
}

function outOfOrder(time: EventTime, before: EventTime | undefined, i: number): Mistake[] {
  if (before === undefined) return [];
  const path = ["events", i, "at"];
  if (time.after !== before.after)
    return [{ path, message: "Times are seconds in one event and dates in another. Write all of them in one way." }];
  if (time.nanoseconds >= before.nanoseconds) return [];
  return [{ path, message: "This is before the event above it. Write the events in the order of their times." }];
}

/** The change of an event whose shape is right; a pool without its load balancer is the first of its name. */
function changeOf(entry: EventEntry, { loadBalancers }: Configuration): Change {
  const { privateEndpoint = "", connectionState, networkSecurityGroup = "", securityRules, defaultRules } = entry;
  if (connectionState !== undefined) return { kind: "connection", privateEndpoint, connectionState };
  if (securityRules !== undefined)
    return {
      kind: "rules",
      networkSecurityGroup,
      securityRules,
      ...(defaultRules === undefined ? {} : { defaultRules }),
    };
  if (entry.privateEndpoint !== undefined) return { kind: "group", privateEndpoint, networkSecurityGroup };
  const { backendAddressPool = "", backend = "", state, weight, adminState } = entry;
  const owner = loadBalancers.find((one) => one.backendAddressPools.some(({ name }) => name === backendAddressPool));
  const loadBalancer = entry.loadBalancer ?? owner?.name ?? "";
  return {
    kind: "backend",
    loadBalancer,
    backendAddressPool,
    backend,
    ...(state === undefined ? {} : { state }),
    ...(weight === undefined ? {} : { weight }),
    ...(adminState === undefined ? {} : { adminState }),
  };
}
