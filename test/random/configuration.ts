// A random configuration: small tables, short timers, everything that can be switched on switched on sometimes.

import {
  type Configuration,
  type ConnectionState,
  DEFAULT_SETTINGS,
  type InboundNatRule,
  type LoadBalancer,
  type LoadBalancingRule,
  markChecked,
  type PrivateEndpoint,
  type Tunnel,
  type VirtualNetwork,
} from "../../host/config/configuration.ts";
import { type Access, NETWORKS, randomAccess } from "./access.ts";
import type { Dice } from "./dice.ts";

const CONNECTIONS: readonly ConnectionState[] = [
  "Approved",
  "Approved",
  "Approved",
  "Approved",
  "Pending",
  "Rejected",
  "Disconnected",
  "Refused",
];
const DISTRIBUTIONS = ["Default", "SourceIP", "SourceIPProtocol"] as const;

/** Builds one; the same dice give the same configuration. */
export function randomConfiguration(dice: Dice): Configuration {
  const access = randomAccess(dice);
  const balancers = [randomBalancer(dice, "lb-a", 1), randomBalancer(dice, "lb-b", 2)];
  return markChecked({
    virtualNetworks: randomNetworks(dice, access),
    ...access.shared,
    privateEndpoints: randomEndpoints(dice).map((endpoint) => ({ ...endpoint, ...access.endpoint() })),
    privateLinkServices: [
      {
        name: "service-a",
        virtualNetwork: "provider",
        loadBalancer: "lb-a",
        loadBalancerFrontendIPConfigurations: ["front"],
        natAddresses: Array.from({ length: 1 + dice.below(8) }, (_, i) => `172.16.0.${i + 1}`),
        ...(dice.chance(30) ? { macAddress: "02:00:00:00:0a:01" } : {}),
        enableProxyProtocol: dice.chance(30),
      },
      {
        name: "service-b",
        virtualNetwork: "both",
        loadBalancer: "lb-b",
        loadBalancerFrontendIPConfigurations: ["front"],
        natAddresses: ["10.0.9.1", "10.0.9.2"],
      },
    ],
    loadBalancers: balancers,
    settings: {
      ...DEFAULT_SETTINGS,
      profile: dice.pick(["azure", "aws", "gcp", "rfc"]),
      seed: dice.bits(),
      shards: dice.pick([1, 1, 1, 2, 4, 64]),
      maxFlows: dice.pick([4, 20, 60, 500]),
      maxDenied: dice.pick([0, 3, 10, 200]),
      ...(dice.chance(70) ? { midStream: dice.pick(["admit", "drop"] as const) } : {}),
      endpointSources: dice.pick(["admit", "drop"]),
      portQuarantineSeconds: dice.pick([0, 0, 3, 120]),
      ...randomSizes(dice),
      timers: {
        tcpOpeningSeconds: dice.pick([1, 5, 60]),
        tcpIdleSeconds: dice.pick([4, 30, 300]),
        ...(dice.chance(50) ? { tcpHalfClosedSeconds: dice.pick([1, 3, 30]) } : {}),
        tcpClosingSeconds: dice.pick([1, 3, 30]),
        tcpResetSeconds: dice.pick([1, 2, 10]),
        udpIdleSeconds: dice.pick([2, 20, 300]),
        deniedSeconds: dice.pick([1, 10, 60]),
        fragmentSeconds: dice.pick([0.5, 2, 10, 60]),
      },
    },
  });
}

/** Who has room, and what becomes of ICMP, of sizes, of fragments and of tunnels. */
const randomSizes = (dice: Dice) => ({
  whenFull: dice.pick(["refuse", "evict"] as const),
  ...(dice.chance(15) ? { maxFlowsPerClient: dice.pick([1, 2, 5, 40]) } : {}),
  icmpTimeExceeded: dice.chance(50),
  icmpEcho: dice.pick(["drop", "answer"] as const),
  packetTooBig: dice.pick(["forward", "forward", "drop", "answer"] as const),
  clampMss: dice.chance(30),
  fragments: dice.chance(90) ? ("translate" as const) : ("drop" as const),
  tunnels: randomTunnels(dice),
});

/** Tunnels that are opened. */
const randomTunnels = (dice: Dice): Tunnel[] =>
  [{ type: "vxlan" }, { type: "vxlan", port: 8472 }, { type: "geneve" }, { type: "nvgre" }, { type: "gre" }].filter(
    () => dice.chance(60),
  ) as Tunnel[];

function randomNetworks(dice: Dice, access: Access): VirtualNetwork[] {
  // Smaller than real ones, as the packets are.
  const mtu = (): Pick<VirtualNetwork, "mtu"> => (dice.chance(50) ? {} : { mtu: 50 + dice.below(100) });
  const vni = (number: number): Pick<VirtualNetwork, "vni"> => (dice.chance(50) ? {} : { vni: number });
  return [
    { name: "red", ...access.network("red"), vlan: 10, ...mtu(), ...vni(1) },
    { name: "blue", ...access.network("blue"), vlan: [20, 30], ...mtu(), ...vni(2) },
    { name: "provider", ...mtu(), ...vni(3), ...access.network("provider"), ...(dice.chance(50) ? { vlan: 40 } : {}) },
    {
      name: "both",
      ...access.network("both"),
      ...vni(4),
      ...(dice.chance(50) ? { vlan: [20, 31] as [number, number] } : {}),
    },
  ];
}

/** The same address in several networks, every connection state. */
function randomEndpoints(dice: Dice): PrivateEndpoint[] {
  return NETWORKS.flatMap((network, n) =>
    [4, 5, 6].map((host) => ({
      name: `pe-${network}-${host}`,
      virtualNetwork: network,
      privateIPAddress: network === "provider" ? `10.0.${n}.${host}` : `10.0.0.${host}`,
      privateLinkService: dice.pick(["service-a", "service-b"]),
      connectionState: dice.pick(CONNECTIONS),
    })),
  );
}

function randomBalancer(dice: Dice, name: string, subnet: number): LoadBalancer {
  const pool = (poolName: string, first: number) => ({
    name: poolName,
    noHealthyBackendsBehavior: dice.pick(["AllProbedDown", "AllProbedDown", "AllProbedUp"] as const),
    ...(dice.chance(60) ? { drainPeriodInSeconds: dice.pick([0, 1, 5, 30]) } : {}),
    backends: Array.from({ length: 1 + dice.below(6) }, (_, i) => ({
      address: `172.17.${subnet}.${first + i}`,
      weight: dice.pick([1, 1, 1, 2, 7, 0]),
      state: dice.pick(["up", "up", "up", "down", "draining"] as const),
      ...(dice.chance(20) ? { adminState: dice.pick(["None", "Up", "Down"] as const) } : {}),
      ...(dice.chance(15) ? { macAddress: `02:00:00:00:01:${String(10 + i)}` } : {}),
    })),
  });
  return {
    name,
    frontendIPConfigurations: [{ name: "front", privateIPAddress: `172.18.${subnet}.1` }],
    backendAddressPools: [pool("web", 1), pool("other", 4)],
    loadBalancingRules: [
      rule(dice, "https", "Tcp", 443, dice.pick([443, 8443])),
      rule(dice, "http", "Tcp", 80, 80),
      rule(dice, "dns", "Udp", 53, dice.pick([53, 5353])),
      ...(dice.chance(30) ? [rule(dice, "rest", "All", 0, 0)] : []),
    ],
    ...(dice.chance(40) ? { inboundNatRules: [inboundNat(dice)] } : {}),
  };
}

/** Port 22 is that of one of the first three backends. */
const inboundNat = (dice: Dice): InboundNatRule => ({
  name: "nat",
  frontendIPConfiguration: "front",
  backendAddressPool: dice.pick(["web", "other"]),
  protocol: dice.pick(["Tcp", "Udp", "All"] as const),
  frontendPortRangeStart: 20 + dice.below(3),
  frontendPortRangeEnd: 30,
  backendPort: dice.pick([22, 2222]),
  ...(dice.chance(30) ? { idleTimeoutInMinutes: 4 } : {}),
  enableTcpReset: dice.chance(50),
});

function rule(
  dice: Dice,
  name: string,
  protocol: LoadBalancingRule["protocol"],
  frontendPort: number,
  backendPort: number,
): LoadBalancingRule {
  const floats = dice.chance(15);
  return {
    name,
    frontendIPConfiguration: "front",
    backendAddressPool: dice.pick(["web", "web", "other"]),
    protocol,
    frontendPort,
    backendPort: floats ? frontendPort : backendPort,
    ...(floats ? { enableFloatingIP: true } : {}),
    loadDistribution: dice.pick(DISTRIBUTIONS),
    ...(dice.chance(30) ? { idleTimeoutInMinutes: dice.pick([4, 5, 30]) } : {}),
    enableTcpReset: dice.chance(50),
  };
}
