// Mistakes of inbound NAT rules and floating IP.

import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { assert, suite } from "../../kit.ts";
import { complaint, SSH } from "./sample.ts";

const rule = (change: object = {}) => ({ ...SSH, ...change });

/** A configuration with two backends, a rule for port 443, and these inbound NAT rules. */
const valueOf = (inboundNatRules: object[], more: object = {}) => ({
  virtualNetworks: [{ name: "provider" }],
  privateEndpoints: [],
  privateLinkServices: [
    { name: "service", virtualNetwork: "provider", loadBalancer: "lb", natAddresses: ["10.2.1.4"] },
  ],
  loadBalancers: [
    {
      name: "lb",
      frontendIPConfigurations: [{ name: "front", privateIPAddress: "10.2.0.4" }],
      backendAddressPools: [
        { name: "servers", backends: [{ address: "10.2.0.11" }, { address: "10.2.0.12" }] },
        { name: "spare", backends: [{ address: "10.2.0.13" }] },
      ],
      loadBalancingRules: [
        {
          name: "https",
          frontendIPConfiguration: "front",
          backendAddressPool: "servers",
          protocol: "Tcp",
          frontendPort: 443,
          ...more,
        },
      ],
      inboundNatRules,
    },
  ],
});

const MISTAKES: [rules: object[], path: string, message: string][] = [
  [
    [rule({ frontendIPConfiguration: "fornt" })],
    "frontendIPConfiguration",
    'There is no frontend "fornt". Did you mean "front"?',
  ],
  [
    [rule({ frontendPortRangeEnd: 49_000 })],
    "frontendPortRangeEnd",
    "The range ends before it begins, at 50000. Raise its end.",
  ],
  [
    [rule({ frontendPortRangeEnd: 50_000 })],
    "frontendPortRangeEnd",
    'The range has fewer ports than "servers" has backends, 2. Raise its end to 50001 or more.',
  ],
  [
    [rule({ backendAddressPool: "spare" })],
    "backendAddressPool",
    'No load balancing rule leads to "spare", and a private link service takes inbound NAT rules only beside one. Add it.',
  ],
  [
    [rule({ frontendPortRangeStart: 442, frontendPortRangeEnd: 500 })],
    "frontendPortRangeStart",
    'Rule "https" takes Tcp 443 of the same frontend already. Choose other ports.',
  ],
];

suite("Mistakes of inbound NAT rules", (test) => {
  test("are told where they stand", () => {
    for (const [rules, field, message] of MISTAKES) {
      const { problems } = complaint(() => normalizeConfiguration(valueOf(rules)));
      assert.equal(
        problems.map((problem) => [problem.path, problem.message]),
        [[`loadBalancers[0].inboundNatRules[0].${field}`, message]],
      );
    }
  });

  test("of two rules: the second one's ports", () => {
    const second = rule({ name: "rdp", frontendPortRangeStart: 50_001 });
    const { problems } = complaint(() => normalizeConfiguration(valueOf([rule(), second])));
    assert.equal(
      problems.map(({ path, message }) => [path, message]),
      [
        [
          "loadBalancers[0].inboundNatRules[1].frontendPortRangeStart",
          'Rule "ssh" takes Tcp 50001 of the same frontend already. Choose other ports.',
        ],
      ],
    );
  });

  test("are none of UDP beside TCP", () => {
    assert.ok(normalizeConfiguration(valueOf([rule(), rule({ name: "dns", protocol: "Udp" })])) !== undefined);
  });

  test("floating IP leaves the port as it is", () => {
    const value = valueOf([], { enableFloatingIP: true, backendPort: 8443 });
    const { problems } = complaint(() => normalizeConfiguration(value));
    assert.equal(
      problems.map(({ message }) => message),
      ["A rule with floating IP leaves the port as it is. Remove backendPort, or enableFloatingIP."],
    );
  });

  test("floating IP has frontend and backends of one family", () => {
    const value = valueOf([], { enableFloatingIP: true });
    const [balancer] = value.loadBalancers;
    (balancer as (typeof value.loadBalancers)[number]).frontendIPConfigurations = [
      { name: "front", privateIPAddress: "fd00::5" },
    ];
    const { problems } = complaint(() => normalizeConfiguration(value));
    assert.equal(
      problems.map(({ path, message }) => [path, message]),
      [
        [
          "loadBalancers[0].frontendIPConfigurations[0].privateIPAddress",
          'Rule "https" has floating IP, by which the backends of "servers" have this address too. Give it one of IPv4, as they have.',
        ],
      ],
    );
  });
});
