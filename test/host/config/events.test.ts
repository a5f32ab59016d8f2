// What an events file may say: every kind of mistake with its place, times, and what becomes of a configuration.

import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { changed, type Change } from "../../../host/config/event.ts";
import { parseEvents } from "../../../host/config/events.ts";
import { eventsJsonSchema } from "../../../host/config/json-schema.ts";
import { timeOf } from "../../../host/config/event-time.ts";
import { problemText } from "../../../host/config/problem.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { assert, suite } from "../../kit.ts";
import { messagesOf } from "./messages.ts";
import { ADVICE, complaint } from "./sample.ts";

const ROOT = new URL("../../../", import.meta.url);
const SOURCES = ["events.ts", "events-schema.ts", "event-mistakes.ts"];

/** The base configuration with a group, an endpoint that may not see its service, and a second load balancer. */
function configuration(): Configuration {
  const base = baseConfiguration();
  const [balancer] = base.loadBalancers;
  base.networkSecurityGroups = [{ name: "group", defaultRules: "cloud", securityRules: [] }];
  base.privateEndpoints[4] = { ...(base.privateEndpoints[4] as never as object), connectionState: "Refused" } as never;
  const own = { name: "own", backends: [{ address: "10.2.1.9", weight: 1, state: "up" as const }] };
  if (balancer !== undefined)
    base.loadBalancers.push({
      ...balancer,
      name: "second",
      backendAddressPools: [...balancer.backendAddressPools, own],
    });
  return markChecked(base);
}

const RULE = "{ name: r, priority: 100, access: Deny, protocol: Tcp, destinationPortRanges: ['*'] }";
const SOURCED = RULE.replace(" }", ", sourceAddressPrefixes: ['*'] }");
const APPROVE = "{ at: 1, privateEndpoint: shop-pending, connectionState: Approved }";
const NO_TIME =
  "This is no time. Write seconds after the first packet, such as 12.5 or +12.5s, or a date and time such as 2026-11-24T00:10:30.5Z.";
const NOT_ONE =
  "This is not one change. Give privateEndpoint with connectionState or networkSecurityGroup, networkSecurityGroup with securityRules, or backendAddressPool and backend with state, weight or adminState.";

/** Events, a caret before what is at fault, and the message. */
const MISTAKES: [events: string[], message: string][] = [
  [["{ at: ^soon, privateEndpoint: shop-pending, connectionState: Approved }"], NO_TIME],
  [["{ at: ^-1, privateEndpoint: shop-pending, connectionState: Approved }"], NO_TIME],
  [["{ at: ^2026-11-24, privateEndpoint: shop-pending, connectionState: Approved }"], NO_TIME],
  [["^{ privateEndpoint: shop-pending, connectionState: Approved }"], NO_TIME],
  [[`^{ at: 1, privateEndpoint: shop-pending }`], NOT_ONE],
  [["^{ at: 1, backendAddressPool: own, backend: 10.2.1.9 }"], NOT_ONE],
  [["^{ at: 1, privateEndpoint: shop-pending, connectionState: Approved, weight: 1 }"], NOT_ONE],
  [
    ["{ at: 1, privateEndpoint: shop-pending, ^conectionState: Approved }"],
    'There is no field "conectionState" here. Did you mean "connectionState"?',
  ],
  [
    ["{ at: 1, privateEndpoint: ^shop-pendign, connectionState: Approved }"],
    'There is no private endpoint "shop-pendign". Did you mean "shop-pending"?',
  ],
  [
    ["{ at: 1, privateEndpoint: shop-approved, networkSecurityGroup: ^grup }"],
    'There is no network security group "grup". Did you mean "group"?',
  ],
  [
    ["{ at: 1, privateEndpoint: shop-disconnected, connectionState: ^Approved }"],
    'The connection of "shop-disconnected" is Disconnected by then, which is final. Remove the event.',
  ],
  [
    [
      "{ at: 1, privateEndpoint: shop-pending, connectionState: Disconnected }",
      "{ at: 2, privateEndpoint: shop-pending, connectionState: ^Pending }",
    ],
    'The connection of "shop-pending" is Disconnected by then, which is final. Remove the event.',
  ],
  [
    ["{ at: 1, privateEndpoint: lab-approved, connectionState: ^Approved }"],
    '"lab-approved" may not see its service. Add its subscription to visibility.',
  ],
  [
    ["{ at: 1, backendAddressPool: ^pol, backend: 10.2.1.1, state: down }"],
    'There is no backend pool "pol". Did you mean "pool"?',
  ],
  [
    ["{ at: 1, backendAddressPool: ^pool, backend: 10.2.1.1, state: down }"],
    'Several load balancers have a pool "pool". Name one in loadBalancer.',
  ],
  [
    ["{ at: 1, loadBalancer: ^third, backendAddressPool: pool, backend: 10.2.1.1, state: down }"],
    'There is no load balancer "third". Use one of: balancer, second.',
  ],
  [
    ["{ at: 1, loadBalancer: second, backendAddressPool: pool, backend: ^10.9.9.9, weight: 2 }"],
    'There is no backend "10.9.9.9". Did you mean "10.2.1.1"?',
  ],
  [
    [`{ at: 1, networkSecurityGroup: ^gruop, securityRules: [${SOURCED}] }`],
    'There is no network security group "gruop". Did you mean "group"?',
  ],
  [
    [`{ at: 1, networkSecurityGroup: group, securityRules: [^${RULE}] }`],
    'The rule names no source. Add sourceAddressPrefixes, ["*"] for every one.',
  ],
  [
    [APPROVE, APPROVE.replace("1", "^0.5")],
    "This is before the event above it. Write the events in the order of their times.",
  ],
  [
    [APPROVE, APPROVE.replace("1", "^2026-11-24T00:00:00Z")],
    "Times are seconds in one event and dates in another. Write all of them in one way.",
  ],
];

suite("A mistake in an events file", (test) => {
  for (const [events, message] of MISTAKES) {
    const marked = `# Changes\nevents:\n${events.map((event) => `  - ${event}\n`).join("")}`;
    const before = marked.slice(0, marked.indexOf("^")).split("\n");
    const place = `${before.length}:${(before.at(-1) as string).length + 1}`;
    test(`at ${place}: ${message}`, () => {
      const { code, problems } = complaint(() => parseEvents(marked.replace("^", ""), configuration(), "e.yaml"));
      assert.equal(problems.map(problemText), [`e.yaml:${place}: ${message}`]);
      assert.is(code, "CONFIG_INVALID");
      assert.match(message, ADVICE);
    });
  }

  test("of every kind that the sources know is among the rows", () => {
    const there = readdirSync(new URL("../../../host/config/", import.meta.url));
    assert.ok(SOURCES.every((file) => there.includes(file)));
    const missing = SOURCES.flatMap(messagesOf).filter((kind) => !MISTAKES.some(([, message]) => kind.test(message)));
    // Of no event at all: the next test.
    assert.equal(missing.map(String), ["/There is no event\\. Add one\\./"]);
  });

  test("of the file itself", () => {
    for (const [text, code, message] of [
      ["events: []", "CONFIG_INVALID", "e.yaml:1:9: There is no event. Add one."],
      ["", "CONFIG_INVALID", 'e.yaml:1:1: The field "events" is missing. Add it.'],
      [
        "events: [\n",
        "CONFIG_SYNTAX",
        "e.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]. Check the indentation and the quotes around it.",
      ],
      ["\0", "CONFIG_SYNTAX", "e.yaml:1:1: This is no text file. Give the events, in YAML or JSON."],
    ] as const) {
      const found = complaint(() => parseEvents(text, configuration(), "e.yaml"));
      assert.is(found.code, code);
      assert.is(found.problems.map(problemText)[0], message);
    }
  });
});

suite("schema/events.schema.json", (test) => {
  test("is what npm run schema makes, and takes the example", () => {
    const file = readFileSync(new URL("schema/events.schema.json", ROOT), "utf8");
    assert.is(file, `${JSON.stringify(eventsJsonSchema(), null, 2)}\n`);
    const example = parse(readFileSync(new URL("examples/incident.yaml", ROOT), "utf8"));
    assert.ok(z.fromJSONSchema(JSON.parse(file)).safeParse(example).success);
  });
});

suite("The time of an event", (test) => {
  test("is seconds after the first packet, or a date with its zone, to the nanosecond", () => {
    for (const [text, after, nanoseconds] of [
      [0, "first packet", 0n],
      [12.5, "first packet", 12_500_000_000n],
      [0.000000001, "first packet", 1n],
      ["+12.5s", "first packet", 12_500_000_000n],
      ["3", "first packet", 3_000_000_000n],
      ["1970-01-01T00:00:01.000000001Z", "1970", 1_000_000_001n],
      ["1970-01-01T02:00:00+01:00", "1970", 3_600_000_000_000n],
    ] as const)
      assert.equal(timeOf(text), { after, nanoseconds });
    for (const text of [
      -1,
      Number.NaN,
      1e12,
      "",
      "s",
      "12,5",
      "1.0000000001",
      "2026-11-24T00:00:00",
      "2026-13-01T00:00:00Z",
      "2026-02-30T00:00:00Z",
    ])
      assert.is(timeOf(text), undefined, String(text));
  });
});

suite("A configuration after a change", (test) => {
  const at = (change: Change): Configuration => changed(configuration(), change);
  test("is another object, and nothing else in it is changed", () => {
    const before = configuration();
    const kept = structuredClone(before);
    const after = changed(before, {
      kind: "connection",
      privateEndpoint: "shop-approved",
      connectionState: "Rejected",
    });
    assert.equal(before, kept);
    assert.is(after.privateEndpoints[0]?.connectionState, "Rejected");
    assert.equal({ ...after, privateEndpoints: before.privateEndpoints }, before);
  });

  test("has one backend changed, in the load balancer that was named", () => {
    const pool = { loadBalancer: "second", backendAddressPool: "pool", backend: "10.2.1.1" };
    const { loadBalancers } = at({ kind: "backend", ...pool, state: "draining" });
    const backends = loadBalancers.map((balancer) => balancer.backendAddressPools[0]?.backends[0]);
    assert.equal(backends, [
      { address: "10.2.1.1", weight: 1, state: "up" },
      { address: "10.2.1.1", weight: 1, state: "draining" },
    ]);
    const heavier = at({ kind: "backend", ...pool, weight: 7 }).loadBalancers[1]?.backendAddressPools[0]?.backends;
    assert.equal(heavier, [{ address: "10.2.1.1", weight: 7, state: "up" }]);
    const put = at({ kind: "backend", ...pool, adminState: "Down" }).loadBalancers[1]?.backendAddressPools[0]?.backends;
    assert.equal(put, [{ address: "10.2.1.1", weight: 1, state: "up", adminState: "Down" }]);
  });

  test("keeps what follows a group's rules unless that is changed", () => {
    const rules = { kind: "rules", networkSecurityGroup: "group", securityRules: [] } as const;
    assert.is(at({ ...rules, securityRules: [] }).networkSecurityGroups?.[0]?.defaultRules, "cloud");
    const none = at({ ...rules, securityRules: [], defaultRules: "none" });
    assert.is(none.networkSecurityGroups?.[0]?.defaultRules, "none");
  });
});
