// The connection workflow: what a service's lists of subscriptions make of a new connection, and the number each connection has.

import type { ConnectionState, PrivateLinkService } from "./configuration.ts";

const ALL = "*";
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

type Lists = Pick<PrivateLinkService, "visibility" | "autoApproval">;

/** State of a new connection whose owner has that subscription. */
export function newConnection({ visibility, autoApproval }: Lists, subscription: string | undefined): ConnectionState {
  const holds = (list: { subscriptions: string[] } | undefined): boolean =>
    list?.subscriptions.some((name) => name === ALL || name === subscription) === true;
  if (visibility !== undefined && !holds(visibility)) return "Refused";
  if (autoApproval === undefined) return visibility === undefined ? "Approved" : "Pending";
  return holds(autoApproval) ? "Approved" : "Pending";
}

/** What a connection's number follows from. */
interface Connection {
  name: string;
  privateLinkService: string;
  linkIdentifier?: number | undefined;
}

/**
 * Numbers of connections, 1 to 2^32 - 1, each one's own: those given, else FNV-1a over the names of service and endpoint, so that
 * a connection keeps its number however the file around it changes; where two names meet, the later one counts on.
 */
export function linkIdentifiers(connections: readonly Connection[]): number[] {
  const taken = new Set(connections.flatMap(({ linkIdentifier }) => linkIdentifier ?? []));
  return connections.map(({ name, privateLinkService, linkIdentifier }) => {
    if (linkIdentifier !== undefined) return linkIdentifier;
    let number = hashOf(JSON.stringify([privateLinkService, name]));
    while (number === 0 || taken.has(number)) number = (number + 1) >>> 0;
    taken.add(number);
    return number;
  });
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}
