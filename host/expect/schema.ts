// The shape of a file of expectations: what of a capture must be allowed or denied.

import * as z from "zod";
import { isAnyAddress, isBlock, withoutHostBits } from "../config/prefix.ts";

const isClient = (text: string): boolean => isAnyAddress(text) || (isBlock(text) && withoutHostBits(text) === text);

const expectation = z
  .strictObject({
    verdict: z.enum(["allowed", "denied"]).describe("What becomes of every flow that the other fields describe."),
    client: z
      .string()
      .refine(isClient, "This is no address and no block. Write 10.1.0.9, 10.1.0.0/24 or fd00:1::/64.")
      .optional()
      .describe("Client's address, or a block of them. Left out: any."),
    network: z.string().min(1).optional().describe("Virtual network of the endpoint. Left out: any."),
    endpoint: z.string().min(1).optional().describe("Name of the endpoint. Left out: any."),
    port: z.int().min(1).max(65_535).optional().describe("Port of the endpoint. Left out: any."),
    protocol: z.enum(["tcp", "udp"]).optional().describe("Protocol. Left out: both."),
    name: z.string().min(1).optional().describe("Host name that the flow asks for. Left out: any, or none."),
    reason: z.string().min(1).optional().describe("Reason of the verdict, as in docs/reasons.md. Left out: any."),
    optional: z.boolean().default(false).describe("Whether it holds when no flow of the capture is described."),
  })
  .describe("One expectation.");

/** The whole file. */
export const expectationsSchema = z.strictObject({
  $schema: z.string().optional().describe("Where this schema is, for editors."),
  expectations: z.array(expectation).min(1, "There is no expectation. Add one.").describe("What must be so."),
});
