// A replay without comparison. Blocks of a capture are read into the core's memory, described where they lie, translated there
// and written from there; the core tells requests from replies. Nothing is made for each packet.

import * as Abi from "../abi.ts";
import type { CaptureInterface, CaptureReader, FrameBatch } from "../capture/capture.ts";
import type { Core } from "../core.ts";
import type { PlaneCounters } from "../counters.ts";
import { LINK_NAMES, linkName, linkNumber } from "../links.ts";
import type { Plane, Side } from "../plane.ts";
import { REASONS } from "../reasons.ts";
import { type Areas, HEADROOM, READ_SIZE } from "./areas.ts";
import type { Busiest } from "./busiest.ts";
import type { DirectOutput } from "./direct-output.ts";
import { FrameView, type VlanNetworks } from "./frame.ts";
import { PROXY_HEADER_COMMENT } from "./recording.ts";
import type { Tally } from "./tally.ts";

const SIDES: readonly Side[] = ["consumer", "provider"];
const COMMENTS = REASONS.map(({ name, sentence }) => `${name}: ${sentence}`);

/** The first words of an emit: address and length of its head and of its body, and its length on the wire. */
type Pieces = [head: number, headLength: number, body: number, bodyLength: number, wireLength: number];

/** What it works with. */
export interface DirectParts {
  plane: Plane;
  areas: Areas;
  output: DirectOutput | undefined;
  /** Number of the network that frames come from, unless their VLAN tags say otherwise. */
  network: number;
  vlans: VlanNetworks;
  tally: Tally;
  busiest: Busiest;
  /** Name of an interface in the output. */
  nameOf: (captured: CaptureInterface) => string;
}

/** Feeds batches of a capture to the core. */
export class Direct {
  packets = 0;
  /** Captured bytes. */
  bytes = 0;
  private readonly parts: DirectParts;
  private readonly core: Core;
  private readonly counted: PlaneCounters;
  private readonly view = new FrameView();
  /** By interface of the capture: the core's number of its link type, and the output's number of it. */
  private readonly links: number[] = [];
  private readonly recorded: number[] = [];
  /** Some service puts PROXY headers in front of streams. */
  private readonly announces: boolean;
  /** Only the provider's side is written, or nothing. */
  private readonly plain: boolean;
  /** Earliest and latest time so far, halves of a u64. */
  private readonly first = { low: 0xffffffff, high: 0xffffffff };
  private readonly last = { low: 0, high: 0 };

  constructor(parts: DirectParts) {
    const { plane, output } = parts;
    this.parts = parts;
    this.core = plane.core;
    this.counted = plane.counters();
    this.announces = plane.core.control(Abi.CONTROL_PROXIES) > 0;
    this.plain = output === undefined || output.only === "provider";
  }

  /** Handles the first `to` frames of a batch. */
  async batch(reader: CaptureReader, batch: FrameBatch, to: number): Promise<void> {
    const { areas } = this.parts;
    const within = batch.buffer.buffer === this.core.bytes.buffer;
    for (let from = 0; from < to; ) {
      const base = within ? batch.buffer.byteOffset : 0;
      const end = within ? to : this.bringIn(batch, from, to);
      this.describe(reader, batch, base, from, end);
      const before = this.plain ? 0 : this.keep(batch, base, from, end);
      for (let settled = from; settled < end; ) {
        const handled = this.core.run();
        this.settle(batch, base, before, settled, handled);
        this.parts.plane.takeReports();
        settled += handled;
        if (areas.full) await areas.flush();
      }
      if (!within) await areas.finish();
      from = end;
    }
  }

  /** Completes the tally once everything has been handled. */
  finish(): void {
    const { tally, plane } = this.parts;
    if (this.packets === 0) return;
    tally.first = (BigInt(this.first.high) << 32n) | BigInt(this.first.low);
    tally.last = (BigInt(this.last.high) << 32n) | BigInt(this.last.low);
    const { reasons, endpoints } = plane.counters();
    for (const { name, verdict } of REASONS) {
      const packets = (reasons[name] ?? 0) - (this.counted.reasons[name] ?? 0);
      if (verdict === "forward") tally.forwarded += packets;
      else if (verdict !== "pass") tally.dropped += packets;
      else tally.passed += packets;
      if (name === "reply-unmatched") tally.unmatched += packets;
      if (name === "reply-refused") tally.refused += packets;
    }
    tally.concerned += tally.forwarded;
    for (const [name, { toConsumer }] of endpoints)
      tally.mirrored += toConsumer.packets - (this.counted.endpoints.get(name)?.toConsumer.packets ?? 0);
  }

  /** Copies frames that were read elsewhere into memory, as many as fit; the first that did not. Their offsets become addresses. */
  private bringIn(batch: FrameBatch, from: number, to: number): number {
    let at = this.parts.areas.elsewhere;
    const limit = at + READ_SIZE;
    for (let i = from; i < to; i++) {
      const offset = batch.offset[i] as number;
      const length = batch.captured[i] as number;
      if (at + length > limit) return i;
      this.core.bytes.set(batch.buffer.subarray(offset, offset + length), at);
      batch.offset[i] = at;
      at += length + HEADROOM;
    }
    return to;
  }

  private describe(reader: CaptureReader, batch: FrameBatch, base: number, from: number, to: number): void {
    const { core, links, first, last } = this;
    const { network } = this.parts;
    const { offset, captured, wire, interfaceId } = batch;
    const halves = new Uint32Array(batch.time.buffer, batch.time.byteOffset);
    let bytes = 0;
    let wires = 0;
    for (let i = from; i < to; i++) {
      const which = interfaceId[i] as number;
      if (links[which] === undefined) this.meet(reader, which);
      const length = captured[i] as number;
      const onWire = wire[i] as number;
      const low = halves[i * 2] as number;
      const high = halves[i * 2 + 1] as number;
      bytes += length;
      wires += onWire;
      if (high > last.high || (high === last.high && low >= last.low)) {
        last.high = high;
        last.low = low;
      }
      if (high < first.high || (high === first.high && low < first.low)) {
        first.high = high;
        first.low = low;
      }
      const at = base + (offset[i] as number);
      core.describe(at, length, onWire, network, links[which] as number, Abi.SIDE_CAPTURED, low, high);
    }
    this.packets += to - from;
    this.bytes += bytes;
    this.parts.tally.bytes += wires;
  }

  /** Takes note of an interface, at its first frame. */
  private meet(reader: CaptureReader, which: number): void {
    const { output, nameOf } = this.parts;
    const captured = reader.interfaces[which] as CaptureInterface;
    this.links[which] = linkNumber(linkName(captured.linkType));
    this.recorded[which] = output?.addInterface(captured, nameOf(captured)) ?? 0;
  }

  /** Keeps frames as they are before the core changes them; where the first one then is. */
  private keep({ offset, captured }: FrameBatch, base: number, from: number, to: number): number {
    const start = base + (offset[from] as number);
    const end = base + (offset[to - 1] as number) + (captured[to - 1] as number);
    this.core.bytes.copyWithin(this.parts.areas.before, start, end);
    return this.parts.areas.before - start;
  }

  /** Reads the verdicts of the last run, whose first frame is number `start` of the batch; `before` leads from a frame to its copy. */
  private settle(batch: FrameBatch, base: number, before: number, start: number, handled: number): void {
    const { core, recorded, plain } = this;
    const { words } = core;
    const { output } = this.parts;
    const { offset, captured, wire, interfaceId } = batch;
    const halves = new Uint32Array(batch.time.buffer, batch.time.byteOffset);
    let word = core.verdict(0) >>> 2;
    for (let i = start; i < start + handled; i++, word += Abi.VERDICT_SIZE / 4) {
      const about = words[word] as number;
      if ((about & 0xff) !== Abi.FORWARD || words[word + Abi.VERDICT_EMITS / 4] !== 1 || this.joins(word)) {
        this.other(batch, base, before, i, word);
        continue;
      }
      if (output === undefined) continue;
      const id = recorded[interfaceId[i] as number] as number;
      const at = base + (offset[i] as number);
      const length = captured[i] as number;
      const onWire = wire[i] as number;
      const low = halves[i * 2] as number;
      const high = halves[i * 2 + 1] as number;
      const reply = ((about >>> 16) & 0xff) === Abi.SIDE_CAPTURED;
      if (!plain && !reply) output.other(id, "consumer", at + before, length, onWire, low, high, undefined);
      output.translated(id, at, length, onWire, low, high);
      if (!plain && reply) output.other(id, "consumer", at + before, length, onWire, low, high, undefined);
    }
  }

  /** Any frame that is not simply forwarded. */
  private other(batch: FrameBatch, base: number, before: number, i: number, word: number): void {
    const { words } = this.core;
    const about = words[word] as number;
    const code = about & 0xff;
    const reason = (about >>> 8) & 0xff;
    const at = base + (batch.offset[i] as number);
    const { output } = this.parts;
    if (code !== Abi.FORWARD) this.unsettled(batch, i, at, code, reason);
    if (output === undefined) return;
    const halves = new Uint32Array(batch.time.buffer, batch.time.byteOffset + i * 8, 2);
    const low = halves[0] as number;
    const high = halves[1] as number;
    const which = batch.interfaceId[i] as number;
    const id = this.recorded[which] as number;
    const length = batch.captured[i] as number;
    const wire = batch.wire[i] as number;
    const reply = code === Abi.FORWARD && ((about >>> 16) & 0xff) === Abi.SIDE_CAPTURED;
    const comment = code === Abi.DROP || code === Abi.HELD ? COMMENTS[reason] : undefined;
    let entered = false;
    const enter = (): void => {
      if (entered) return;
      entered = true;
      if (reply) output.translated(id, at, length, wire, low, high);
      else output.other(id, "consumer", at + before, length, wire, low, high, comment);
    };
    const first = words[word + Abi.VERDICT_FIRST_EMIT / 4] as number;
    for (let emit = first; emit < first + (words[word + Abi.VERDICT_EMITS / 4] as number); emit++) {
      const from = this.core.emit(emit) >>> 2;
      const place = words[from + Abi.EMIT_SIDE / 4] as number;
      const cause = (place >>> 8) & 0xff;
      if (cause !== Abi.CAUSE_TIMER) enter();
      if (cause === Abi.CAUSE_INPUT) {
        if (reply) output.other(id, "consumer", at + before, length, wire, low, high, undefined);
        else if (words[from + Abi.EMIT_HEAD_LENGTH / 4] === 0) output.translated(id, at, length, wire, low, high);
        else this.joined(output, id, "provider", from, low, high, undefined);
      } else if (((place >>> 16) & 0xff) === this.links[which]) {
        const [head, size, body, rest, onWire] = words.subarray(from, from + 5) as unknown as Pieces;
        // A packet of the plane's own that goes on towards the server with the client's is its PROXY header.
        const says = cause === Abi.CAUSE_ANSWER && (place & 1) === Abi.SIDE_PROVIDER ? PROXY_HEADER_COMMENT : undefined;
        // A fragment that was held is a body alone; what the plane made a head alone, or with a body out of what it answers.
        const side = SIDES[place & 1] as Side;
        if (size > 0 && rest > 0) this.joined(output, id, side, from, low, high, says);
        else output.other(id, side, head || body, size || rest, onWire, low, high, says);
      }
    }
    enter();
  }

  /** Whether the packet of a verdict, which lies at a word, left with a PROXY header in it. */
  private joins(word: number): boolean {
    if (!this.announces) return false;
    const emit = this.core.emit(this.core.words[word + Abi.VERDICT_FIRST_EMIT / 4] as number);
    return this.core.u32(emit + Abi.EMIT_HEAD_LENGTH) > 0;
  }

  /** Writes a packet that left in two pieces; its emit lies at a word. */
  private joined(
    output: DirectOutput,
    id: number,
    side: Side,
    from: number,
    low: number,
    high: number,
    comment: string | undefined,
  ): void {
    const { bytes, words } = this.core;
    const at = this.parts.areas.joined;
    const [head, size, body, rest, wire] = words.subarray(from, from + 5) as unknown as Pieces;
    bytes.copyWithin(at, head, head + size);
    bytes.copyWithin(at + size, body, body + rest);
    output.other(id, side, at, size + rest, wire, low, high, comment);
  }

  /** Counts a dropped or passed frame towards the busiest destinations, as long as none was an endpoint's. */
  private unsettled(batch: FrameBatch, i: number, at: number, code: number, reason: number): void {
    const { tally, busiest, network, vlans } = this.parts;
    if (code === Abi.DROP && reason >= Abi.REASON_TTL_EXPIRED) tally.concerned++;
    if (tally.concerned > 0) return;
    const link = LINK_NAMES[this.links[batch.interfaceId[i] as number] as number] ?? "other";
    const { view, core } = this;
    const captured = batch.captured[i] as number;
    if (view.read(core.bytes, at, captured, link, network, vlans)) busiest.count(view);
    else if (view.six >= 0) busiest.count6(core.bytes.subarray(0, at + captured), view.six);
  }
}
