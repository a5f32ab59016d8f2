// What the judge is asked: packets that go through the kernel's NAT and through linkplane alike, and where the two may differ.

import type { Configuration, Settings } from "../../host/config/configuration.ts";
import type { Side } from "../plane.ts";
import type { KernelOptions } from "./kernel.ts";

/** How they differ; docs/conformance.md says why, under these names. */
export type Difference =
  | "trailers"
  | "wrong checksums"
  | "errors that a hop sends"
  | "errors about a wrong header"
  | "TCP windows"
  | "odd flags"
  | "source addresses"
  | "source routes"
  | "cutting";

export interface JudgedStep {
  /** Text of the packet (conformance/packet.ts), or its frame. */
  in: string | Uint8Array;
  /** The consumer's when absent. */
  side?: Side;
  /** Seconds that pass before it, by the kernel's clock and by linkplane's. */
  pause?: number;
  /** They do not do the same: what leaves of each, as `side text`. */
  differs?: { by: Difference; kernel: string[]; linkplane: string[] };
}

export interface Scenario {
  name: string;
  kernel?: KernelOptions;
  settings?: Partial<Settings>;
  change?: (configuration: Configuration) => void;
  steps: JudgedStep[];
}

/** Ends of the first TCP and UDP flow. The client's port is the NAT port that both give it: the kernel keeps ports, linkplane begins there. */
export const REQUEST = "tcp 10.1.0.9:1024 > 10.1.0.4:443";
export const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443";
export const REPLY = "tcp 10.2.1.1:8443 > 10.2.0.10:1024";
export const GIVEN = "tcp 10.1.0.4:443 > 10.1.0.9:1024";
export const QUERY = "udp 10.1.0.9:1024 > 10.1.0.4:53";
export const SENT_QUERY = "udp 10.2.0.10:1024 > 10.2.1.1:5353";
export const ANSWER = "udp 10.2.1.1:5353 > 10.2.0.10:1024";
export const GIVEN_ANSWER = "udp 10.1.0.4:53 > 10.1.0.9:1024";

export const client = (words: string): JudgedStep => ({ in: `${REQUEST} ${words}` });
export const server = (words: string): JudgedStep => ({ in: `${REPLY} ${words}`, side: "provider" });

/** Opens the TCP flow: the client's next number is 101, the server's 901; both windows are of 8,000 bytes. */
export const handshake: JudgedStep[] = [
  client("S seq=100 window=8000"),
  server("SA seq=900 ack=101 window=8000"),
  client("A seq=101 ack=901 window=8000"),
];
/** Opens the UDP flow. */
export const question: JudgedStep[] = [
  { in: `${QUERY} data=query` },
  { in: `${ANSWER} data=answer`, side: "provider" },
];
