// The shape of tunnels that are opened, and of those that frames are put into.

import * as z from "zod";
import { address, mac, port } from "./primitives.ts";

const TTL_MAX = 255;
const DSCP_MAX = 63;
/** Room for the least packet that every network takes, with the largest headers around it. */
const MTU_MIN = 646;

export const tunnel = z
  .strictObject({
    type: z.enum(["vxlan", "geneve", "nvgre", "gre"]).describe("Type of tunnel."),
    port: port.min(1).optional().describe("UDP port, of vxlan and geneve. Left out: 4789 for vxlan, 6081 for geneve."),
  })
  .describe("A type of tunnel that is opened.");

export const encapsulation = z
  .strictObject({
    type: z.enum(["vxlan", "nvgre"]).describe("Type of tunnel."),
    local: address.describe("Outer source address, the plane's end."),
    remote: address.describe("Outer destination address, of the same family."),
    port: port.min(1).optional().describe("UDP destination port, of vxlan. Left out: 4789."),
    ttl: z.int().min(1).max(TTL_MAX).default(64).describe("Outer TTL or hop limit."),
    dscp: z.int().min(0).max(DSCP_MAX).default(0).describe("Outer DSCP. The ECN bits are those of the packet inside."),
    mtu: z
      .int()
      .min(MTU_MIN)
      .max(65_535)
      .optional()
      .describe("Largest outer IP packet, bytes; the network's mtu has to leave room for the headers. Left out: any."),
    localMacAddress: mac.optional().describe("Outer Ethernet source. Left out: a made-up one."),
    remoteMacAddress: mac.optional().describe("Outer Ethernet destination, the next hop. Left out: a made-up one."),
  })
  .describe("The tunnel that what leaves to the network is put into; its vni is the identifier.");
