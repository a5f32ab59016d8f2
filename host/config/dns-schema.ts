// The shape of private DNS zones, their links, and what endpoints write into them.

import * as z from "zod";
import { name } from "./primitives.ts";

const DOMAIN = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$/;

export const domain = z
  .string()
  .max(253)
  .regex(DOMAIN, "This is no domain. Write labels of letters, digits and hyphens with dots between them.");

export const privateDnsZone = z
  .strictObject({
    name: name.describe("Name of the zone here, used in zone groups."),
    zone: domain
      .optional()
      .describe("Domain it answers for, such as privatelink.blob.core.windows.net. Left out: its name."),
    virtualNetworkLinks: z.array(name).describe("Networks whose resolver asks it."),
  })
  .describe("A private DNS zone.");

export const privateDnsZoneGroup = z
  .array(name)
  .optional()
  .describe("Zones its names are written to. Left out: the zones linked to its network.");
