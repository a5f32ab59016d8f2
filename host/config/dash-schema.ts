// The shape of what SONiC-DASH programs for an endpoint, in its terms.

import * as z from "zod";
import { plainForm } from "./ipv6.ts";
import { address4, port } from "./primitives.ts";
import { portsOf } from "./security.ts";

const TUNNEL_KEY_MAX = 0xff_ffff;

const ipv6 = z
  .string()
  .refine((text) => plainForm(text) !== undefined, "This is no IPv6 address. Write it as fd40::1 or with all groups.");

const portRange = z.strictObject({
  destinationPorts: z
    .string()
    .refine(
      (text) => text !== "*" && portsOf(text) !== undefined,
      "This is no range of ports up to 65535. Write it as 2000-2100, the lower one first.",
    )
    .describe("Ports of the endpoint, such as 2000-2100."),
  backendIP: address4
    .optional()
    .describe(
      "Where packets go instead (map_to_private_link_service). Left out: nowhere else, as without a map (skip_mapping).",
    ),
  matchPortBase: port.optional().describe("Port that becomes backendPortBase. Left out: the first of the range."),
  backendPortBase: port.optional().describe("What it becomes. Left out: the same port."),
});

export const dash = z
  .strictObject({
    plUnderlaySip: address4.describe("Outer source of the consumer's leg, PL_UNDERLAY_SIP."),
    underlayDip: address4.describe("Outer destination, UNDERLAY_DIP of the mapping."),
    encapsulation: z.enum(["nvgre", "vxlan"]).default("nvgre").describe("What carries the leg."),
    tunnelKey: z
      .int()
      .min(0)
      .max(TUNNEL_KEY_MAX)
      .optional()
      .describe("Private link key, 24 bits. Left out: the lower 24 bits of the connection's number."),
    plSip: ipv6.default("::").describe("PL_SIP of the ENI."),
    plSipMask: ipv6.default("::").describe("Its mask, PL_SIP_MASK."),
    overlaySip: ipv6.default("fd40::").describe("OVERLAY_SIP of the mapping."),
    overlaySipMask: ipv6.default("ffff:ffff:ffff:ffff:ffff:ffff::").describe("Its mask."),
    overlayDip: ipv6.describe("OVERLAY_DIP of the mapping."),
    overlayDipMask: ipv6.default("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").describe("Its mask."),
    outboundPortMap: z
      .array(portRange)
      .optional()
      .describe("Redirect map; packets that no range holds are dropped. Left out: there is none."),
  })
  .optional()
  .describe("How replay --wire dash writes its consumer's leg (docs/dash.md). Left out: it has none.");
