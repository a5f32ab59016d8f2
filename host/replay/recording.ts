// What a replay writes. pcapng: two interfaces for each captured one, the consumer's side and the provider's, so that each packet
// is followed by what left, with the same time. pcap: one side, every frame that is on it before or after the plane.

import type { WirePacket } from "../dash/packet.ts";
import type { CaptureInterface, CaptureWriter } from "../capture/capture.ts";
import { PcapWriter } from "../capture/pcap-writer.ts";
import { type LinkName, linkTypeOf } from "../links.ts";
import type { Side } from "../plane.ts";

/** Time and wire length of a written frame. */
export interface Stamp {
  timeLow: number;
  timeHigh: number;
  wireLength: number;
}

/** What stands beside the packet of its own that a PROXY header leaves in. */
export const PROXY_HEADER_COMMENT = "PROXY header, in front of the client's first byte";

/** The output of a replay. */
export class Recording {
  private readonly writer: CaptureWriter;
  /** Side a one-sided file shows. */
  private readonly only: Side | undefined;
  /** Writer's interface of each side, by the number the recording gave out. */
  private readonly ids: Record<Side, number>[] = [];
  /** What interfaces were made of, and those made for what their tunnels carry. */
  private readonly captured: { about: CaptureInterface; name: string }[] = [];
  private readonly inner = new Map<string, number>();
  /** Writer's interfaces of the consumer's and the provider's leg, by the number the recording gave out; none unless it is wired. */
  private readonly wires: Record<Side, number>[] = [];
  private readonly wired: boolean;

  /** Frames handed to the writer so far. */
  private given = 0;

  /** `wired`: a third interface shows the consumer's leg, a fourth the provider's. */
  constructor(writer: CaptureWriter, only: Side | undefined, wired = false) {
    this.writer = writer;
    this.only = only;
    this.wired = wired && only === undefined;
  }

  /** Adds a captured interface under a name; the number by which frames name it. */
  addInterface(captured: CaptureInterface, name: string): number {
    const { linkType, snaplen, timeDigits } = captured;
    const add = (side: Side): number =>
      this.writer.addInterface({ linkType, snaplen, timeDigits, name: `${name} ${side}` });
    if (this.only === undefined) {
      this.ids.push({ consumer: add("consumer"), provider: add("provider") });
    } else {
      const id = add(this.only);
      this.ids.push({ consumer: id, provider: id });
    }
    this.captured.push({ about: captured, name });
    if (this.wired) {
      const wire = (which: string): number =>
        this.writer.addInterface({
          linkType: linkTypeOf("ethernet"),
          snaplen: 0,
          timeDigits,
          name: `${name} ${which}`,
        });
      this.wires.push({ consumer: wire("wire"), provider: wire("wire provider") });
    }
    return this.ids.length - 1;
  }

  /** The interface for frames of another link type that came in tunnels through one, which is added with the first of them. */
  interfaceOf(interfaceId: number, link: LinkName): number {
    const key = `${interfaceId} ${link}`;
    const known = this.inner.get(key);
    if (known !== undefined) return known;
    const { about, name } = this.captured[interfaceId] as { about: CaptureInterface; name: string };
    const added = this.addInterface({ ...about, linkType: linkTypeOf(link) }, `${name} tunnel`);
    this.inner.set(key, added);
    return added;
  }

  /** Writes a frame on a side; a one-sided file leaves out the other's. */
  write(interfaceId: number, side: Side, bytes: Uint8Array, stamp: Stamp, comment: string | undefined): void {
    if (this.only !== undefined && side !== this.only) return;
    const id = (this.ids[interfaceId] as Record<Side, number>)[side];
    this.given++;
    this.writer.packet(id, stamp.timeLow, stamp.timeHigh, bytes, stamp.wireLength, comment);
  }

  /** Writes a frame of the consumer's or the provider's leg. */
  writeWire(interfaceId: number, leg: Side, { frame, wireLength }: WirePacket, stamp: Stamp): void {
    const id = this.wires[interfaceId]?.[leg];
    if (id === undefined) return;
    this.given++;
    this.writer.packet(id, stamp.timeLow, stamp.timeHigh, frame, wireLength, undefined);
  }

  /** Hands what was written to the sink when there is much of it. */
  async drain(): Promise<void> {
    await this.writer.drain();
  }

  /** Frames left out so far: a pcap file has one link type. */
  get leftOut(): number {
    return this.writer instanceof PcapWriter ? this.writer.skipped : 0;
  }

  /** Frames written so far. */
  get written(): number {
    return this.given - this.leftOut;
  }

  async close(): Promise<void> {
    await this.writer.close();
  }
}
