// Configurations that a running plane does not take: it says why, and nothing has changed.

import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { createPlane } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";

type Change = (configuration: Configuration) => void;

const rule = ({ loadBalancers }: Configuration) => loadBalancers[0]?.loadBalancingRules[0] as object;
const pool = ({ loadBalancers }: Configuration) => loadBalancers[0]?.backendAddressPools[0] as { backends: unknown[] };
const endpoints =
  (count: number): Change =>
  (it) => {
    const [first] = it.privateEndpoints;
    for (let i = 0; i < count; i++)
      it.privateEndpoints.push({
        ...first,
        name: `more-${i}`,
        privateIPAddress: `10.1.${1 + (i >> 8)}.${i & 255}`,
      } as never);
  };

const REFUSED: [name: string, change: Change, message: RegExp][] = [
  ["another seed", (it) => void it.settings.seed++, /^settings\.seed cannot change/],
  ["other shards", (it) => void (it.settings.shards = 2), /^settings\.shards cannot change/],
  ["room for more flows", (it) => void (it.settings.maxFlows = 2000), /^settings\.maxFlows cannot change/],
  ["room for more denied flows", (it) => void (it.settings.maxDenied = 200), /^settings\.maxDenied cannot change/],
  [
    "fewer flows of a client",
    (it) => void (it.settings.maxFlowsPerClient = 2),
    /^settings\.maxFlowsPerClient cannot change/,
  ],
  [
    "resets, of which it could not write the link header",
    (it) => Object.assign(rule(it), { enableTcpReset: true }),
    /keeps no link headers/,
  ],
  [
    "names, which it has no room to hold",
    (it) => Object.assign(rule(it), { identify: "tls" }),
    /no room for first messages/,
  ],
  ["more endpoints than it has room for", endpoints(257), /^The plane has room for 261 endpoints; .* makes 262\.$/],
  [
    "another MAC of a backend",
    (it) => Object.assign(pool(it).backends[0] as object, { macAddress: "02:00:00:00:00:09" }),
    /^Backend 10\.2\.1\.1 of balancer\/pool cannot be given another macAddress/,
  ],
  [
    "another MAC of a service",
    (it) => Object.assign(it.privateLinkServices[0] as object, { macAddress: "02:00:00:00:00:09" }),
    /^Service service cannot be given another macAddress/,
  ],
  ["another profile", (it) => void (it.settings.profile = "aws"), /^settings\.profile cannot change/],
  [
    "PROXY headers of a service that had none",
    (it) => Object.assign(it.privateLinkServices[0] as object, { enableProxyProtocol: true }),
    /^Service service cannot have its enableProxyProtocol changed/,
  ],
  [
    "PROXY headers of a new service, which its flows have no room for",
    (it) =>
      it.privateLinkServices.push({
        ...(it.privateLinkServices[0] as (typeof it.privateLinkServices)[0]),
        name: "announcing",
        natAddresses: ["10.2.0.11"],
        enableProxyProtocol: true,
      }),
    /no room for PROXY headers/,
  ],
  [
    "tables larger than there is room for",
    (it) => {
      pool(it).backends = Array.from({ length: 3000 }, (_, i) => ({
        address: `10.2.${4 + (i >> 8)}.${i & 255}`,
        weight: 1,
        state: "up",
      }));
    },
    /bytes of tables/,
  ],
];

suite("A running plane does not take", (test) => {
  for (const [name, change, message] of REFUSED)
    test(name, async () => {
      const first = markChecked(baseConfiguration());
      const plane = await createPlane(first);
      const memory = plane.core.bytes.length;
      const next = structuredClone(first);
      Object.assign(next.privateEndpoints[1] as object, { connectionState: "Approved" });
      change(next);
      assert.throws(
        () => plane.apply(markChecked(next)),
        (error: { code: string; message: string }) => error.code === "CHANGE_REFUSED" && message.test(error.message),
      );
      assert.is(plane.configuration, first);
      assert.equal(
        plane.names.endpoints,
        first.privateEndpoints.map((endpoint) => endpoint.name),
      );
      const { reason } = plane.processFrame(frameOf("tcp 10.1.0.9:1 > 10.1.0.5:443 S"), { network: "shop", time: 0n });
      assert.is(reason, "connection-pending");
      assert.is(plane.core.bytes.length, memory);
    });

  test("rules that look at every request, when it was made to look at first ones", async () => {
    const first = baseConfiguration();
    Object.assign(rule(first), { identify: "http" });
    const plane = await createPlane(markChecked(first));
    const next = structuredClone(first);
    Object.assign(rule(next), { everyRequest: true });
    assert.throws(
      () => plane.apply(markChecked(next)),
      (error: { code: string; message: string }) =>
        error.code === "CHANGE_REFUSED" && error.message.startsWith("The plane has no room to remember requests"),
    );
  });

  test("a configuration that nobody checked", async () => {
    const plane = await createPlane(markChecked(baseConfiguration()));
    assert.throws(
      () => plane.apply(baseConfiguration()),
      (error: { code: string }) => error.code === "CONFIG_INVALID",
    );
  });

  test("another identifier of an endpoint whose clients are announced; of others it does", async () => {
    const renamed = (announces: boolean): [Configuration, Configuration] => {
      const first = baseConfiguration();
      for (const service of first.privateLinkServices) service.enableProxyProtocol = announces;
      const next = structuredClone(first);
      Object.assign(next.privateEndpoints[0] as object, { linkIdentifier: 77 });
      return [markChecked(first), markChecked(next)];
    };
    const [announced, other] = renamed(true);
    const plane = await createPlane(announced);
    assert.throws(() => plane.apply(other), /Endpoint shop-approved cannot be given another linkIdentifier/);
    const [silent, next] = renamed(false);
    (await createPlane(silent)).apply(next);
  });
});
