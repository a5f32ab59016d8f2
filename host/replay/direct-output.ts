// What a replay without comparison writes. Frames lie in the core's memory; none becomes an object. Times are halves of a u64
// of nanoseconds, lengths bytes.

import type { CaptureInterface } from "../capture/capture.ts";
import type { Side } from "../plane.ts";

/** Writes frames by their addresses. */
export interface DirectOutput {
  /** Side that is shown; undefined: both. */
  readonly only: Side | undefined;
  /** Frames left out: a pcap file has one link type. */
  readonly leftOut: number;
  /** Frames written so far. */
  readonly written: number;
  /** Adds a captured interface under a name; the number by which frames name it. */
  addInterface(captured: CaptureInterface, name: string): number;
  /** Writes a translated frame that lies where it was read, on the provider's side. */
  translated(id: number, address: number, length: number, wire: number, timeLow: number, timeHigh: number): void;
  /** Writes any other frame on a side. */
  other(
    id: number,
    side: Side,
    address: number,
    length: number,
    wire: number,
    timeLow: number,
    timeHigh: number,
    comment: string | undefined,
  ): void;
  /** Completes the file's beginning, should there have been no frame. */
  close(): void;
}
