// What a replay is asked to do: the command line's options, read.

import type { ByteSink, ByteSource } from "../capture/capture.ts";
import type { Configuration } from "../config/configuration.ts";
import type { ConfigurationEvent } from "../config/event.ts";
import type { Explanation } from "../explain/explanation.ts";
import type { Plane, Side } from "../plane.ts";
import type { FlowLine } from "./summary.ts";

/** A capture to read, and the network its frames come from. */
export interface ReplayInput {
  /** Name for messages; `-` for stdin. */
  file: string;
  /** Name of a virtual network; absent: the only one that holds endpoints. */
  network?: string;
  source: ByteSource;
  /** Size of the source in bytes, when known, for progress. */
  size?: number;
}

/** An address of the capture that stands for an endpoint. */
export interface EndpointAlias {
  endpoint: string;
  address: string;
  /** Only this port of the address; every port when absent. */
  port?: number;
}

export interface ReplayOutput {
  sink: ByteSink;
  format: "pcapng" | "pcap";
  /** Side that a pcap file shows; a pcapng file shows both. */
  side: Side;
  /** A pcapng file shows only `side`, too. */
  oneSided?: boolean;
}

/** Why a packet of a capture became of it what it did. */
export interface ReplayExplanation extends Explanation {
  /** The packet as it entered the plane, in a line, where that is not as it was captured: rebuilt, or with an endpoint's address. */
  entered?: string;
  /** Of a packet that was held: what became of it. */
  later?: string;
}

export interface ReplayProgress {
  packets: number;
  /** Bytes of the captures consumed, and in all (0 when not known). */
  bytes: number;
  totalBytes: number;
}

export interface ReplayOptions {
  /** The wire form that two more interfaces of a pcapng output with both sides show the consumer's and the provider's leg in. */
  wire?: "dash";
  configuration: Configuration;
  inputs: ReplayInput[];
  output?: ReplayOutput;
  /** Receives one line of JSON for each flow, newline included. */
  flows?: ByteSink;
  /** Called with each flow, denied ones too, as it ends or as it is at the end of the input. */
  onFlow?: (line: FlowLine) => void;
  aliases?: EndpointAlias[];
  /** Where the captures were taken; `consumer` when absent. */
  side?: Side;
  verifyChecksums?: boolean;
  /**
   * False: replies need not be compared, which makes a replay several times faster. They are compared all the same when packets
   * have to be looked at one by one: with events, aliases, `side: "provider"`, `verifyChecksums`, more than one input, or a pcap file of
   * the consumer's side as output.
   */
  compare?: boolean;
  /** Changes of the configuration, in the order of their times, as `parseEvents` of `linkplane/config` reads them. */
  events?: readonly ConfigurationEvent[];
  /** Collects for `summary.migration` what a move behind the endpoints would come to; replies are compared then. */
  migration?: boolean;
  /** Explains the packet of this number, from 1, of the only input, and ends there; nothing is written. */
  explain?: { packet: number; take: (explanation: ReplayExplanation) => void };
  /** Stop after so many packets. */
  limit?: number;
  /** Called a few times a second. */
  onProgress?: (progress: ReplayProgress) => void;
  /** A plane to replay through instead of a new one; it has to be made from the same configuration. */
  plane?: Plane;
  /** Threads that the shards of the configuration run in; absent: all in this one. */
  workers?: number;
  /** Ends the replay at the next packet: what was done so far is written and summarised. */
  signal?: AbortSignal;
}
