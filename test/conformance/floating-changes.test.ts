// A flow keeps its translation when a rule's enableFloatingIP changes (docs/behaviour.md, 21.5), and what belongs to it does; services
// that share a balancer.

import type { Configuration, LoadBalancer } from "../../host/config/configuration.ts";
import { balancerOf, floating, natRule } from "./frontend-kit.ts";
import { errorAbout } from "./icmp-kit.ts";
import { type Step, table } from "./table.ts";

const provider = "provider" as const;
const NAT = "10.2.0.10";
const REQUEST = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
const GIVEN = "tcp 10.1.0.4:443 > 10.1.0.9:5000";

/** Sets it in every rule, which leave the port as it is either way. */
const setting =
  (enableFloatingIP: boolean) =>
  (configuration: Configuration): void => {
    floating()(configuration);
    for (const rule of balancerOf(configuration).loadBalancingRules) rule.enableFloatingIP = enableFloatingIP;
  };
/** A flow's steps whose requests go to a server, opened before and looked at after the change. */
const opened = (server: string): Step[] => [
  { in: `${REQUEST} S seq=100`, backend: "10.2.1.1", out: [`provider tcp ${NAT}:1024 > ${server} S seq=100 ttl=63`] },
  { in: `tcp ${server} > ${NAT}:1024 SA seq=900 ack=101`, side: provider, gives: "forward forwarded 0" },
];
const goesOn = (server: string): Step[] => [
  {
    in: `${REQUEST} A seq=101 ack=901`,
    gives: "forward forwarded 0",
    out: [`provider tcp ${NAT}:1024 > ${server} A seq=101 ack=901 ttl=63`],
  },
  {
    in: `tcp ${server} > ${NAT}:1024 A seq=901 ack=101`,
    side: provider,
    gives: "forward forwarded 0",
    out: [`consumer ${GIVEN} A seq=901 ack=101 ttl=63`],
  },
  {
    in: errorAbout(`10.2.0.1 > ${NAT}`, `tcp ${NAT}:1024 > ${server} A seq=101`),
    side: provider,
    gives: "forward icmp-error 0",
    out: [`consumer ${errorAbout("10.1.0.4 > 10.1.0.9 ttl=63", `${REQUEST} A seq=101`)}`],
  },
  {
    in: errorAbout("10.1.0.1 > 10.1.0.4", `${GIVEN} A seq=901`),
    gives: "forward icmp-error 0",
    out: [`provider ${errorAbout(`${NAT} > ${server.split(":")[0]} ttl=63`, `tcp ${server} > ${NAT}:1024 A seq=901`)}`],
  },
  {
    in: `${GIVEN} A seq=901 ack=101 ttl=60`,
    side: "captured",
    network: "shop",
    gives: "forward forwarded 0",
    out: [`provider tcp ${server} > ${NAT}:1024 A seq=901 ack=101 ttl=61`],
  },
];
const resetAt = (server: string): Step => ({
  at: 301,
  out: [
    `consumer ${GIVEN} RA seq=901 ack=101 id=0 from=020000000002 to=020000000001`,
    `provider tcp ${NAT}:1024 > ${server} RA seq=101 ack=901 id=0`,
  ],
});
const FRONTEND = "10.2.0.5:443";
const BACKEND = "10.2.1.1:443";
const another = (server: string): Step => ({
  in: "tcp 10.1.0.9:6000 > 10.1.0.4:443 S",
  backend: "10.2.1.1",
  gives: "forward new-flow 1",
  out: [`provider tcp ${NAT}:1024 > ${server} S ttl=63`],
});

table("enableFloatingIP that changes while flows live", [
  {
    name: "taken away: replies, errors, captured replies and resets of the flow are the frontend's, new flows the backend's",
    change: setting(true),
    steps: [
      ...opened(FRONTEND),
      { apply: setting(false) },
      ...goesOn(FRONTEND),
      another(BACKEND),
      { in: `tcp ${BACKEND} > ${NAT}:1024 SA`, side: provider, gives: "forward forwarded 1" },
      resetAt(FRONTEND),
    ],
    counters: {
      flows: { cut: 0 },
      natPools: {
        "service 10.2.0.10 10.2.0.5 tcp 0": { inUse: 0, peak: 1 },
        "service 10.2.0.10 10.2.1.1 tcp 0": { peak: 1 },
      },
    },
  },
  {
    name: "given: those of the flow are its backend's, new flows the frontend's",
    change: setting(false),
    steps: [
      ...opened(BACKEND),
      { apply: setting(true) },
      ...goesOn(BACKEND),
      another(FRONTEND),
      { in: `tcp ${FRONTEND} > ${NAT}:1024 SA`, side: provider, gives: "forward forwarded 1" },
      resetAt(BACKEND),
    ],
    counters: { flows: { cut: 0 } },
  },
  {
    name: "taken away and given back: the port pool is the same, no port is given twice",
    change: setting(true),
    steps: [
      ...opened(FRONTEND),
      { apply: setting(false) },
      ...goesOn(FRONTEND),
      { apply: setting(true) },
      ...goesOn(FRONTEND),
      {
        in: "tcp 10.1.0.9:6000 > 10.1.0.4:443 S",
        backend: "10.2.1.2",
        gives: "forward new-flow 1",
        out: [`provider tcp ${NAT}:1025 > ${FRONTEND} S ttl=63`],
      },
    ],
    counters: { natPools: { "service 10.2.0.10 10.2.0.5 tcp 0": { inUse: 2 } } },
  },
  {
    name: "of UDP likewise, as long as its backend takes flows; when it moves, it goes by the rule as it is now",
    change: setting(true),
    steps: [
      {
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53",
        backend: "10.2.1.1",
        gives: "forward new-flow 0",
        out: [`provider udp ${NAT}:1024 > 10.2.0.5:53 ttl=63`],
      },
      { apply: setting(false) },
      {
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53",
        gives: "forward forwarded 0",
        out: [`provider udp ${NAT}:1024 > 10.2.0.5:53 ttl=63`],
      },
      {
        apply: (it) => {
          const [first] = balancerOf(it).backendAddressPools[0]?.backends ?? [];
          if (first !== undefined) first.state = "down";
        },
      },
      {
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53",
        gives: "forward new-flow",
        out: [`provider udp ${NAT}:1024 > 10.2.1.2:53 ttl=63`],
      },
      { in: `udp 10.2.0.5:53 > ${NAT}:1024`, side: provider, gives: "drop no-flow -1" },
    ],
  },
]);

/** A second service behind the same balancer, at 10.1.0.8, by a frontend of its own: 10.2.0.6. */
const twoServices = (configuration: Configuration): void => {
  floating()(configuration);
  const balancer = balancerOf(configuration);
  addFrontend(balancer);
  const [service] = configuration.privateLinkServices;
  const [endpoint] = configuration.privateEndpoints;
  if (service === undefined || endpoint === undefined) throw new Error("The base configuration has neither.");
  configuration.privateLinkServices.push({
    ...service,
    name: "second",
    loadBalancerFrontendIPConfigurations: ["other"],
    natAddresses: ["10.2.0.11"],
  });
  configuration.privateEndpoints.push({
    ...endpoint,
    name: "of-second",
    privateIPAddress: "10.1.0.8",
    privateLinkService: "second",
  });
};

/** Frontend 10.2.0.6 with a rule for port 443 to the same pool. */
function addFrontend(balancer: LoadBalancer): void {
  balancer.frontendIPConfigurations.push({ name: "other", privateIPAddress: "10.2.0.6" });
  const [https] = balancer.loadBalancingRules;
  if (https !== undefined)
    balancer.loadBalancingRules.push({ ...https, name: "other-https", frontendIPConfiguration: "other" });
}

table("Two services behind one balancer with floating IP", [
  {
    name: "are told apart by their frontends: the same server, asked at two addresses",
    change: twoServices,
    steps: [
      {
        in: `${REQUEST} S`,
        backend: "10.2.1.1",
        gives: "forward new-flow 0",
        out: [`provider tcp ${NAT}:1024 > 10.2.0.5:443 S ttl=63`],
      },
      {
        in: "tcp 10.1.0.9:5000 > 10.1.0.8:443 S",
        backend: "10.2.1.1",
        gives: "forward new-flow 1",
        out: ["provider tcp 10.2.0.11:1024 > 10.2.0.6:443 S ttl=63"],
      },
      {
        in: "tcp 10.2.0.6:443 > 10.2.0.11:1024 SA",
        side: provider,
        gives: "forward forwarded 1",
        out: ["consumer tcp 10.1.0.8:443 > 10.1.0.9:5000 SA ttl=63"],
      },
      {
        in: "tcp 10.2.0.5:443 > 10.2.0.10:1024 SA",
        side: provider,
        gives: "forward forwarded 0",
        out: [`consumer ${GIVEN} SA ttl=63`],
      },
      // Each frontend answers its own service's NAT address only.
      { in: "tcp 10.2.0.5:443 > 10.2.0.11:1024 A", side: provider, gives: "drop no-flow -1" },
      { in: "tcp 10.2.0.6:443 > 10.2.0.10:1024 A", side: provider, gives: "drop no-flow -1" },
      {
        in: errorAbout("10.2.0.1 > 10.2.0.11", `tcp 10.2.0.11:1024 > 10.2.0.5:443 A`),
        side: provider,
        gives: "drop icmp-no-flow -1",
      },
    ],
    counters: {
      backends: { "balancer/pool/10.2.1.1": { flows: 2 } },
      natPools: {
        "service 10.2.0.10 10.2.0.5 tcp 0": { inUse: 1 },
        "second 10.2.0.11 10.2.0.6 tcp 0": { inUse: 1 },
      },
    },
  },
  {
    name: "one service with two frontends: each rule asks its own",
    change: (it) => {
      floating()(it);
      addFrontend(balancerOf(it));
      const [service] = it.privateLinkServices;
      if (service !== undefined) service.loadBalancerFrontendIPConfigurations = ["frontend", "other"];
      for (const rule of balancerOf(it).loadBalancingRules)
        if (rule.name === "other-https") Object.assign(rule, { frontendPort: 444, backendPort: 444 });
    },
    steps: [
      { in: `${REQUEST} S`, out: [`provider tcp ${NAT}:1024 > 10.2.0.5:443 S ttl=63`] },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:444 S", out: [`provider tcp ${NAT}:1024 > 10.2.0.6:444 S ttl=63`] },
    ],
  },
  {
    name: "beside an inbound NAT rule, which leads to the backend itself on the same NAT port",
    change: (it) => {
      floating()(it);
      natRule()(it);
    },
    steps: [
      { in: `${REQUEST} S`, backend: "10.2.1.1", out: [`provider tcp ${NAT}:1024 > 10.2.0.5:443 S ttl=63`] },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:50000 S", out: [`provider tcp ${NAT}:1024 > 10.2.1.1:22 S ttl=63`] },
      { in: `tcp 10.2.1.1:22 > ${NAT}:1024 SA`, side: provider, gives: "forward forwarded 1" },
      { in: `tcp 10.2.0.5:443 > ${NAT}:1024 SA`, side: provider, gives: "forward forwarded 0" },
      { in: `tcp 10.2.1.1:443 > ${NAT}:1024 SA`, side: provider, gives: "drop no-flow -1" },
    ],
  },
]);
