// What is not written: the smallest configuration, filled in; every default; what "Left out" promises.

import { parse } from "yaml";
import * as Abi from "../../../host/abi.ts";
import { compile } from "../../../host/config/compile.ts";
import { type Configuration, DEFAULT_SETTINGS, isChecked } from "../../../host/config/configuration.ts";
import { configurationJsonSchema } from "../../../host/config/json-schema.ts";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { parseConfiguration } from "../../../host/config/parse.ts";
import { profileSettings } from "../../../host/config/profile.ts";
import { assert, suite } from "../../kit.ts";

const MINIMAL = `
virtualNetworks: [{ name: consumer }, { name: provider }]
privateEndpoints:
  - { name: endpoint, virtualNetwork: consumer, privateIPAddress: 10.1.0.4, privateLinkService: service }
privateLinkServices:
  - { name: service, virtualNetwork: provider, loadBalancer: balancer, natAddresses: [10.2.1.4] }
loadBalancers:
  - name: balancer
    frontendIPConfigurations:
      - { name: front, privateIPAddress: 10.2.0.4 }
      - { name: back, privateIPAddress: 10.2.0.5 }
    backendAddressPools: [{ name: pool, backends: [{ address: 10.2.0.11 }] }]
    loadBalancingRules:
      - { name: https, frontendIPConfiguration: front, backendAddressPool: pool, protocol: Tcp, frontendPort: 443 }
`;

/** What MINIMAL is once everything is said. */
const FILLED_IN: Configuration = {
  virtualNetworks: [
    { name: "consumer", addressSpace: [] },
    { name: "provider", addressSpace: [] },
  ],
  privateEndpoints: [
    {
      name: "endpoint",
      virtualNetwork: "consumer",
      privateIPAddress: "10.1.0.4",
      privateLinkService: "service",
      connectionState: "Approved",
    },
  ],
  privateLinkServices: [
    {
      name: "service",
      virtualNetwork: "provider",
      loadBalancer: "balancer",
      loadBalancerFrontendIPConfigurations: ["front", "back"],
      natAddresses: ["10.2.1.4"],
    },
  ],
  loadBalancers: [
    {
      name: "balancer",
      frontendIPConfigurations: [
        { name: "front", privateIPAddress: "10.2.0.4" },
        { name: "back", privateIPAddress: "10.2.0.5" },
      ],
      backendAddressPools: [{ name: "pool", backends: [{ address: "10.2.0.11", weight: 1, state: "up" }] }],
      loadBalancingRules: [
        {
          name: "https",
          frontendIPConfiguration: "front",
          backendAddressPool: "pool",
          protocol: "Tcp",
          frontendPort: 443,
          backendPort: 443,
          loadDistribution: "Default",
          enableTcpReset: false,
          identify: "address",
        },
      ],
    },
  ],
  settings: {
    profile: "azure",
    seed: 1,
    shards: 1,
    maxFlows: 1_048_576,
    maxDenied: 65_536,
    endpointSources: "drop",
    connectionLost: "cut",
    whenFull: "refuse",
    portQuarantineSeconds: 0,
    icmpTimeExceeded: false,
    icmpEcho: "drop",
    packetTooBig: "forward",
    clampMss: false,
    tunnels: [],
    fragments: "translate",
    timers: {
      tcpOpeningSeconds: 60,
      tcpIdleSeconds: 300,
      tcpClosingSeconds: 30,
      tcpResetSeconds: 10,
      udpIdleSeconds: 300,
      deniedSeconds: 60,
      fragmentSeconds: 2,
    },
    identification: {
      missingName: "deny",
      encryptedName: "allow",
      unexpectedProtocol: "deny",
      http2PriorKnowledge: "deny",
      messageTooLong: "deny",
      holdPoolFull: "deny",
      otherBeginning: "deny",
      enableTcpReset: true,
      holdSlots: 1024,
    },
  },
};

/** Other than the defaults, falsy where that is allowed. */
const OTHERWISE: Configuration["settings"] = {
  profile: "gcp",
  seed: 0,
  shards: 64,
  maxFlows: 1,
  maxDenied: 0,
  maxFlowsPerClient: 7,
  midStream: "drop",
  endpointSources: "admit",
  connectionLost: "keep",
  whenFull: "evict",
  portQuarantineSeconds: 0.5,
  icmpTimeExceeded: true,
  icmpEcho: "answer",
  packetTooBig: "answer",
  clampMss: true,
  tunnels: [{ type: "vxlan", port: 8472 }],
  fragments: "drop",
  timers: {
    tcpOpeningSeconds: 1,
    tcpIdleSeconds: 7440,
    tcpHalfClosedSeconds: 2.5,
    tcpClosingSeconds: 1.5,
    tcpResetSeconds: 2,
    udpIdleSeconds: 3,
    deniedSeconds: 4,
    fragmentSeconds: 5,
  },
  identification: {
    missingName: "allow",
    encryptedName: "deny",
    unexpectedProtocol: "allow",
    http2PriorKnowledge: "allow",
    messageTooLong: "allow",
    holdPoolFull: "allow",
    otherBeginning: "allow",
    enableTcpReset: false,
    holdSlots: 1,
  },
};

interface Field {
  default?: unknown;
  description?: string;
  properties?: Record<string, Field>;
}

const withSettings = (settings: object): Configuration => normalizeConfiguration({ ...parse(MINIMAL), settings });

/** The first rule of a MINIMAL whose rule has more fields. */
function ruleWith(fields: object): Configuration["loadBalancers"][number]["loadBalancingRules"][number] | undefined {
  const value = parse(MINIMAL);
  Object.assign(value.loadBalancers[0].loadBalancingRules[0], fields);
  return normalizeConfiguration(value).loadBalancers[0]?.loadBalancingRules[0];
}

/** The defaults that a JSON Schema states for an object's fields, those within it too. */
function defaultsOf({ properties = {} }: Field): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, field]) => {
      if (field.properties !== undefined) return [[name, defaultsOf(field)]];
      return field.default === undefined ? [] : [[name, field.default]];
    }),
  );
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

const flagsOf = (configuration: Configuration, midStream: "admit" | "drop"): number =>
  viewOf(compile(configuration, midStream).image).getUint32(Abi.TABLES_FLAGS, true);

/** Timeouts in the tables, nanoseconds, by timer. */
function timeoutsOf(configuration: Configuration): bigint[] {
  const view = viewOf(compile(configuration, "drop").image);
  const section = view.getUint32(Abi.TABLES_TIMEOUTS, true);
  return Array.from({ length: Abi.TIMER_RULES + 1 }, (_, timer) => view.getBigUint64(section + timer * 8, true));
}

suite("Defaults", (test) => {
  test("the smallest configuration, filled in", () => {
    assert.equal(parseConfiguration(MINIMAL), FILLED_IN);
    assert.equal(normalizeConfiguration(parse(MINIMAL)), FILLED_IN);
    assert.ok(isChecked(parseConfiguration(MINIMAL)));
  });

  test("what is filled in is a configuration again, and stays as it is", () => {
    assert.equal(normalizeConfiguration(FILLED_IN), FILLED_IN);
  });

  test("settings that are left out, empty, or hold empty timers are DEFAULT_SETTINGS", () => {
    assert.equal(parseConfiguration(MINIMAL).settings, DEFAULT_SETTINGS);
    assert.equal(withSettings({}).settings, DEFAULT_SETTINGS);
    assert.equal(withSettings({ timers: {} }).settings, DEFAULT_SETTINGS);
    assert.equal(withSettings(DEFAULT_SETTINGS).settings, DEFAULT_SETTINGS);
  });

  test("the schema states DEFAULT_SETTINGS, and describes each of them", () => {
    const { settings } = (configurationJsonSchema() as Field).properties ?? {};
    assert.equal(defaultsOf(settings ?? {}), DEFAULT_SETTINGS);
    const { timers, ...others } = settings?.properties ?? {};
    const fields = Object.entries({ ...others, ...timers?.properties });
    const silent = fields.filter(([, field]) => field.default === undefined);
    assert.equal(
      silent.map(([name, { description }]) => `${name}: ${description}`),
      [
        "maxFlowsPerClient: Flows that one address in a network has at once, by all shards together, each of which has its part. Costs 32 to 64 bytes for each of maxFlows. Fixed while a plane runs. Left out: any number.",
        "midStream: A TCP flow whose beginning was not seen. Left out: admitted in a replay, dropped in the library.",
        "tcpHalfClosedSeconds: A TCP flow after FIN in one direction, without packets, seconds (1 to 7440). Left out: 240 with profile rfc, else as long as before it.",
      ],
    );
  });

  for (const [name, value] of Object.entries(OTHERWISE).filter(([, value]) => typeof value !== "object"))
    test(`${name}: ${value} leaves every other setting at its default`, () => {
      const ofProfile = name === "profile" ? profileSettings(OTHERWISE.profile) : {};
      assert.equal(withSettings({ [name]: value }).settings, { ...DEFAULT_SETTINGS, ...ofProfile, [name]: value });
    });

  for (const [name, value] of Object.entries(OTHERWISE.timers))
    test(`${name}: ${value} leaves every other timer at its default`, () => {
      const timers = { ...DEFAULT_SETTINGS.timers, [name]: value };
      assert.equal(withSettings({ timers: { [name]: value } }).settings, { ...DEFAULT_SETTINGS, timers });
    });

  test("settings that are all given stay so", () => {
    assert.equal(withSettings(OTHERWISE).settings, OTHERWISE);
  });

  test("belong to one configuration: changing them changes neither the next one nor DEFAULT_SETTINGS", () => {
    const before = structuredClone(DEFAULT_SETTINGS);
    const changed = parseConfiguration(MINIMAL);
    changed.settings.maxFlows = 7;
    changed.settings.timers.udpIdleSeconds = 7;
    changed.virtualNetworks[0]?.addressSpace.push("10.1.0.0/16");
    assert.equal(parseConfiguration(MINIMAL), FILLED_IN);
    assert.equal(DEFAULT_SETTINGS, before);
  });

  test("the value that was read is not written to", () => {
    const value = parse(MINIMAL);
    normalizeConfiguration(value);
    assert.equal(value, parse(MINIMAL));
  });

  test("a random seed is a number of 32 bits, another each time", () => {
    const seeds = Array.from({ length: 8 }, () => withSettings({ seed: "random" }).settings.seed);
    assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32));
    assert.ok(new Set(seeds).size > 1);
  });

  test("$schema is for editors and is not kept", () => {
    assert.equal(normalizeConfiguration({ $schema: "linkplane.schema.json", ...parse(MINIMAL) }), FILLED_IN);
  });
});

suite("Left out", (test) => {
  test("backendPort is the frontend's port; 0 stays 0", () => {
    assert.is(ruleWith({ frontendPort: 8080 })?.backendPort, 8080);
    assert.is(ruleWith({ backendPort: 9 })?.backendPort, 9);
    assert.is(ruleWith({ backendPort: 0 })?.backendPort, 0);
    assert.is(ruleWith({ protocol: "All", frontendPort: 0 })?.backendPort, 0);
  });

  test("a weight of 0 is no missing weight", () => {
    const value = parse(MINIMAL);
    value.loadBalancers[0].backendAddressPools[0].backends[0].weight = 0;
    assert.is(normalizeConfiguration(value).loadBalancers[0]?.backendAddressPools[0]?.backends[0]?.weight, 0);
  });

  test("frontends of a service are all of its load balancer's; one that is named is the only one", () => {
    const value = parse(MINIMAL);
    value.privateLinkServices[0].loadBalancerFrontendIPConfigurations = ["front"];
    assert.equal(normalizeConfiguration(value).privateLinkServices[0]?.loadBalancerFrontendIPConfigurations, ["front"]);
  });

  test("midStream is what the caller says: the library drops, the replay admits; a setting has the last word", () => {
    const DROP = Abi.FLAG_ENDPOINT_SOURCES_DROP | Abi.FLAG_MID_STREAM_DROP;
    assert.equal(
      (["drop", "admit"] as const).map((midStream) => flagsOf(parseConfiguration(MINIMAL), midStream)),
      [DROP, Abi.FLAG_ENDPOINT_SOURCES_DROP],
    );
    assert.is(flagsOf(withSettings({ midStream: "drop" }), "admit"), DROP);
    assert.is(flagsOf(withSettings({ midStream: "admit" }), "drop"), Abi.FLAG_ENDPOINT_SOURCES_DROP);
  });

  test("idleTimeoutInMinutes is timers.tcpIdleSeconds: the tables have no timer of the rule's own", () => {
    assert.equal(timeoutsOf(parseConfiguration(MINIMAL)), [60, 300, 30, 10, 300, 60, 300, 0].map(nanoseconds));
    const value = parse(MINIMAL);
    value.loadBalancers[0].loadBalancingRules[0].idleTimeoutInMinutes = 4;
    assert.equal(timeoutsOf(normalizeConfiguration(value)), [60, 300, 30, 10, 300, 60, 300, 240].map(nanoseconds));
  });

  test("no optional field comes to be", () => {
    const { virtualNetworks, privateEndpoints, privateLinkServices, loadBalancers, settings } =
      parseConfiguration(MINIMAL);
    const found = [
      ...virtualNetworks,
      ...privateEndpoints,
      ...privateLinkServices,
      ...loadBalancers.flatMap((balancer) => [
        ...balancer.backendAddressPools.flatMap(({ backends }) => backends),
        ...balancer.loadBalancingRules,
      ]),
      settings,
    ].flatMap((part) => Object.keys(part));
    const optional = ["vlan", "groupId", "macAddress", "idleTimeoutInMinutes", "midStream"];
    assert.equal(
      found.filter((name) => optional.includes(name)),
      [],
    );
  });
});

function nanoseconds(seconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n;
}
