// One side as a pcap file, from where frames were read: a record's header goes right in front of its frame, or stands there
// already, so that forwarded packets that follow one another are written as they lie.

import type { CaptureInterface } from "../capture/capture.ts";
import { RECORD } from "../capture/pcap.ts";
import { PcapWriter } from "../capture/pcap-writer.ts";
import { secondsOf } from "../capture/units.ts";
import type { Side } from "../plane.ts";
import type { Areas } from "./areas.ts";
import type { DirectOutput } from "./direct-output.ts";

const MICROSECONDS = 1_000_000;
const NANOSECONDS = 1_000_000_000;
const NOWHERE = { write: (): void => {} };

export class DirectPcap implements DirectOutput {
  readonly only: Side = "provider";
  leftOut = 0;
  written = 0;
  /** The frames' own record headers, right in front of them, are in the form of the file. */
  headersStand = false;
  private readonly areas: Areas;
  private readonly view: DataView;
  /** Makes the file header. */
  private readonly header: PcapWriter;
  private linkType: number | undefined;
  private nanoseconds: boolean;
  private readonly writable: boolean[] = [];

  /** Times are in nanoseconds when asked for, or when the first interface has them. */
  constructor(areas: Areas, nanoseconds: boolean) {
    this.areas = areas;
    this.header = new PcapWriter(NOWHERE, nanoseconds);
    this.nanoseconds = nanoseconds;
    this.view = new DataView(areas.core.bytes.buffer);
  }

  addInterface(captured: CaptureInterface, name: string): number {
    const { linkType, snaplen, timeDigits } = captured;
    this.header.addInterface({ linkType, snaplen, timeDigits, name });
    if (this.linkType === undefined) {
      this.linkType = linkType;
      this.nanoseconds ||= timeDigits > 6;
      this.areas.put(this.header.collected());
    }
    return this.writable.push(linkType === this.linkType) - 1;
  }

  translated(id: number, address: number, length: number, wire: number, timeLow: number, timeHigh: number): void {
    if (this.writable[id] !== true) {
      this.leftOut++;
      return;
    }
    this.written++;
    if (!this.headersStand || !this.stands(address, wire)) this.record(address, length, wire, timeLow, timeHigh);
    this.areas.add(address - RECORD.size, length + RECORD.size);
  }

  other(
    id: number,
    side: Side,
    address: number,
    length: number,
    wire: number,
    timeLow: number,
    timeHigh: number,
    _: string | undefined,
  ): void {
    if (side !== this.only) return;
    if (this.writable[id] !== true) {
      this.leftOut++;
      return;
    }
    this.written++;
    const { areas } = this;
    const at = areas.end + RECORD.size;
    areas.core.bytes.copyWithin(at, address, address + length);
    this.record(at, length, wire, timeLow, timeHigh);
    areas.add(areas.end, RECORD.size + length);
    areas.end = at + length;
  }

  close(): void {
    if (this.linkType === undefined) this.addInterface({ id: 0, linkType: 1, snaplen: 0, timeDigits: 9 }, "");
  }

  /** Whether the header in front of a frame says what it ought to: a fraction below a second, the length on the wire. */
  private stands(address: number, wire: number): boolean {
    const limit = this.nanoseconds ? NANOSECONDS : MICROSECONDS;
    const header = address - RECORD.size;
    return (
      this.view.getUint32(header + RECORD.fraction, true) < limit &&
      this.view.getUint32(header + RECORD.wire, true) === wire
    );
  }

  private record(address: number, length: number, wire: number, timeLow: number, timeHigh: number): void {
    const { view } = this;
    const at = address - RECORD.size;
    const { seconds, nanoseconds } = secondsOf(timeLow, timeHigh);
    view.setUint32(at + RECORD.seconds, seconds, true);
    view.setUint32(at + RECORD.fraction, this.nanoseconds ? nanoseconds : Math.floor(nanoseconds / 1000), true);
    view.setUint32(at + RECORD.captured, length, true);
    view.setUint32(at + RECORD.wire, wire, true);
  }
}
