// The configuration after checking: every default filled in, every reference known to name something. Addresses stay text.

import type { DashMapping } from "./dash-mapping.ts";

/** `Refused` is no state a file can give: the endpoint's subscription may not see the service. */
export type ConnectionState = "Approved" | "Pending" | "Rejected" | "Disconnected" | "Refused";
export type RuleProtocol = "Tcp" | "Udp" | "All";
export type LoadDistribution = "Default" | "SourceIP" | "SourceIPProtocol";
/** How a rule finds the resource that a flow asks for; `address`: not at all. */
export type Identify = "tls" | "http" | "auto" | "address";
export type Choice = "deny" | "allow";
export type BackendState = "up" | "down" | "draining";
export type AdminState = "None" | "Up" | "Down";
export type NoHealthyBackendsBehavior = "AllProbedDown" | "AllProbedUp";

/** A consumer's or provider's network. Two networks may use the same private addresses. */
export interface VirtualNetwork {
  name: string;
  /** CIDR blocks without host bits, `10.1.0.0/16`. */
  addressSpace: string[];
  /** VLAN identifier of its frames (one tag), or outer and inner identifier (two tags). */
  vlan?: number | [number, number];
  /** What its frames are known by in tunnels: VNI (24 bits), virtual subnet identifier or key. */
  vni?: number;
  /** Largest IP packet, bytes; when absent 1500, or what its encapsulation leaves. */
  mtu?: number;
  /** The tunnel that what leaves to it is put into; absent: none. */
  encapsulation?: Encapsulation;
  virtualNetworkPeerings?: VirtualNetworkPeering[];
  subnets?: Subnet[];
}

/** A tunnel that the plane is one end of. */
export interface Encapsulation {
  type: "vxlan" | "nvgre";
  /** Outer source and destination, both IPv4 or both IPv6. */
  local: string;
  remote: string;
  /** UDP destination port, of `vxlan` only; 4789 when absent. */
  port?: number;
  ttl: number;
  dscp: number;
  /** Largest outer IP packet, bytes; any when absent. */
  mtu?: number;
  /** Outer Ethernet source and destination; made up when absent. */
  localMacAddress?: string;
  remoteMacAddress?: string;
}

/** One network's side of a peering. */
export interface VirtualNetworkPeering {
  remoteVirtualNetwork: string;
  peeringState: "Initiated" | "Connected" | "Disconnected";
  allowGatewayTransit: boolean;
  useRemoteGateways: boolean;
}

/** What leads from a network to on-premises ones. */
export interface VirtualNetworkGateway {
  name: string;
  virtualNetwork: string;
  gatewayType: "Vpn" | "ExpressRoute";
  /** CIDR blocks on-premises. */
  localNetworkAddressSpace: string[];
}

export type NetworkPolicies = "Disabled" | "Enabled" | "NetworkSecurityGroupEnabled" | "RouteTableEnabled";

export interface Subnet {
  name: string;
  addressPrefix: string;
  networkSecurityGroup?: string;
  privateEndpointNetworkPolicies: NetworkPolicies;
}

/** A rule of who may reach an endpoint. The source port is none of it. */
export interface SecurityRule {
  name: string;
  /** 100 to 4096, the lowest first. */
  priority: number;
  access: "Allow" | "Deny";
  protocol: "Tcp" | "Udp" | "*";
  /** Addresses, blocks and tags. */
  sourceAddressPrefixes: string[];
  sourceApplicationSecurityGroups: string[];
  /** Empty, as the groups: every endpoint. */
  destinationAddressPrefixes: string[];
  destinationApplicationSecurityGroups: string[];
  /** `443`, `1000-2000` or `*`. */
  destinationPortRanges: string[];
}

export interface NetworkSecurityGroup {
  name: string;
  /** What follows the rules: the cloud's, or a plain deny. */
  defaultRules: "cloud" | "none";
  securityRules: SecurityRule[];
}

export interface ApplicationSecurityGroup {
  name: string;
  addresses: string[];
}

/** The private address, or one of each family, behind which a service stands in a consumer's network. */
export interface PrivateEndpoint {
  name: string;
  virtualNetwork: string;
  /** Of either family. */
  privateIPAddress: string;
  /** Of a dual-stack endpoint, beside an IPv4 address. */
  privateIPv6Address?: string;
  privateLinkService: string;
  connectionState: ConnectionState;
  /** Resource of the service that the endpoint is mapped to. */
  resource?: string;
  /** Sub-resource the endpoint is mapped to, such as `blob`. */
  groupId?: string;
  /** Of its owner. */
  subscription?: string;
  /** Instead of its subnet's. */
  networkSecurityGroup?: string;
  privateEndpointNetworkPolicies?: NetworkPolicies;
  applicationSecurityGroups?: string[];
  /** 32 bits, not 0; follows from the names when absent (approval.ts). */
  linkIdentifier?: number;
  /** `vpce-` and 8 or 17 hexadecimal digits; follows from the names when absent (proxy.ts). */
  vpcEndpointId?: string;
  /** 64 bits, decimal; follows from the names when absent (proxy.ts). */
  pscConnectionId?: string;
  /** How its consumer's leg is on the wire of SONiC-DASH. */
  dash?: DashMapping;
  /** Names of the private DNS zones that its names are written to; those linked to its network when absent. */
  privateDnsZoneGroup?: string[];
}

/** A zone that answers the resolvers of the networks it is linked to. */
export interface PrivateDnsZone {
  name: string;
  /** Domain it answers for; its name when absent. */
  zone?: string;
  virtualNetworkLinks: string[];
}

/** One of the resources that stand behind a service's addresses and are told apart by name. */
export interface Resource {
  name: string;
  /** Sub-resource, such as `blob`: another one of the same name is another resource. */
  groupId?: string;
  /** Names it is asked for by; private link forms are added to them. */
  names: string[];
  /** What the names resolve to in public. */
  publicIPAddresses?: string[];
}

/** The provider's side: the load balancer frontends behind it and the addresses that consumers' sources become. */
export interface PrivateLinkService {
  name: string;
  virtualNetwork: string;
  loadBalancer: string;
  /** Names of frontends of the load balancer; all of them when left out in the file. */
  loadBalancerFrontendIPConfigurations: string[];
  /** One to eight NAT addresses, all of one family. */
  natAddresses: string[];
  /** Source MAC of frames towards a backend that has a `macAddress`. */
  macAddress?: string;
  /** Who may connect, and whose connections are approved at once; `*` stands for all. */
  visibility?: { subscriptions: string[] };
  autoApproval?: { subscriptions: string[] };
  /** A PROXY protocol header goes in front of each client's TCP stream; false when absent. */
  enableProxyProtocol?: boolean;
  /** Resources behind it, for rules that identify by name. */
  resources?: Resource[];
}

export interface FrontendIPConfiguration {
  name: string;
  privateIPAddress: string;
}

export interface Backend {
  address: string;
  weight: number;
  state: BackendState;
  /** What takes the place of its probe; `None` when absent. */
  adminState?: AdminState;
  macAddress?: string;
}

export interface BackendAddressPool {
  name: string;
  /** Whether backends that are down take new flows when no other does; `AllProbedDown`, they do not, when absent. */
  noHealthyBackendsBehavior?: NoHealthyBackendsBehavior;
  /** How long flows of a backend that is draining may go on; as long as they like when absent. */
  drainPeriodInSeconds?: number;
  backends: Backend[];
}

export interface LoadBalancingRule {
  name: string;
  frontendIPConfiguration: string;
  backendAddressPool: string;
  protocol: RuleProtocol;
  /** 0 (with protocol `All` only) takes every port. */
  frontendPort: number;
  /** 0 leaves the port as it is. */
  backendPort: number;
  loadDistribution: LoadDistribution;
  /** Idle timeout of established TCP flows, 4 to 100; `settings.timers.tcpIdleSeconds` when absent. */
  idleTimeoutInMinutes?: number;
  /** RST to both ends when an established flow idles out. */
  enableTcpReset: boolean;
  /** How the resource is found that a flow asks for; `address` when absent. */
  identify?: Identify;
  /** With `identify: http`: every request of a connection is looked at, not only the first; false when absent. */
  everyRequest?: boolean;
  /** What leaves is addressed to the frontend, on the port it came to; false when absent. */
  enableFloatingIP?: boolean;
}

/** Ports of a frontend, each of which leads to one backend of a pool: the first to the first one. */
export interface InboundNatRule {
  name: string;
  frontendIPConfiguration: string;
  backendAddressPool: string;
  /** `All`: TCP and UDP. */
  protocol: RuleProtocol;
  frontendPortRangeStart: number;
  frontendPortRangeEnd: number;
  backendPort: number;
  idleTimeoutInMinutes?: number;
  enableTcpReset: boolean;
}

/** A rule as it stands behind a service; of an inbound NAT rule one for each of its ports. */
export interface ServiceRule extends LoadBalancingRule {
  /** Address of the one backend that an inbound NAT rule's port leads to. */
  backend?: string;
}

export interface LoadBalancer {
  name: string;
  frontendIPConfigurations: FrontendIPConfiguration[];
  backendAddressPools: BackendAddressPool[];
  loadBalancingRules: LoadBalancingRule[];
  inboundNatRules?: InboundNatRule[];
}

export interface Timers {
  tcpOpeningSeconds: number;
  tcpIdleSeconds: number;
  /** After FIN in one direction; as before it when absent. */
  tcpHalfClosedSeconds?: number;
  tcpClosingSeconds: number;
  tcpResetSeconds: number;
  udpIdleSeconds: number;
  deniedSeconds: number;
  fragmentSeconds: number;
}

/** A cloud, or `rfc` for what the RFCs about address translation ask. */
export type Profile = "azure" | "aws" | "gcp" | "rfc";

/** What becomes of flows of rules that identify by name. */
export interface Identification {
  /** A first message without a name. */
  missingName: Choice;
  /** An encrypted name: whether the outer one decides. */
  encryptedName: Choice;
  /** A first message of another protocol. */
  unexpectedProtocol: Choice;
  http2PriorKnowledge: Choice;
  /** A first message that is not complete within 16,384 bytes or 64 segments. */
  messageTooLong: Choice;
  holdPoolFull: Choice;
  /** A server that acknowledges other bytes than it was sent. A replay allows it: the captured server had what is held. */
  otherBeginning: Choice;
  /** RST to both ends of a flow that is refused for its first message. */
  enableTcpReset: boolean;
  /** First messages held at once. */
  holdSlots: number;
}

export type TunnelType = "vxlan" | "geneve" | "nvgre" | "gre";

/** Tunnels that are opened. */
export interface Tunnel {
  type: TunnelType;
  /** UDP port, of `vxlan` and `geneve` only; 4789 and 6081 when absent. */
  port?: number | undefined;
}

export interface Settings {
  /** Whose private link it is: timeouts, and how PROXY headers name the endpoint. */
  profile: Profile;
  /** Seed of every hash of the plane, 0 to 2^32 - 1. */
  seed: number;
  /** Shards, each with its share of flows and NAT ports, a power of two up to 64. */
  shards: number;
  /** Flows held at once, by all shards together. */
  maxFlows: number;
  /** Flows that a client has at once; absent: any number. */
  maxFlowsPerClient?: number;
  /** Denied flows held at once. */
  maxDenied: number;
  /** A TCP flow whose beginning was not seen; absent: `drop` in the library, `admit` in a replay. */
  midStream?: "admit" | "drop";
  /** Frames on the consumer's side whose source is an endpoint's address. A replay admits them. */
  endpointSources: "drop" | "admit";
  /** Flows whose endpoint's connection loses its approval by a change of the configuration. */
  connectionLost: "cut" | "keep";
  /** A TCP flow that opens and finds no room or NAT port; `evict` ends the one that has been opening longest for it. */
  whenFull: "refuse" | "evict";
  portQuarantineSeconds: number;
  /** Answer packets whose TTL expires with ICMP time exceeded. */
  icmpTimeExceeded: boolean;
  /** Echo requests to an endpoint. */
  icmpEcho: "drop" | "answer";
  /** Packets with don't-fragment that exceed the MTU of the network they go to; `answer` tells their senders. */
  packetTooBig: "forward" | "drop" | "answer";
  /** Lower the MSS of SYNs to what both networks take. */
  clampMss: boolean;
  /** Tunnels that are opened. */
  tunnels: Tunnel[];
  /** Fragments of TCP and UDP. */
  fragments: "translate" | "drop";
  timers: Timers;
  identification: Identification;
}

export interface Configuration {
  virtualNetworks: VirtualNetwork[];
  virtualNetworkGateways?: VirtualNetworkGateway[];
  networkSecurityGroups?: NetworkSecurityGroup[];
  applicationSecurityGroups?: ApplicationSecurityGroup[];
  /** Absent: every network has the zones that the names of its endpoints need. */
  privateDnsZones?: PrivateDnsZone[];
  privateEndpoints: PrivateEndpoint[];
  privateLinkServices: PrivateLinkService[];
  loadBalancers: LoadBalancer[];
  settings: Settings;
}

/** MTU of a network that does not say, bytes. */
export const DEFAULT_MTU = 1500;

/** What settings are when the file does not say otherwise. */
export const DEFAULT_SETTINGS: Settings = {
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
};

const checked = new WeakSet<object>();

/** Marks a configuration as checked and complete. For those who check it. */
export function markChecked(configuration: Configuration): Configuration {
  checked.add(configuration);
  return configuration;
}

/** Whether a value is a configuration that was checked. */
export function isChecked(value: object): value is Configuration {
  return checked.has(value);
}
