// What keeps a running plane from taking another configuration: what sizes its memory or what its flows were made with.

import * as Abi from "../abi.ts";
import { LinkplaneError } from "../errors.ts";
import type { Configuration, Settings } from "./configuration.ts";
import { NUMBERED_MOST } from "./totals.ts";

/** What a plane's memory was laid out for. */
export interface Capacity {
  /** Bytes of an image of tables. */
  tables: number;
  poolSlots: number;
  endpoints: number;
  backends: number;
  holdSlots: number;
  /** Places of the hold pool remember requests. */
  holdRemembers: boolean;
  keepLinks: boolean;
  /** Flows have room for what a PROXY header takes. */
  proxies: boolean;
  /** There is room for IPv6 addresses. */
  six: boolean;
}

/** What a configuration takes. */
export interface Demand extends Capacity {
  networks: number;
  natAddresses: number;
  rules: number;
  idleTimeouts: number;
}

const FIXED = [
  "profile",
  "seed",
  "shards",
  "maxFlows",
  "maxDenied",
  "maxFlowsPerClient",
  "fragments",
  "whenFull",
] as const satisfies (keyof Settings)[];

function refused(sentence: string, remedy = "Make a new plane."): LinkplaneError {
  return new LinkplaneError("CHANGE_REFUSED", sentence, { remedy });
}

/** Throws CHANGE_REFUSED when something that had a number has another MAC address now: its flows were told the old one. */
export function sameMac(
  known: { macAddress: string | undefined } | undefined,
  now: string | undefined,
  what: string,
): void {
  if (known !== undefined && known.macAddress !== now)
    throw refused(
      `${what} cannot be given another macAddress while the plane runs.`,
      "Give it another name or address.",
    );
}

/** Throws CHANGE_REFUSED when an endpoint's PROXY headers would name it otherwise: one that is sent again has to be the same. */
export function sameIdentity(known: { identity: string } | undefined, now: string, endpoint: string): void {
  if (known !== undefined && known.identity !== now)
    throw refused(
      `Endpoint ${endpoint} cannot be given another linkIdentifier, vpcEndpointId or pscConnectionId while the plane runs.`,
      "Leave it as it was, or make a new plane.",
    );
}

/** Throws CHANGE_REFUSED when a service begins or ceases to put PROXY headers in front of streams: its flows go on as they began. */
export function sameAnnouncement(
  known: { enableProxyProtocol: boolean } | undefined,
  now: boolean,
  service: string,
): void {
  if (known !== undefined && known.enableProxyProtocol !== now)
    throw refused(
      `Service ${service} cannot have its enableProxyProtocol changed while the plane runs.`,
      "Leave it as it was, or make a new plane.",
    );
}

/** Throws CHANGE_REFUSED when a plane of a configuration and its capacity cannot take another one. */
export function checkChange(from: Configuration, to: Configuration, capacity: Capacity, demand: Demand): void {
  for (const field of FIXED)
    if (from.settings[field] !== to.settings[field])
      throw refused(`settings.${field} cannot change while a plane runs.`, "Leave it as it was, or make a new plane.");
  if (demand.holdSlots > 0 && demand.holdSlots !== capacity.holdSlots)
    throw refused(
      capacity.holdSlots === 0
        ? "The plane has no room for first messages: no rule identified by name when it was made."
        : "settings.identification.holdSlots cannot change while a plane runs.",
    );
  if (demand.holdRemembers && !capacity.holdRemembers)
    throw refused(
      "The plane has no room to remember requests: no rule had everyRequest when it was made.",
      "Make a new plane, or make it with a rule that has everyRequest.",
    );
  if (demand.keepLinks && !capacity.keepLinks)
    throw refused(
      "The plane keeps no link headers: nothing had enableTcpReset or a macAddress when it was made.",
      "Make a new plane, or make it with a rule that has enableTcpReset.",
    );
  if (demand.proxies && !capacity.proxies)
    throw refused(
      "The plane has no room for PROXY headers: no service had enableProxyProtocol when it was made.",
      "Make a new plane, or make it with a service that has enableProxyProtocol.",
    );
  if (demand.six && !capacity.six)
    throw refused(
      "The plane has no room for IPv6 addresses: nothing had one when it was made.",
      "Make a new plane, or make it with an endpoint that has an IPv6 address.",
    );
  const limits: [what: string, count: number, most: number][] = [
    ["bytes of tables", demand.tables, capacity.tables],
    ["endpoints", demand.endpoints, capacity.endpoints],
    ["backends", demand.backends, capacity.backends],
    ["pools of NAT ports", demand.poolSlots, capacity.poolSlots],
    ["networks", demand.networks, NUMBERED_MOST],
    ["NAT addresses", demand.natAddresses, NUMBERED_MOST],
    ["rules behind services", demand.rules, NUMBERED_MOST],
    ["idle timeouts", demand.idleTimeouts, Abi.TIMER_COUNT - Abi.TIMER_RULES],
  ];
  for (const [what, count, most] of limits)
    if (count > most)
      throw refused(
        `The plane has room for ${most} ${what}; with those it ever had, this configuration makes ${count}.`,
      );
}

/** Room for so many things now, with head room for those that changes bring. */
export const roomFor = (count: number, least: number): number => count + Math.max(least, count >> 1);

/** Room for an image of tables, bytes. */
export const tablesRoom = (bytes: number): number => (Math.max(bytes * 2, bytes + 2 ** 20) + 63) & ~63;
