// The least and the most that every number may be: accepted themselves, refused one step further, with the limit in the message.

import { configurationJsonSchema } from "../../../host/config/json-schema.ts";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { assert, suite } from "../../kit.ts";
import { complaint, SSH, valueOf } from "./sample.ts";

const SECONDS: [least: number, most: number] = [1, 7440];
const RULE = "loadBalancers[0].loadBalancingRules[0]";

/** Limits of the field at a path of the sample, and whether parts of a unit will do. */
const RANGES: [path: string, least: number, most: number, whole: boolean][] = [
  ["virtualNetworks[0].vlan", 1, 4094, true],
  ["virtualNetworks[1].vlan[0]", 1, 4094, true],
  ["virtualNetworks[1].vlan[1]", 1, 4094, true],
  ["loadBalancers[0].backendAddressPools[0].drainPeriodInSeconds", 0, 7440, false],
  ["loadBalancers[0].inboundNatRules[0].frontendPortRangeStart", 1, 65_535, true],
  ["loadBalancers[0].inboundNatRules[0].frontendPortRangeEnd", 1, 65_535, true],
  ["loadBalancers[0].inboundNatRules[0].backendPort", 1, 65_535, true],
  ["loadBalancers[0].inboundNatRules[0].idleTimeoutInMinutes", 4, 100, true],
  ["loadBalancers[0].backendAddressPools[0].backends[0].weight", 0, 1000, true],
  [`${RULE}.frontendPort`, 0, 65535, true],
  [`${RULE}.backendPort`, 0, 65535, true],
  [`${RULE}.idleTimeoutInMinutes`, 4, 100, true],
  ["privateEndpoints[0].linkIdentifier", 1, 4294967295, true],
  ["networkSecurityGroups[0].securityRules[0].priority", 100, 4096, true],
  ["virtualNetworks[0].mtu", 576, 65_535, true],
  ["settings.seed", 0, 4294967295, true],
  ["settings.shards", 1, 64, true],
  ["settings.maxFlows", 1, 1_024_000_000, true],
  ["settings.maxDenied", 0, 4_000_000, true],
  ["settings.maxFlowsPerClient", 1, 1_024_000_000, true],
  ["settings.portQuarantineSeconds", 0, 7440, false],
  ["settings.timers.tcpOpeningSeconds", ...SECONDS, false],
  ["settings.timers.tcpIdleSeconds", ...SECONDS, false],
  ["settings.timers.tcpHalfClosedSeconds", ...SECONDS, false],
  ["settings.timers.tcpClosingSeconds", ...SECONDS, false],
  ["settings.timers.tcpResetSeconds", ...SECONDS, false],
  ["settings.timers.udpIdleSeconds", ...SECONDS, false],
  ["settings.timers.deniedSeconds", ...SECONDS, false],
  ["settings.timers.fragmentSeconds", ...SECONDS, false],
  ["settings.identification.holdSlots", 1, 65_536, true],
];
/** Numbers whose limits dash-mistakes.ts and tunnel-mistakes.ts show. */
const ELSEWHERE = [
  "privateEndpoints[].dash.",
  "settings.tunnels[].port",
  "virtualNetworks[].encapsulation.",
  "virtualNetworks[].vni",
];

/** What contradicts other fields. */
const OTHERS = /^(Port 0 and protocol All|The range )/;

/** What is said about the field when it has this value. Port 0 has a rule of its own, in the table of contradictions. */
function said(path: string, value: unknown): string[] {
  const configuration = valueOf() as Record<string, unknown>;
  configuration.settings = { timers: {}, identification: {} };
  const parts = path.split(/[.[\]]+/).filter((part) => part !== "");
  const [balancer] = configuration.loadBalancers as Record<string, unknown>[];
  if (balancer !== undefined) balancer.inboundNatRules = [structuredClone(SSH)];
  const owner = parts.slice(0, -1).reduce((at, part) => at[part] as Record<string, unknown>, configuration);
  owner[parts.at(-1) as string] = value;
  const all = complaint(() => normalizeConfiguration(configuration)).problems;
  const problems = all.filter(({ message }) => !OTHERS.test(message));
  assert.ok(
    problems.every((problem) => problem.path !== "" && path.startsWith(problem.path)),
    `${path} = ${value}: ${problems.map((problem) => problem.path)}`,
  );
  return problems.map(({ message }) => message);
}

interface Schema {
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  items?: Schema | false;
  prefixItems?: Schema[];
  anyOf?: Schema[];
}

/** Path, least and most of every number in the schema; indices of lists as in `list[]`. */
function numbersOf(schema: Schema, path: string): string[] {
  const { minimum, maximum, properties = {}, items, prefixItems = [], anyOf = [] } = schema;
  return [
    ...(minimum === undefined && maximum === undefined ? [] : [`${path} ${minimum} ${maximum}`]),
    ...Object.entries(properties).flatMap(([name, field]) => numbersOf(field, path === "" ? name : `${path}.${name}`)),
    ...(items ? numbersOf(items, `${path}[]`) : []),
    ...prefixItems.flatMap((item) => numbersOf(item, `${path}[]`)),
    ...anyOf.flatMap((choice) => numbersOf(choice, path)),
  ];
}

suite("A number", (test) => {
  for (const [path, least, most, whole] of RANGES)
    test(`${path}: ${least} to ${most}`, () => {
      for (const value of [least, most]) assert.equal(said(path, value), [], `${value}`);
      if (!whole) assert.equal(said(path, least + 0.5), []);
      const step = whole ? 1 : 0.5;
      assert.ok(said(path, least - step).includes(`${least - step} is too small. Use at least ${least}.`));
      assert.ok(said(path, most + step).includes(`${most + step} is too big. Use at most ${most}.`));
      for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, `${least}`, true, null, ...(whole ? [least + 0.5] : [])])
        assert.is(said(path, odd).length, 1, String(odd));
    });

  test("of every field is among the rows, with the limits that the schema tells editors", () => {
    const inSchema = [...new Set(numbersOf(configurationJsonSchema() as Schema, ""))];
    const here = RANGES.map(([path, least, most]) => `${path.replace(/\[\d+\]/g, "[]")} ${least} ${most}`);
    assert.equal(
      [...new Set(here)].sort(),
      inSchema
        .map((line) => line.replace(/\[\d+\]/g, "[]"))
        .filter((line) => !ELSEWHERE.some((beginning) => line.startsWith(beginning)))
        .sort(),
    );
  });
});
