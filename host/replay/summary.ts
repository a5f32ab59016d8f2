// What a replay reports: the shape of `linkplane replay --json`, and what the text summary is made of.

import type { WireSummary } from "../dash/consumer-leg.ts";
import type { EndpointCounters, NatPoolCounters, PlaneCounters, ReasonCounts } from "../counters.ts";
import type { Bypass } from "../dns/bypass.ts";
import type { WrongAnswer } from "../dns/watch.ts";
import type { Judgement } from "../expect/judge.ts";
import type { Flow } from "../flows.ts";
import type { MigrationReport } from "./migration.ts";
import type { RefusedName } from "../refused.ts";

export const REPLAY_SCHEMA = "linkplane.replay/1";

/** One capture that was read. */
export interface CaptureSummary {
  file: string;
  format: "pcap" | "pcapng" | null;
  /** LINKTYPE_ number of its first interface; null when it has none. */
  linkType: number | null;
  packets: number;
  /** Captured bytes of its packets. */
  bytes: number;
  /** Why reading ended early, or null. */
  damaged: string | null;
}

export interface ReplayEndpoint extends EndpointCounters {
  name: string;
  /** Connection state. */
  state: string;
}

export interface ReplayBackend {
  /** `loadBalancer/pool`. */
  pool: string;
  address: string;
  state: string;
  /** Flows that were given to it. */
  flows: number;
}

export interface ReplaySummary {
  schema: typeof REPLAY_SCHEMA;
  captures: CaptureSummary[];
  /** Captured packets by what became of them: read = forwarded + dropped + passed. */
  packets: { read: number; forwarded: number; dropped: number; passed: number };
  /** Packets the replay or the plane made: rebuilt replies, resets, ICMP errors. */
  generated: { mirrored: number; reset: number; icmp: number; proxyHeader: number };
  drops: ReasonCounts;
  flows: {
    created: number;
    denied: number;
    expired: number;
    active: number;
    peak: number;
    /** Refused packets that left no record of their flow: as many denied flows were there as `settings.maxDenied` allows. */
    unrecorded: number;
  };
  endpoints: ReplayEndpoint[];
  natPools: Omit<NatPoolCounters, "shard">[];
  backends: ReplayBackend[];
  /**
   * Captured replies: rebuilt as the backend must have sent them, fed in, and compared with what came out. `different` counts
   * requests too that left otherwise than their flow's translation says.
   */
  replies: {
    mirrored: number;
    identical: number;
    different: number;
    unmatched: number;
    refused: number;
    /** False when what comes out was not compared: `mirrored` then counts those that were rebuilt for the provider's side. */
    compared?: false;
  };
  /** With `--verify-checksums`: packets looked at, those that came wrong, and those whose error changed (a fault of the plane). */
  checksums?: { verified: number; wrongBefore: number; changed: number };
  /** Events, when there were some: what became of each. */
  events?: ReplayEvent[];
  seed: number;
  time: { captureSeconds: number; wallSeconds: number; packetsPerSecond: number; bitsPerSecond: number };
  /** Sentences about endpoint rules that are configured and do not apply. */
  inertRules?: string[];
  /** When no packet concerned an endpoint: the busiest destinations of the capture. */
  busiest?: BusyDestination[];
  /** DNS answers in the captures that the configuration's resolvers would not have given. */
  wrongAnswers?: WrongAnswer[];
  /** What clients sent past endpoints that they could have used. */
  bypassing?: Bypass[];
  /** With `--report`: what a move behind the endpoints would come to. */
  migration?: MigrationReport;
  /** With `--wire`: what was written of the consumer's leg. */
  wire?: WireSummary;
  /** With `--expect`: what of it was so. */
  expectations?: Judgement[];
  /** Frames of the capture that was written, if one was asked for and replies were compared. */
  written?: number;
  /** When some rule identifies by name: what was refused, and how full the hold pool was. */
  names?: PlaneCounters["names"] & {
    refused: RefusedName[];
    /** Rules of services with resources that do not look at names. */
    notFiltered: string[];
  };
  /** Frames missing in a .pcap output because their link type is not that of its first frame. */
  leftOut?: number;
  /** True when the replay was interrupted; everything else says what was done so far. */
  interrupted?: boolean;
  /** True when it was interrupted while nobody took what an output had to say: that output is not whole. */
  unfinished?: boolean;
}

/** An event of a replay. */
export interface ReplayEvent {
  /** What it changes, for people. */
  change: string;
  /** When, counted from the first packet; null when there was none. */
  seconds: number | null;
  /** False: the capture ended before. */
  applied: boolean;
  /** Flows that were cut for it, or moved to another backend. */
  flowsCut: number;
}

/** A destination of a capture in which no packet met an endpoint. */
export interface BusyDestination {
  address: string;
  port: number;
  protocol: "tcp" | "udp";
  packets: number;
}

/** One line of `--flows`. */
export interface FlowLine {
  network: string;
  protocol: "tcp" | "udp";
  client: string;
  endpoint: string;
  endpointPort: number;
  verdict: "allowed" | "denied";
  reason: string;
  backend: string | null;
  natAddress: string | null;
  natPort: number | null;
  /** Name of the resource it asked for; null when nobody looked, or it has not said. */
  name: string | null;
  toService: Flow["toService"];
  toConsumer: Flow["toConsumer"];
  /** RFC 3339 with nanoseconds. */
  firstSeen: string;
  lastSeen: string;
  /** State it ended in, or was in at the end of the input. */
  state: Flow["state"];
  /** How it ended; `alive` at the end of the input. */
  end: Flow["end"];
}
