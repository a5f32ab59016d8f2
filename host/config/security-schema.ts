// The shape of network security groups: rules of who may reach an endpoint.

import * as z from "zod";
import { isAnyAddress, isBlock, withoutHostBits } from "./prefix.ts";
import { portsOf, ADDRESS_TAGS } from "./security.ts";
import { address, name } from "./primitives.ts";

const RULES_MOST = 1000;

export const networkPolicies = z.enum(["Disabled", "Enabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"]);

const prefix = z.string().superRefine((text, context) => {
  if (isAnyAddress(text) || ADDRESS_TAGS.includes(text)) return;
  if (!isBlock(text))
    context.addIssue({
      code: "custom",
      message: `"${text}" is no address prefix. Write an address, a block such as 10.1.0.0/16 or fd00:1::/64, or one of ${ADDRESS_TAGS.join(", ")}.`,
    });
  else if (withoutHostBits(text) !== text)
    context.addIssue({
      code: "custom",
      message: `${text} has bits set beyond its length. Write ${withoutHostBits(text)}.`,
    });
});

const ports = z
  .string()
  .refine((text) => portsOf(text) !== undefined, "These are no ports. Write 443, 1000-2000 or *, in quotation marks.");

const securityRule = z.strictObject({
  name: name.describe("Name of the rule."),
  priority: z
    .int()
    .min(100)
    .max(4096)
    .describe("The lowest number is asked first; the first rule that matches decides."),
  access: z.enum(["Allow", "Deny"]).describe("What becomes of flows that match."),
  direction: z.literal("Inbound").default("Inbound").describe("Only flows towards endpoints are judged."),
  protocol: z.enum(["Tcp", "Udp", "*"]).describe("Protocol; * for both."),
  sourceAddressPrefixes: z
    .array(prefix)
    .default([])
    .describe("Addresses, blocks, *, VirtualNetwork or AzureLoadBalancer."),
  sourceApplicationSecurityGroups: z.array(name).default([]).describe("Groups whose addresses are sources too."),
  sourcePortRanges: z.array(ports).default([]).describe("Not looked at, as at real endpoints: it counts as *."),
  destinationAddressPrefixes: z
    .array(prefix)
    .default([])
    .describe("Endpoints the rule is for, by address. Left out, with no group: all."),
  destinationApplicationSecurityGroups: z.array(name).default([]).describe("Endpoints it is for, by their groups."),
  destinationPortRanges: z
    .array(ports)
    .min(1, "A rule needs a destination port. Add one, or *.")
    .describe("Ports of the endpoint: 443, 1000-2000 or *."),
});

export const defaultRules = z.enum(["cloud", "none"]);

/** Rules of a group. */
export const securityRules = z.array(securityRule).max(RULES_MOST, "A group has at most 1,000 rules. Remove some.");

export const networkSecurityGroup = z.strictObject({
  name: name.describe("Name of the group."),
  defaultRules: defaultRules
    .default("cloud")
    .describe("What follows the rules: the cloud's own (65000, 65001, 65500), or a plain deny."),
  securityRules: securityRules.describe("Its rules, up to 1,000."),
});

export const applicationSecurityGroup = z.strictObject({
  name: name.describe("Name of the group."),
  addresses: z.array(address).describe("Addresses of its members."),
});
