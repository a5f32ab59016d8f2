// The shape of tunnels that are opened.

import * as z from "zod";
import { port } from "./primitives.ts";

export const tunnel = z
  .strictObject({
    type: z.enum(["vxlan", "geneve", "nvgre", "gre"]).describe("Type of tunnel."),
    port: port.min(1).optional().describe("UDP port, of vxlan and geneve. Left out: 4789 for vxlan, 6081 for geneve."),
  })
  .describe("A type of tunnel that is opened.");
