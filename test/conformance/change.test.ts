import type { Configuration, LoadBalancer, PrivateEndpoint } from "../../host/config/configuration.ts";
import { table } from "./table.ts";

const packet = (flags: string, host = 4): string => `tcp 10.1.0.9:5000 > 10.1.0.${host}:443 ${flags}`;
const reply = (flags: string): string => `tcp 10.2.1.1:8443 > 10.2.0.10:1024 ${flags}`;
const query = "udp 10.1.0.9:5000 > 10.1.0.4:53";
const answer = "udp 10.2.1.1:5353 > 10.2.0.10:1024";
const provider = "provider" as const;
const handshake = [
  { in: packet("S seq=100"), gives: "forward new-flow 0" },
  { in: reply("SA seq=900 ack=101"), side: provider, gives: "forward forwarded 0" },
  { in: packet("A seq=101 ack=901"), gives: "forward forwarded 0" },
];

const endpoint = ({ privateEndpoints }: Configuration): PrivateEndpoint => privateEndpoints[0] as PrivateEndpoint;
const balancer = ({ loadBalancers }: Configuration): LoadBalancer => loadBalancers[0] as LoadBalancer;
const loses = (configuration: Configuration): void => {
  endpoint(configuration).connectionState = "Rejected";
};
const resets = (configuration: Configuration): void => {
  for (const rule of balancer(configuration).loadBalancingRules) rule.enableTcpReset = true;
};
const down = (configuration: Configuration): void => {
  const [pool] = balancer(configuration).backendAddressPools;
  if (pool !== undefined)
    pool.backends = [
      { address: "10.2.1.1", weight: 1, state: "down" },
      { address: "10.2.1.2", weight: 1, state: "up" },
    ];
};
const RESET_TO_CLIENT =
  "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=101 id=0 from=020000000002 to=020000000001";
const RESET_TO_BACKEND = "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=901 id=0";

/** Changes after which an established flow is withdrawn. */
const WITHDRAWN: [name: string, apply: (configuration: Configuration) => void][] = [
  ["its endpoint is removed", (it) => void it.privateEndpoints.shift()],
  ["its endpoint has another address", (it) => Object.assign(endpoint(it), { privateIPAddress: "10.1.0.44" })],
  [
    "its endpoint is mapped to another resource",
    (it) => {
      const [service] = it.privateLinkServices;
      if (service !== undefined) service.resources = [{ name: "other", names: ["other.example.org"] }];
      endpoint(it).resource = "other";
    },
  ],
  [
    "its endpoint stands before another service",
    (it) => {
      const [service] = it.privateLinkServices;
      if (service === undefined) return;
      it.privateLinkServices.push({ ...service, name: "second", natAddresses: ["10.2.0.11"] });
      endpoint(it).privateLinkService = "second";
    },
  ],
  ["its rule is removed", (it) => void balancer(it).loadBalancingRules.shift()],
  [
    "another rule takes its port",
    (it) => Object.assign(balancer(it).loadBalancingRules[0] as object, { name: "secure" }),
  ],
  [
    "its NAT address is removed",
    (it) => Object.assign(it.privateLinkServices[0] as object, { natAddresses: ["10.2.0.11"] }),
  ],
  [
    "its client lies outside the surroundings now",
    (it) => Object.assign(it.virtualNetworks[0] as object, { addressSpace: ["10.1.0.0/29"] }),
  ],
  [
    "its client's address is an endpoint's now",
    (it) => void it.privateEndpoints.push({ ...endpoint(it), name: "at-client", privateIPAddress: "10.1.0.9" }),
  ],
];

table("A change of the configuration", [
  {
    name: "approval lost: the client's next packet is dropped, both ends are reset, the port is free again",
    change: resets,
    steps: [
      ...handshake,
      { apply: loses },
      // The walk comes to the flow with the packet before.
      { in: packet("A", 5), gives: "drop connection-pending 1000", out: [RESET_TO_CLIENT, RESET_TO_BACKEND] },
      { in: packet("A"), gives: "drop connection-rejected 1001", out: [] },
      { in: reply("A"), side: provider, gives: "drop no-flow -1" },
    ],
    counters: {
      flows: { active: 0, expired: 1, cut: 1 },
      generated: { reset: 2 },
      natPools: { "service 10.2.0.10 10.2.1.1 tcp 0": { inUse: 0 } },
    },
  },
]);

/** A second flow comes first, so that the walk does not reach the one that is looked at before its own packet does. */
const other = { in: packet("S", 4).replace("5000", "6000"), gives: "forward new-flow 0" };
const second = [
  other,
  { in: packet("S seq=100"), gives: "forward new-flow 1" },
  { in: reply("SA seq=900 ack=101").replace("1024", "1025"), side: provider, gives: "forward forwarded 1" },
  { in: packet("A seq=101 ack=901"), gives: "forward forwarded 1" },
];

table("A packet whose flow is cut", [
  {
    name: "approval lost, from the client",
    change: resets,
    steps: [
      ...second,
      { apply: loses },
      {
        in: packet("A"),
        gives: "drop connection-lost 1",
        out: [
          "consumer tcp 10.1.0.4:443 > 10.1.0.9:6000 RA seq=0 ack=1 id=0 from=020000000002 to=020000000001",
          "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=1 ack=0 id=0",
          RESET_TO_CLIENT,
          RESET_TO_BACKEND.replace("1024", "1025"),
        ],
      },
    ],
    counters: { endpoints: { "shop-approved": { drops: { "connection-lost": 1 } } }, flows: { cut: 2 } },
  },
  {
    name: "approval lost, from the server, and no resets where the rule asks for none",
    steps: [
      ...second,
      { apply: loses },
      { in: reply("A").replace("1024", "1025"), side: provider, gives: "drop connection-lost 1", out: [] },
    ],
    counters: { flows: { cut: 2 }, generated: { reset: 0 } },
  },
  ...WITHDRAWN.map(([name, apply]) => ({
    name,
    steps: [...second, { apply }, { in: packet("A"), gives: "drop flow-withdrawn 1", out: [] }],
    counters: { flows: { cut: 2, active: 0 } },
  })),
]);

table("A flow that stays", [
  {
    name: "approval lost, connectionLost: keep",
    settings: { connectionLost: "keep" },
    steps: [
      ...second,
      { apply: loses },
      { in: packet("A"), gives: "forward forwarded 1" },
      { in: packet("S", 4).replace("5000", "7000"), gives: "drop connection-rejected" },
    ],
  },
  {
    name: "its backend is down: TCP stays, new flows go elsewhere",
    steps: [
      ...second,
      { apply: down },
      { in: packet("A"), gives: "forward forwarded 1", out: ["provider tcp 10.2.0.10:1025 > 10.2.1.1:8443 A ttl=63"] },
      { in: packet("S").replace("5000", "7000"), out: ["provider tcp 10.2.0.10:1024 > 10.2.1.2:8443 S ttl=63"] },
    ],
    counters: { flows: { cut: 0 } },
  },
  {
    name: "its backend is removed from the pool",
    steps: [
      ...second,
      {
        apply: (it) => {
          const [pool] = balancer(it).backendAddressPools;
          if (pool !== undefined) pool.backends = [{ address: "10.2.1.2", weight: 1, state: "up" }];
        },
      },
      { in: packet("A"), gives: "forward forwarded 1", out: ["provider tcp 10.2.0.10:1025 > 10.2.1.1:8443 A ttl=63"] },
      { in: reply("A").replace("1024", "1025"), side: provider, gives: "forward forwarded 1" },
    ],
  },
  {
    name: "endpoint rules deny it now: only new flows are refused",
    steps: [
      ...second,
      {
        apply: (it) => {
          it.networkSecurityGroups = [{ name: "closed", defaultRules: "none", securityRules: [] }];
          endpoint(it).networkSecurityGroup = "closed";
        },
      },
      { in: packet("A"), gives: "forward forwarded 1" },
      { in: packet("S").replace("5000", "7000"), gives: "drop endpoint-rule-denied" },
    ],
  },
  {
    name: "has its rule's idle timeout from then on",
    steps: [
      ...second,
      { apply: (it) => Object.assign(balancer(it).loadBalancingRules[0] as object, { idleTimeoutInMinutes: 30 }) },
      { at: 1, in: packet("A"), gives: "forward forwarded 1" },
      { at: 1700, in: packet("A"), gives: "forward forwarded 1" },
    ],
  },
]);

table("UDP whose backend is down", [
  {
    name: "moves with the client's next packet",
    steps: [
      { in: query.replace("5000", "6000"), gives: "forward new-flow 0" },
      { in: query, gives: "forward new-flow 1", out: ["provider udp 10.2.0.10:1025 > 10.2.1.1:5353 ttl=63"] },
      { apply: down },
      { in: query, gives: "forward new-flow 1", out: ["provider udp 10.2.0.10:1024 > 10.2.1.2:5353 ttl=63"] },
    ],
    counters: { flows: { created: 3, cut: 2, active: 1 } },
  },
  {
    name: "its backend's packet is dropped",
    steps: [
      { in: query.replace("5000", "6000"), gives: "forward new-flow 0" },
      { in: query, gives: "forward new-flow 1" },
      { apply: down },
      { in: answer.replace("1024", "1025"), side: provider, gives: "drop flow-withdrawn 1" },
    ],
  },
]);

table("A denied flow of an earlier configuration", [
  {
    name: "is judged again with its next packet",
    steps: [
      { in: packet("S", 5), gives: "drop connection-pending 1000" },
      { apply: (it) => Object.assign(it.privateEndpoints[1] as object, { connectionState: "Approved" }) },
      { in: packet("S", 5), gives: "forward new-flow 0" },
    ],
  },
  {
    name: "has the reason of the new one when it is refused again",
    steps: [
      { in: packet("S", 5), gives: "drop connection-pending 1000" },
      { apply: (it) => Object.assign(it.privateEndpoints[1] as object, { connectionState: "Disconnected" }) },
      { in: packet("S", 5), gives: "drop connection-disconnected 1000" },
    ],
  },
]);

table("The walk", [
  {
    name: "goes on when the clock is moved",
    change: resets,
    steps: [...handshake, { apply: loses }, { at: 1, out: [RESET_TO_CLIENT, RESET_TO_BACKEND] }],
    counters: { flows: { cut: 1, active: 0 } },
  },
  {
    name: "releases what is dead",
    steps: [...handshake, { apply: (it) => Object.assign(it.settings.timers, { tcpIdleSeconds: 1 }) }, { at: 1 }],
    counters: { flows: { cut: 0, expired: 1 } },
  },
]);
