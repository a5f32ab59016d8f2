import type { Configuration, VirtualNetworkPeering } from "../../host/config/configuration.ts";
import { table } from "./table.ts";

const SYN = "tcp 10.7.0.9:5000 > 10.1.0.4:443 S";

/** Networks `near` (10.7.0.0/16) and `far` (10.8.0.0/16) beside `shop` (10.1.0.0/16), which holds the endpoint. */
const networks =
  (peerings: Record<string, Record<string, Partial<VirtualNetworkPeering>>>, gateway?: string) =>
  (configuration: Configuration): void => {
    const named = (name: string, addressSpace: string[]) => ({
      name,
      addressSpace,
      virtualNetworkPeerings: Object.entries(peerings[name] ?? {}).map(([remoteVirtualNetwork, side]) => ({
        remoteVirtualNetwork,
        peeringState: "Connected" as const,
        allowGatewayTransit: false,
        useRemoteGateways: false,
        ...side,
      })),
    });
    const [, lab, provider] = configuration.virtualNetworks;
    configuration.virtualNetworks = [
      named("shop", ["10.1.0.0/16"]),
      ...(lab === undefined ? [] : [lab]),
      ...(provider === undefined ? [] : [provider]),
      named("near", ["10.7.0.0/16"]),
      named("far", ["10.8.0.0/16"]),
    ];
    if (gateway === undefined) return;
    configuration.virtualNetworkGateways = [
      { name: "gateway", virtualNetwork: gateway, gatewayType: "Vpn", localNetworkAddressSpace: ["192.168.0.0/24"] },
    ];
  };
const both = { shop: { near: {} }, near: { shop: {} } };
const officeTo = (client: string): string => `tcp ${client}:5000 > 10.1.0.4:443 S`;

table("An endpoint is reached from where the cloud lets it be reached", [
  {
    name: "from a network peered with its own, on both sides, whose frames carry its own network",
    change: networks(both),
    steps: [
      {
        in: SYN,
        network: "near",
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63"],
      },
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA",
        side: "provider",
        gives: "forward forwarded 0",
        out: ["consumer tcp 10.1.0.4:443 > 10.7.0.9:5000 SA ttl=63"],
      },
    ],
    counters: { endpoints: { "shop-approved": { flows: 1 } } },
  },
  {
    name: "or the endpoint's, when the capture was taken there; the two are two flows",
    change: networks(both),
    steps: [
      { in: SYN, network: "near", gives: "forward new-flow 0" },
      { in: SYN, network: "shop", gives: "forward new-flow 1" },
    ],
  },
  {
    name: "not while one side of the peering is missing or not Connected",
    change: networks({ shop: { near: {}, far: { peeringState: "Initiated" } }, far: { shop: {} } }),
    steps: [
      { in: SYN, network: "near", gives: "drop endpoint-unreachable 1000", out: [] },
      { in: officeTo("10.8.0.9"), network: "far", gives: "drop endpoint-unreachable 1001" },
    ],
    counters: { endpoints: { "shop-approved": { drops: { "endpoint-unreachable": 2 } } } },
  },
  {
    name: "not over two peerings: peering is not transitive",
    change: networks({ ...both, near: { shop: {}, far: {} }, far: { near: {} } }),
    steps: [
      { in: officeTo("10.8.0.9"), network: "far", gives: "drop endpoint-unreachable 1000" },
      { in: officeTo("10.8.0.9"), network: "far", gives: "drop endpoint-unreachable 1000" },
      { in: officeTo("10.8.0.9"), network: "near", gives: "drop endpoint-unreachable 1001" },
    ],
  },
  {
    name: "a network that is not joined with it at all is left alone, as is a host of an own block",
    change: (configuration) => {
      networks({ ...both, near: { shop: {}, far: {} } })(configuration);
      configuration.virtualNetworks[4]?.addressSpace.push("10.1.0.0/24");
    },
    steps: [
      { in: "tcp 10.1.0.9:5000 > 10.1.0.5:443 S", network: "lab", gives: "pass no-endpoint -1", out: [] },
      { in: officeTo("10.8.0.9"), network: "far", gives: "pass no-endpoint -1", out: [] },
    ],
  },
  {
    name: "a source from nowhere near is unreachable, whatever network its frame carries",
    change: networks(both),
    steps: [{ in: officeTo("203.0.113.9"), network: "shop", gives: "drop endpoint-unreachable 1000" }],
  },
  {
    name: "from on-premises through a gateway of its own network, by the gateway's blocks",
    change: networks({}, "shop"),
    steps: [
      { in: officeTo("192.168.0.9"), network: "shop", gives: "forward new-flow 0" },
      { in: officeTo("192.168.1.9"), network: "shop", gives: "drop endpoint-unreachable 1000" },
    ],
  },
  {
    name: "from on-premises through a gateway of a peered network, when one allows its transit and the other uses it",
    change: networks(
      { shop: { near: { useRemoteGateways: true } }, near: { shop: { allowGatewayTransit: true } } },
      "near",
    ),
    steps: [
      { in: officeTo("192.168.0.9"), network: "near", gives: "forward new-flow 0" },
      { in: officeTo("192.168.0.9"), network: "shop", gives: "forward new-flow 1" },
    ],
  },
  {
    name: "but not when only one of the two agrees",
    change: networks({ shop: { near: {} }, near: { shop: { allowGatewayTransit: true } } }, "near"),
    steps: [{ in: officeTo("192.168.0.9"), network: "near", gives: "drop endpoint-unreachable 1000" }],
  },
  {
    name: "what is not TCP or UDP to an endpoint out of reach has its own reason, as at any endpoint",
    change: networks({ near: { shop: {} } }),
    steps: [{ in: "icmp 10.7.0.9 > 10.1.0.4", network: "near", gives: "drop icmp-echo -1" }],
  },
  {
    name: "the address of a peered network's endpoint cannot be spoken for either",
    change: networks(both),
    steps: [{ in: "tcp 10.1.0.4:443 > 10.7.0.9:5000 SA", network: "near", gives: "drop spoofed-endpoint -1" }],
  },
]);
