import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { unfilteredRules } from "../../../host/config/names.ts";
import { ConfigurationError } from "../../../host/config/problem.ts";
import { assert, suite } from "../../kit.ts";

const TEXT = readFileSync(fileURLToPath(new URL("../../../examples/filtered.yaml", import.meta.url)), "utf8");

type Raw = {
  privateEndpoints: Record<string, unknown>[];
  privateLinkServices: { resources?: Record<string, unknown>[] }[];
  loadBalancers: { loadBalancingRules: Record<string, unknown>[] }[];
  settings?: Record<string, unknown>;
};

/** Path and message of each problem of the example when it is changed. */
function problemsOf(change: (raw: Raw) => void): string[] {
  const raw = parse(TEXT) as Raw;
  change(raw);
  try {
    normalizeConfiguration(raw);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

suite("Resources", (test) => {
  test("rules that do not look at names are known", () =>
    assert.equal(unfilteredRules(normalizeConfiguration(parse(TEXT))), ["pls-front/dns"]));

  test("an endpoint behind a rule that identifies by name needs a resource", () =>
    assert.equal(
      problemsOf(({ privateEndpoints: [first] }) => delete first?.resource),
      [
        'privateEndpoints[0]: Rule "https" identifies by name, and "pe-storage" is mapped to no resource. Add resource, and groupId if it has one.',
      ],
    ));

  test("a resource and group that the service does not have", () => {
    const [problem = ""] = problemsOf(({ privateEndpoints: [first] }) =>
      Object.assign(first ?? {}, { groupId: "file" }),
    );
    assert.match(
      problem,
      /^privateEndpoints\[0\]\.resource: "pls-front" has no resource "account1" \(file\)\. Use one of: "account1" \(blob\)/,
    );
  });

  test("a resource whose names do not follow from its group", () =>
    assert.equal(
      problemsOf(({ privateLinkServices: [service] }) => service?.resources?.push({ name: "x", groupId: "y" })),
      ['privateLinkServices[0].resources[3]: No names follow from the group of "x" (y). Write them under names.'],
    ));

  test("the same resource and group twice", () =>
    assert.equal(
      problemsOf(({ privateLinkServices: [service] }) =>
        service?.resources?.push({ name: "account1", groupId: "blob", names: ["a.example"] }),
      ),
      ['privateLinkServices[0].resources[3]: There are two resources "account1" (blob). Remove one.'],
    ));

  test("several shards", () =>
    assert.equal(
      problemsOf((raw) => (raw.settings = { shards: 2 })),
      [
        'settings.shards: Rule "https" identifies by name, which a plane of several shards does not do. Use 1 shard, or identify: address.',
      ],
    ));

  test("every request of a rule that does not identify by HTTP", () =>
    assert.equal(
      problemsOf(({ loadBalancers: [balancer] }) =>
        Object.assign(balancer?.loadBalancingRules[0] ?? {}, { everyRequest: true }),
      ),
      [
        'loadBalancers[0].loadBalancingRules[0].everyRequest: Rule "https" looks at every request, and identifies by tls. Use identify: http, or leave everyRequest out.',
      ],
    ));
});
