// The shape of networks, their peerings and subnets, and gateways.

import * as z from "zod";
import { block, name, vlanIdentifier } from "./primitives.ts";
import { networkPolicies } from "./security-schema.ts";
import { encapsulation } from "./tunnel-schema.ts";

/** A VNI has 24 bits (RFC 7348, section 5). */
const VNI_MAX = 0xff_ffff;

const peering = z.strictObject({
  remoteVirtualNetwork: name.describe("The other network. It needs a peering back."),
  peeringState: z
    .enum(["Initiated", "Connected", "Disconnected"])
    .default("Connected")
    .describe("State of this side. Both sides are Connected where the peering carries traffic."),
  allowGatewayTransit: z.boolean().default(false).describe("The other network may use this one's gateways."),
  useRemoteGateways: z.boolean().default(false).describe("This network uses the other one's gateways."),
});

const subnet = z.strictObject({
  name: name.describe("Name of the subnet."),
  addressPrefix: block.describe("Its block; endpoints whose address lies in it are in the subnet."),
  networkSecurityGroup: name.optional().describe("Group whose rules apply to endpoints in it. Left out: none."),
  privateEndpointNetworkPolicies: networkPolicies
    .default("Disabled")
    .describe("Whether rules apply to endpoints in it; as in the cloud they do not unless it says so."),
});

export const virtualNetwork = z
  .strictObject({
    name: name.describe("Name of the network, used in references and in CAPTURE@NETWORK."),
    addressSpace: z
      .array(block)
      .default([])
      .describe("CIDR blocks of the network, IPv4 and IPv6. Left out: any address."),
    vlan: z
      .union(
        [vlanIdentifier, z.tuple([vlanIdentifier, vlanIdentifier])],
        "Write a number from 1 to 4094, or [outer, inner].",
      )
      .optional()
      .describe("VLAN identifier of its frames, or [outer, inner] for frames with two tags."),
    vni: z
      .int()
      .min(0)
      .max(VNI_MAX)
      .optional()
      .describe(
        "VNI, virtual subnet identifier or GRE key of its frames in tunnels that settings.tunnels opens, and in its encapsulation. Left out: none is its own.",
      ),
    mtu: z
      .int()
      .min(576)
      .max(65_535)
      .optional()
      .describe(
        "Largest IP packet of the network, bytes, for packetTooBig, clampMss and PROXY headers. Left out: 1500, or less where its encapsulation leaves less.",
      ),
    encapsulation: encapsulation.optional().describe("Tunnel that what leaves to it is put into. Left out: none."),
    virtualNetworkPeerings: z
      .array(peering)
      .optional()
      .describe("This network's sides of its peerings, regional or global. Left out: none."),
    subnets: z.array(subnet).optional().describe("Its subnets, where rules are attached to them. Left out: none."),
  })
  .describe("A consumer's or provider's network. Two networks may use the same addresses.");

export const virtualNetworkGateway = z.strictObject({
  name: name.describe("Name of the gateway."),
  virtualNetwork: name.describe("Network it belongs to; frames from on-premises are that network's."),
  gatewayType: z.enum(["Vpn", "ExpressRoute"]).describe("What leads on-premises, for the reader."),
  localNetworkAddressSpace: z
    .array(block)
    .min(1, "A gateway needs an on-premises block. Add one.")
    .describe("On-premises blocks behind it."),
});
