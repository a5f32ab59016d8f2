// The packets of a table's row as a capture: each packet with its verdict as a comment, followed by what left.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PcapngWriter } from "../../host/capture/index.ts";
import { memorySink } from "../../host/capture/memory.ts";
import type { EmitOut, LinkName, Outcome, PacketIn, Side } from "../plane.ts";

/** LINKTYPE_ numbers; `other` is one that the plane does not know (USER0). */
const LINK_TYPES: Record<LinkName, number> = { ethernet: 1, raw: 101, null: 0, sll: 113, sll2: 276, other: 147 };
const SNAPLEN = 262_144;
const NANOSECOND_DIGITS = 9;
const NAME_MAX = 100;
const LOW = 0xffffffffn;

export class RowCapture {
  private readonly sink = memorySink();
  private readonly writer = new PcapngWriter(this.sink);
  /** Writer's number of each `link side`. */
  private readonly interfaces = new Map<string, number>();

  /** Takes a packet that went in, and what left for it. */
  packet({ frame, link, side, time, wireLength }: PacketIn, outcome: Outcome | undefined): void {
    const { verdict = "", reason = "", out = [] } = outcome ?? {};
    const before = out.filter(({ cause }) => cause === "timer");
    this.emits(before, link, time);
    const from = side === "captured" ? "consumer" : side;
    this.put(from, link, time, frame, wireLength ?? frame.length, `${verdict}: ${reason}`);
    this.emits(
      out.filter((emit) => !before.includes(emit)),
      link,
      time,
    );
  }

  /** Takes what left. */
  emits(out: readonly EmitOut[], link: LinkName, time: bigint): void {
    for (const { side, cause, bytes } of out)
      this.put(side, link, time, bytes, bytes.length, cause === "input" ? undefined : cause);
  }

  /** Writes the file, named after the row. */
  async write(folder: string, name: string): Promise<void> {
    await this.writer.close();
    mkdirSync(folder, { recursive: true });
    const file = name.replace(/[^A-Za-z0-9]+/g, "-").slice(0, NAME_MAX);
    writeFileSync(join(folder, `${file}.pcapng`), this.sink.bytes());
  }

  private put(side: Side, link: LinkName, time: bigint, frame: Uint8Array, wire: number, comment?: string): void {
    const low = Number(time & LOW);
    this.writer.packet(this.interfaceOf(side, link), low, Number(time >> 32n), frame, wire, comment);
  }

  private interfaceOf(side: Side, link: LinkName): number {
    const name = `${link} ${side}`;
    const known = this.interfaces.get(name);
    if (known !== undefined) return known;
    const about = { linkType: LINK_TYPES[link], snaplen: SNAPLEN, timeDigits: NANOSECOND_DIGITS, name };
    const id = this.writer.addInterface(about);
    this.interfaces.set(name, id);
    return id;
  }
}
