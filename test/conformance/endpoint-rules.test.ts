import type { Configuration, NetworkPolicies, SecurityRule } from "../../host/config/configuration.ts";
import { table } from "./table.ts";

const rule = (priority: number, access: SecurityRule["access"], change: Partial<SecurityRule> = {}): SecurityRule => ({
  name: `rule-${priority}`,
  priority,
  access,
  protocol: "*",
  sourceAddressPrefixes: ["*"],
  sourceApplicationSecurityGroups: [],
  destinationAddressPrefixes: [],
  destinationApplicationSecurityGroups: [],
  destinationPortRanges: ["*"],
  ...change,
});

/** Gives the approved endpoint of `shop` a group with these rules. */
const rules =
  (list: SecurityRule[], defaultRules: "cloud" | "none" = "cloud") =>
  (configuration: Configuration): void => {
    configuration.networkSecurityGroups = [{ name: "group", defaultRules, securityRules: list }];
    configuration.applicationSecurityGroups = [{ name: "tills", addresses: ["10.1.0.20", "10.1.0.21"] }];
    Object.assign(configuration.privateEndpoints[0] ?? {}, { networkSecurityGroup: "group" });
  };
const subnetWith =
  (privateEndpointNetworkPolicies: NetworkPolicies) =>
  (configuration: Configuration): void => {
    rules([rule(100, "Deny")])(configuration);
    delete configuration.privateEndpoints[0]?.networkSecurityGroup;
    Object.assign(configuration.virtualNetworks[0] ?? {}, {
      subnets: [
        { name: "a", addressPrefix: "10.1.0.0/24", networkSecurityGroup: "group", privateEndpointNetworkPolicies },
      ],
    });
  };
const syn = (client: string, port = 443): string => `tcp ${client}:5000 > 10.1.0.4:${port} S`;
const query = "udp 10.1.0.9:5000 > 10.1.0.4:53";
const DENIED = "drop endpoint-rule-denied";

table("Endpoint rules", [
  {
    name: "the lowest priority number is asked first, and the first rule that matches decides",
    change: rules([
      rule(300, "Allow"),
      rule(200, "Deny", { sourceAddressPrefixes: ["10.1.0.0/28"] }),
      rule(100, "Allow", { sourceAddressPrefixes: ["10.1.0.9"] }),
    ]),
    steps: [
      { in: syn("10.1.0.9"), gives: "forward new-flow 0" },
      { in: syn("10.1.0.10"), gives: `${DENIED} 1000`, out: [] },
      { in: syn("10.1.0.16"), gives: "forward new-flow 1" },
    ],
    counters: { endpoints: { "shop-approved": { drops: { "endpoint-rule-denied": 1 } } } },
  },
  {
    name: "by protocol and destination port ranges; the source port does not matter",
    change: rules([
      rule(100, "Deny", { protocol: "Udp" }),
      rule(110, "Deny", { protocol: "Tcp", destinationPortRanges: ["79-80", "8080"] }),
    ]),
    steps: [
      { in: query, gives: DENIED },
      { in: syn("10.1.0.9", 80), gives: DENIED },
      { in: syn("10.1.0.9", 443), gives: "forward new-flow 0" },
      { in: "tcp 10.1.0.9:80 > 10.1.0.4:443 S", gives: "forward new-flow 1" },
    ],
  },
  {
    name: "by application security groups of sources",
    change: rules([
      rule(100, "Allow", { sourceAddressPrefixes: [], sourceApplicationSecurityGroups: ["tills"] }),
      rule(200, "Deny"),
    ]),
    steps: [
      { in: syn("10.1.0.21"), gives: "forward new-flow 0" },
      { in: syn("10.1.0.22"), gives: DENIED },
    ],
  },
  {
    name: "for the endpoints that a rule names as destination, by address or group",
    change: (configuration) => {
      rules([
        rule(100, "Deny", { destinationAddressPrefixes: ["10.1.0.5"] }),
        rule(101, "Deny", { destinationApplicationSecurityGroups: ["vault"], destinationPortRanges: ["80"] }),
      ])(configuration);
      configuration.applicationSecurityGroups?.push({ name: "vault", addresses: [] });
      Object.assign(configuration.privateEndpoints[0] ?? {}, { applicationSecurityGroups: ["vault"] });
    },
    steps: [
      { in: syn("10.1.0.9"), gives: "forward new-flow 0" },
      { in: syn("10.1.0.9", 80), gives: DENIED },
    ],
  },
  {
    name: "what no rule decides is for the cloud's own: allowed from the virtual network, peered networks and on-premises",
    change: (configuration) => {
      rules([])(configuration);
      const [shop] = configuration.virtualNetworks;
      if (shop !== undefined) shop.addressSpace = ["10.1.0.0/16"];
      configuration.virtualNetworkGateways = [
        {
          name: "g",
          virtualNetwork: "shop",
          gatewayType: "ExpressRoute",
          localNetworkAddressSpace: ["192.168.0.0/24"],
        },
      ];
    },
    steps: [
      { in: syn("10.1.0.9"), gives: "forward new-flow 0" },
      { in: syn("192.168.0.9"), gives: "forward new-flow 1" },
    ],
  },
  {
    name: "or denied with defaultRules: none",
    change: rules([rule(100, "Allow", { sourceAddressPrefixes: ["10.1.0.9"] })], "none"),
    steps: [
      { in: syn("10.1.0.9"), gives: "forward new-flow 0" },
      { in: syn("10.1.0.10"), gives: DENIED },
    ],
  },
  {
    name: "the tag VirtualNetwork is the endpoint's network, those peered with it, and on-premises",
    change: (configuration) => {
      rules([rule(100, "Deny", { sourceAddressPrefixes: ["VirtualNetwork"], destinationPortRanges: ["80"] })])(
        configuration,
      );
      const [shop] = configuration.virtualNetworks;
      if (shop !== undefined) shop.addressSpace = ["10.1.0.0/16"];
    },
    steps: [
      { in: syn("10.1.0.9", 80), gives: DENIED },
      { in: syn("10.1.0.9", 443), gives: "forward new-flow 0" },
    ],
  },
  {
    name: "the group of a subnet applies when its network policies are enabled",
    change: subnetWith("NetworkSecurityGroupEnabled"),
    steps: [{ in: syn("10.1.0.9"), gives: DENIED }],
  },
  {
    name: "and is inert when they are disabled",
    change: subnetWith("Disabled"),
    steps: [{ in: syn("10.1.0.9"), gives: "forward new-flow 0" }],
  },
  {
    name: "the connection's state is asked before the rules, and the rules before the load balancer's",
    change: (configuration) => {
      rules([rule(100, "Deny")])(configuration);
      Object.assign(configuration.privateEndpoints[1] ?? {}, { networkSecurityGroup: "group" });
    },
    steps: [
      { in: "tcp 10.1.0.9:5000 > 10.1.0.5:443 S", gives: "drop connection-pending" },
      { in: syn("10.1.0.9", 9999), gives: DENIED },
    ],
  },
]);
