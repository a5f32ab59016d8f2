// What a feed is given: a captured frame, and the parts of a replay that it works with.

import type { ConsumerLeg } from "../dash/consumer-leg.ts";
import type { NameWatch } from "../dns/watch.ts";
import type { LinkName } from "../links.ts";
import type { Plane } from "../plane.ts";
import type { AddressBook } from "./address-book.ts";
import type { Busiest } from "./busiest.ts";
import type { VlanNetworks } from "./frame.ts";
import type { Migration } from "./migration.ts";
import type { Mirror } from "./mirror.ts";
import type { Recording } from "./recording.ts";
import type { Roles } from "./roles.ts";
import type { Tally } from "./tally.ts";
import type { Tunnels } from "./tunnels.ts";

/** A captured frame. */
export interface CapturedFrame {
  /** Its number in its capture, from 1. */
  number: number;
  bytes: Uint8Array;
  wireLength: number;
  link: LinkName;
  /** Number of its network, unless its VLAN tags say otherwise. */
  network: number;
  /** Interface of the recording it belongs to. */
  interfaceId: number;
  timeLow: number;
  timeHigh: number;
}

/** What a feed works with. */
export interface FeedParts {
  plane: Plane;
  book: AddressBook;
  roles: Roles;
  mirror: Mirror;
  vlans: VlanNetworks;
  tunnels: Tunnels;
  tally: Tally;
  busiest: Busiest;
  /** Looks at DNS answers, where endpoints have names. */
  names: NameWatch | undefined;
  recording: Recording | undefined;
  /** Makes the consumer's leg for the recording, when asked for. */
  wire: ConsumerLeg | undefined;
  /** Collects what a move behind the endpoints would come to, when asked for. */
  migration: Migration | undefined;
  /** What the TTL of a captured reply has lost since the backend sent it: 1 at a consumer, 0 at the server itself. */
  ttlLoss: number;
  verifyChecksums: boolean;
  /** Some backend has a MAC address of its own. */
  rewritesLinks: boolean;
}
