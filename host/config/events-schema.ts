// The shape of an events file: changes of a configuration at points in time, in the configuration's own terms.

import * as z from "zod";
import { timeOf } from "./event-time.ts";
import { address, name } from "./primitives.ts";
import { adminState, backendState, backendWeight } from "./balancer-schema.ts";
import { connectionState } from "./schema.ts";
import { defaultRules, securityRules } from "./security-schema.ts";

const BAD_TIME =
  "This is no time. Write seconds after the first packet, such as 12.5 or +12.5s, or a date and time such as 2026-11-24T00:10:30.5Z.";

const OF_BACKEND = ["state", "weight", "adminState"];

/** Fields of the kinds of change there are: those needed, and those that may be left out. */
const KINDS: readonly { needs: string[]; oneOf?: string[]; may?: string[] }[] = [
  { needs: ["privateEndpoint", "connectionState"] },
  { needs: ["privateEndpoint", "networkSecurityGroup"] },
  { needs: ["networkSecurityGroup", "securityRules"], may: ["defaultRules"] },
  { needs: ["backendAddressPool", "backend"], oneOf: OF_BACKEND, may: ["loadBalancer", ...OF_BACKEND] },
];

/** Whether an event's fields are those of one kind of change. */
function isOneChange({ at: _, ...event }: Record<string, unknown>): boolean {
  const given = Object.keys(event).filter((key) => event[key] !== undefined);
  return KINDS.some(
    ({ needs, oneOf, may = [] }) =>
      needs.every((field) => given.includes(field)) &&
      given.every((field) => needs.includes(field) || may.includes(field)) &&
      (oneOf === undefined || oneOf.some((field) => given.includes(field))),
  );
}

const event = z
  .strictObject({
    at: z
      .union([z.number(), z.string()], BAD_TIME)
      .refine((at) => timeOf(at) !== undefined, BAD_TIME)
      .describe("When: seconds after the first packet (12.5, +12.5s), or a date and time with its zone."),
    privateEndpoint: name.optional().describe("Endpoint that changes: its connectionState or networkSecurityGroup."),
    connectionState: connectionState
      .optional()
      .describe("State of its connection from then on. Disconnected is final; only Approved carries traffic."),
    networkSecurityGroup: name
      .optional()
      .describe("With privateEndpoint: the group that is the endpoint's from then on. Else the group that changes."),
    defaultRules: defaultRules.optional().describe("What follows the group's rules. Left out: as before."),
    securityRules: securityRules.optional().describe("Rules of the group from then on, in place of all it had."),
    loadBalancer: name.optional().describe("Load balancer of the pool. Left out: the only one with such a pool."),
    backendAddressPool: name.optional().describe("Pool of the backend that changes."),
    backend: address.optional().describe("Address of the backend that changes."),
    state: backendState.optional().describe("Its state from then on. Left out: as before."),
    weight: backendWeight.optional().describe("Its share of new flows from then on. Left out: as before."),
    adminState: adminState.optional().describe("What takes the place of its probe from then on. Left out: as before."),
  })
  .refine(
    isOneChange,
    "This is not one change. Give privateEndpoint with connectionState or networkSecurityGroup, networkSecurityGroup with securityRules, or backendAddressPool and backend with state, weight or adminState.",
  );

/** The whole file. */
export const eventsSchema = z.strictObject({
  $schema: z.string().optional().describe("Where this schema is, for editors."),
  events: z.array(event).min(1, "There is no event. Add one.").describe("Changes, in the order of their times."),
});

/** One event as it stands in the file. */
export type EventEntry = z.infer<typeof event>;
