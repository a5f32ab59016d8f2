// The shape of a configuration file, in the cloud's own terms. References between its parts are checked in references.ts.

import * as z from "zod";
import { DEFAULT_SETTINGS } from "./configuration.ts";
import { dash } from "./dash-schema.ts";
import { loadBalancer } from "./balancer-schema.ts";
import { privateDnsZone, privateDnsZoneGroup } from "./dns-schema.ts";
import { identification } from "./identification-schema.ts";
import { tunnel } from "./tunnel-schema.ts";
import { virtualNetwork, virtualNetworkGateway } from "./network-schema.ts";
import { address, address6, mac, name } from "./primitives.ts";
import { applicationSecurityGroup, networkPolicies, networkSecurityGroup } from "./security-schema.ts";

const SECONDS_MAX = 7_440;
const FLOWS_MAX = 1_024_000_000;

const VPC_ENDPOINT = /^vpce-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const UNSIGNED = /^(?:0|[1-9]\d{0,19})$/;
const NO_UNSIGNED_64 = 'This is no number of 64 bits. Write a decimal one in quotes, such as "18446744072646845442".';
const HOST_NAME = /^[A-Za-z0-9_.-]+$/;
const timeout = (what: string, otherwise: string) =>
  z
    .number()
    .min(1)
    .max(SECONDS_MAX)
    .optional()
    .describe(`${what}, seconds (1 to ${SECONDS_MAX}). Left out: ${otherwise}.`);
/** A timeout whose default is that of the profile; the one shown is azure's. */
const seconds = (azure: number, what: string) => timeout(what, "the profile's").meta({ default: azure });

/** A state that a file may give a connection. */
export const connectionState = z.enum(["Approved", "Pending", "Rejected", "Disconnected"]);

const privateEndpoint = z
  .strictObject({
    name: name.describe("Name of the endpoint."),
    virtualNetwork: name.describe("Network it lies in."),
    privateIPAddress: address.describe("Its address there, IPv4 or IPv6."),
    privateIPv6Address: address6
      .optional()
      .describe("Its IPv6 address beside an IPv4 one, which makes it dual-stack. Left out: it has one address."),
    privateLinkService: name.describe("Service behind it."),
    connectionState: connectionState
      .optional()
      .describe("State of its connection; only Approved carries traffic. Left out: what the service's lists say."),
    resource: name
      .optional()
      .describe("Resource of the service it is mapped to. Left out: none, and no rule may identify by name."),
    groupId: name.optional().describe("Sub-resource it is mapped to, such as blob."),
    subscription: name
      .optional()
      .describe("Subscription of its owner, for the service's lists. Left out: one that no list names."),
    networkSecurityGroup: name.optional().describe("Group whose rules apply to it. Left out: its subnet's."),
    privateEndpointNetworkPolicies: networkPolicies
      .optional()
      .describe("Whether rules apply to it. Left out: as its subnet says, Enabled if it lies in none."),
    applicationSecurityGroups: z
      .array(name)
      .optional()
      .describe("Application security groups it belongs to, for rules that name them as destination. Left out: none."),
    linkIdentifier: z
      .int()
      .min(1)
      .max(2 ** 32 - 1)
      .optional()
      .describe("Number of its connection, 32 bits. Left out: one that follows from the names."),
    vpcEndpointId: z
      .string()
      .regex(VPC_ENDPOINT, "This is no identifier of a VPC endpoint. Write vpce- and 8 or 17 hexadecimal digits.")
      .optional()
      .describe("Its identifier in PROXY headers of profile aws. Left out: one that follows from the names."),
    pscConnectionId: z
      .string()
      .regex(UNSIGNED, NO_UNSIGNED_64)
      .refine((text) => !UNSIGNED.test(text) || BigInt(text) < 2n ** 64n, NO_UNSIGNED_64)
      .optional()
      .describe(
        "Number of its connection in PROXY headers of profile gcp, 64 bits, in quotes. Left out: follows from the names.",
      ),
    privateDnsZoneGroup,
    dash,
  })
  .describe("A private endpoint: an address, or one of each family, behind which a service stands.");

const resource = z.strictObject({
  name: name.describe("Name of the resource, such as a storage account's."),
  groupId: name.optional().describe("Sub-resource, such as blob. Left out: the resource has none."),
  names: z
    .array(z.string().min(1).max(253).regex(HOST_NAME, "This is no host name. Use letters, digits, hyphens and dots."))
    .optional()
    .describe(
      "Host names it is asked for by; private link forms are added. Left out: those that follow from its name and group.",
    ),
  publicIPAddresses: z
    .array(address)
    .optional()
    .describe("What its names resolve to in public: traffic there goes past its endpoints. Left out: not known."),
});

const subscriptions = z.strictObject({
  subscriptions: z
    .array(name)
    .max(100, "A list holds at most 100 subscriptions. Use * for all of them.")
    .describe("Subscriptions, up to 100; * for all."),
});

const privateLinkService = z
  .strictObject({
    name: name.describe("Name of the service."),
    virtualNetwork: name.describe("The provider's network."),
    loadBalancer: name.describe("Load balancer it stands before."),
    loadBalancerFrontendIPConfigurations: z
      .array(name)
      .min(1, "A service needs a frontend. Name one of its load balancer, or leave the field out to take all.")
      .optional()
      .describe("Frontends of the load balancer whose rules apply. Left out: all of them."),
    natAddresses: z
      .array(address)
      .min(1, "A service needs a NAT address. Add one from the provider's network.")
      .max(8, "A service has at most 8 NAT addresses. Remove some.")
      .describe("Addresses that consumers' sources become, one to eight of one family, IPv4 or IPv6."),
    macAddress: mac.optional().describe("Source MAC of frames to backends that have a macAddress."),
    visibility: subscriptions.optional().describe("Who may connect. Left out: everybody."),
    autoApproval: subscriptions
      .optional()
      .describe(
        "Whose connections are approved at once; others are Pending. Left out: nobody's, everybody's without visibility.",
      ),
    enableProxyProtocol: z
      .boolean()
      .optional()
      .describe(
        "Put a PROXY protocol header (version 2) in front of each client's TCP stream. The servers must expect it. Left out: false.",
      ),
    resources: z
      .array(resource)
      .max(65_000)
      .optional()
      .describe("Resources behind it, told apart by the names in clients' first messages. Left out: none."),
  })
  .describe("A private link service: the provider's side.");

const d = DEFAULT_SETTINGS;
const timers = z.strictObject({
  tcpOpeningSeconds: seconds(d.timers.tcpOpeningSeconds, "A TCP flow that is not answered yet"),
  tcpIdleSeconds: seconds(d.timers.tcpIdleSeconds, "An established TCP flow without packets"),
  tcpHalfClosedSeconds: timeout(
    "A TCP flow after FIN in one direction, without packets",
    "240 with profile rfc, else as long as before it",
  ),
  tcpClosingSeconds: seconds(d.timers.tcpClosingSeconds, "A TCP flow after FIN in both directions"),
  tcpResetSeconds: seconds(d.timers.tcpResetSeconds, "A TCP flow after RST"),
  udpIdleSeconds: seconds(d.timers.udpIdleSeconds, "A UDP flow without packets"),
  deniedSeconds: seconds(d.timers.deniedSeconds, "A denied flow without packets"),
  fragmentSeconds: seconds(d.timers.fragmentSeconds, "A datagram some of whose fragments came"),
});

const settings = z.strictObject({
  profile: z
    .enum(["azure", "aws", "gcp", "rfc"])
    .default(d.profile)
    .describe(
      "Whose private link it is: timeouts, rest of NAT ports, and how PROXY headers name the endpoint. rfc is as the RFCs ask.",
    ),
  seed: z
    .union(
      [
        z
          .int()
          .min(0)
          .max(2 ** 32 - 1),
        z.literal("random"),
      ],
      "Write a number from 0 to 4294967295, or random.",
    )
    .default(d.seed)
    .describe("Seed of every hash: a number for the same choices each time, or random."),
  shards: z
    .int()
    .min(1)
    .max(64)
    .refine(
      (value) => (value & (value - 1)) === 0,
      "The number of shards is a power of two. Choose 1, 2, 4, 8, 16, 32 or 64.",
    )
    .default(d.shards)
    .describe(
      "Shards that share nothing and may run on cores of their own, a power of two. Each has its share of flows and NAT ports.",
    ),
  maxFlows: z
    .int()
    .min(1)
    .max(FLOWS_MAX)
    .default(d.maxFlows)
    .describe("Flows held at once by all shards; one shard holds about 16,000,000."),
  maxFlowsPerClient: z
    .int()
    .min(1)
    .max(FLOWS_MAX)
    .optional()
    .describe(
      "Flows that one address in a network has at once, by all shards together, each of which has its part. Costs 32 to 64 bytes for each of maxFlows. Fixed while a plane runs. Left out: any number.",
    ),
  maxDenied: z.int().min(0).max(4_000_000).default(d.maxDenied).describe("Denied flows held at once."),
  midStream: z
    .enum(["admit", "drop"])
    .optional()
    .describe("A TCP flow whose beginning was not seen. Left out: admitted in a replay, dropped in the library."),
  endpointSources: z
    .enum(["drop", "admit"])
    .default(d.endpointSources)
    .describe("Consumer-side frames whose source is an endpoint's address. A replay always admits them."),
  connectionLost: z
    .enum(["cut", "keep"])
    .default(d.connectionLost)
    .describe("Flows whose connection loses its approval while the plane runs: cut at once, or kept until they end."),
  whenFull: z
    .enum(["refuse", "evict"])
    .default(d.whenFull)
    .describe(
      "A TCP flow that opens and finds no room or NAT port: refused, or the flow that has been opening longest ends for it, so that a SYN flood keeps nobody out. Fixed while a plane runs.",
    ),
  portQuarantineSeconds: z
    .number()
    .min(0)
    .max(SECONDS_MAX)
    .optional()
    .describe("Rest of a released NAT port before it is used again, seconds. Left out: the profile's.")
    .meta({ default: d.portQuarantineSeconds }),
  icmpTimeExceeded: z
    .boolean()
    .default(d.icmpTimeExceeded)
    .describe("Answer packets whose TTL expires with ICMP time exceeded."),
  icmpEcho: z
    .enum(["drop", "answer"])
    .default(d.icmpEcho)
    .describe("Echo requests (pings) to an endpoint; real private endpoints do not answer them."),
  packetTooBig: z
    .enum(["forward", "drop", "answer"])
    .default(d.packetTooBig)
    .describe(
      "Packets with don't-fragment that exceed the mtu of the network they go to; answer drops them and tells their senders by ICMP. drop and answer make every packet cost more.",
    ),
  clampMss: z
    .boolean()
    .default(d.clampMss)
    .describe("Lower the MSS of SYNs to what the mtu of both networks takes. Makes every packet cost more."),
  tunnels: z
    .array(tunnel)
    .default(d.tunnels)
    .describe("Tunnels whose frames are opened, so that what is in them is handled. Left out: none."),
  fragments: z
    .enum(["translate", "drop"])
    .default(d.fragments)
    .describe("Fragments of TCP and UDP over IPv4; later ones wait for the first."),
  timers: timers.prefault({}).describe("Timeouts. Those left out are the profile's."),
  identification: identification
    .prefault({})
    .describe("What becomes of flows of rules that identify by name when the name cannot be read."),
});

/** The whole file. */
export const fileSchema = z.strictObject({
  $schema: z.string().optional().describe("Where this schema is, for editors."),
  virtualNetworks: z
    .array(virtualNetwork)
    .min(1, "At least one network is needed. Add the consumer's.")
    .max(65_000)
    .describe("Networks of consumers and providers."),
  virtualNetworkGateways: z
    .array(virtualNetworkGateway)
    .optional()
    .describe("Gateways to on-premises networks, over VPN or ExpressRoute. Left out: none."),
  networkSecurityGroups: z
    .array(networkSecurityGroup)
    .optional()
    .describe("Rules of who may reach endpoints. Left out: none."),
  applicationSecurityGroups: z
    .array(applicationSecurityGroup)
    .optional()
    .describe("Named groups of addresses. Left out: none."),
  privateDnsZones: z
    .array(privateDnsZone)
    .optional()
    .describe("Private DNS zones. Left out: every network has those that the names of its endpoints need."),
  privateEndpoints: z.array(privateEndpoint).max(65_000).describe("Private endpoints of the consumers."),
  privateLinkServices: z.array(privateLinkService).max(65_000).describe("Services of the providers."),
  loadBalancers: z.array(loadBalancer).describe("Load balancers of the providers."),
  settings: settings.prefault({}).describe("How the plane behaves."),
});

/** A file that has the right shape. */
export type ConfigurationFile = z.infer<typeof fileSchema>;
