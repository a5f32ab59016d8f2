// One end of a TCP connection, small and honest: it sends a stream, and again what is not acknowledged, in segments of whatever size;
// it takes in what comes, in whatever order, and acknowledges exactly that, selectively too (RFC 9293, 2018, 2883).

import { frameOf } from "../conformance/packet.ts";
import { hexOf } from "../names/hello.ts";
import type { Dice } from "./dice.ts";

const HEADERS = { link: 14, ip: 20 };
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const MILLISECOND = 1_000_000;
const BLOCKS_MOST = 3;

/** Where a peer stands and what it says. */
export interface PeerParts {
  dice: Dice;
  /** `address:port` of itself and of the other end. */
  own: string;
  other: string;
  /** Sequence number of its SYN. */
  first: number;
  stream: Uint8Array;
  /** Largest data of a segment. */
  mss: number;
  /** Begins with a SYN by itself. */
  active: boolean;
}

/** A segment as a peer sent it: positions in its streams, 0 being the SYN. */
export interface Sent {
  frame: Uint8Array;
  /** Position up to which it acknowledges, and the blocks behind that; undefined without ACK. */
  acknowledges: number | undefined;
  blocks: [from: number, to: number][];
}

export class TcpPeer {
  private readonly parts: PeerParts;
  private readonly dice: Dice;
  /** Sequence number of the other's SYN. */
  private otherFirst: number | undefined;
  /** Positions: acknowledged up to, and sent up to. */
  private acknowledged = 0;
  private next = 0;
  /** What came of the other's stream, by position; FIN is one. */
  private readonly come = new Map<number, number | "syn" | "fin">();
  private expected = 0;
  private twice: [number, number] | undefined;
  private owes = false;
  private lastSent = 0;

  constructor(parts: PeerParts) {
    this.parts = parts;
    this.dice = parts.dice;
  }

  /** Everything was sent and acknowledged, and the other has said everything. */
  get isDone(): boolean {
    return this.acknowledged === this.end && this.come.get(this.expected - 1) === "fin";
  }

  /** Bytes that came without a gap. */
  get received(): number[] {
    const bytes: number[] = [];
    for (let at = 1; at < this.expected; at++) {
      const byte = this.come.get(at);
      if (typeof byte === "number") bytes.push(byte);
    }
    return bytes;
  }

  /** What it sends at a time, nanoseconds, by itself and for what has come. */
  sends(time: number): Sent[] {
    if (!this.parts.active && this.otherFirst === undefined) return [];
    const sent: Sent[] = [];
    const waited = time - this.lastSent > 200 * MILLISECOND;
    if (this.acknowledged < this.next && waited) sent.push(this.segment(this.acknowledged));
    const window = this.acknowledged + 4 * this.parts.mss;
    const mayGoOn = this.acknowledged > 0 && this.otherFirst !== undefined;
    for (let most = 3; most > 0 && (mayGoOn || this.next === 0); most--) {
      if (this.next >= this.end || this.next >= window || this.dice.chance(30)) break;
      sent.push(this.segment(this.next));
    }
    const idles = this.acknowledged > 0 && this.next > this.acknowledged && waited;
    if (sent.length === 0 && (this.owes || (idles && this.dice.chance(50)))) sent.push(this.bare());
    if (sent.length > 0) this.lastSent = time;
    return sent;
  }

  /** Takes a frame that is for it; throws an Error when nobody may have sent that. */
  takes(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset);
    const tcp = HEADERS.link + (view.getUint8(HEADERS.link) & 15) * 4;
    const end = HEADERS.link + view.getUint16(HEADERS.link + 2);
    this.checkSums(view, tcp, end);
    const flags = view.getUint8(tcp + 13);
    const sequence = view.getUint32(tcp + 4);
    if ((flags & RST) !== 0) throw new Error("a reset came");
    if ((flags & SYN) !== 0) this.otherFirst ??= sequence;
    if (this.otherFirst === undefined) return;
    if ((flags & ACK) !== 0) this.takeAcknowledgement((view.getUint32(tcp + 8) - this.parts.first) | 0);
    const from = (sequence - this.otherFirst) | 0;
    const data = frame.subarray(tcp + (view.getUint8(tcp + 12) >> 4) * 4, end);
    this.takeData(from, [
      ...((flags & SYN) !== 0 ? (["syn"] as const) : []),
      ...data,
      ...((flags & FIN) !== 0 ? (["fin"] as const) : []),
    ]);
  }

  /** Position behind its FIN. */
  private get end(): number {
    return this.parts.stream.length + 2;
  }

  private takeAcknowledgement(position: number): void {
    if (position > this.next) throw new Error(`position ${position} is acknowledged, and ${this.next} was sent`);
    this.acknowledged = Math.max(this.acknowledged, position);
  }

  private takeData(from: number, said: (number | "syn" | "fin")[]): void {
    if (said.length === 0) {
      if (from < this.expected) this.owes = true;
      return;
    }
    this.owes = true;
    this.twice = undefined;
    let known = 0;
    said.forEach((each, i) => {
      const before = this.come.get(from + i);
      if (before !== undefined || from + i < 0) known++;
      // What lies before the stream may be anything: keepalives have such a byte.
      if (before !== undefined && from + i > 0 && before !== each)
        throw new Error(`position ${from + i} came differently`);
      if (before === undefined && from + i >= 0) this.come.set(from + i, each);
    });
    if (known === said.length) this.twice = [from, from + said.length];
    while (this.come.has(this.expected)) this.expected++;
  }

  /** The segment at a position, of a random size. */
  private segment(position: number): Sent {
    const { stream, mss } = this.parts;
    if (position === 0) {
      this.next = Math.max(this.next, 1);
      return this.send(0, "S", new Uint8Array(0));
    }
    const rest = stream.length - (position - 1);
    const size = Math.min(rest, this.dice.chance(60) ? mss : 1 + this.dice.below(mss));
    const data = stream.slice(position - 1, position - 1 + size);
    const ends = size === rest && (this.dice.chance(70) || rest === 0);
    this.next = Math.max(this.next, position + size + Number(ends));
    const urgent = size > 0 && this.dice.chance(3) ? "U" : "";
    return this.send(position, `${ends ? "F" : ""}P${urgent}`, data);
  }

  /** An acknowledgement, or a keepalive. */
  private bare(): Sent {
    if (this.acknowledged === 0 || this.dice.chance(90)) return this.send(this.next, "", new Uint8Array(0));
    const before = this.acknowledged - 1;
    const byte = this.parts.stream.slice(before - 1, before);
    return this.send(before, "", this.dice.chance(50) ? byte : new Uint8Array(0));
  }

  private send(position: number, flags: string, data: Uint8Array): Sent {
    const { own, other, first } = this.parts;
    this.owes = false;
    const sequence = (first + position) >>> 0;
    if (this.otherFirst === undefined) {
      const frame = frameOf(`tcp ${own} > ${other} ${flags} seq=${sequence}`);
      return { frame, acknowledges: undefined, blocks: [] };
    }
    const blocks = this.blocks();
    const options = optionOf(blocks, this.otherFirst);
    const words = [
      `tcp ${own} > ${other} ${flags}A seq=${sequence} ack=${(this.otherFirst + this.expected) >>> 0}`,
      `offset=${5 + options.length / 8} urgent=${flags.includes("U") ? 1 : 0} hex=${options}${hexOf(data)}`,
    ];
    return { frame: frameOf(words.join(" ")), acknowledges: this.expected, blocks };
  }

  /** Stretches behind a gap, the one that came twice first. */
  private blocks(): [number, number][] {
    const behind = [...this.come.keys()].filter((at) => at > this.expected).sort((a, b) => a - b);
    const stretches: [number, number][] = [];
    for (const at of behind) {
      const last = stretches.at(-1);
      if (last?.[1] === at) last[1]++;
      else stretches.push([at, at + 1]);
    }
    const blocks = [...(this.twice === undefined ? [] : [this.twice]), ...stretches];
    this.twice = undefined;
    return blocks.slice(0, BLOCKS_MOST);
  }

  private checkSums(view: DataView, tcp: number, end: number): void {
    if (sum(view, HEADERS.link, tcp) !== 0xffff) throw new Error("the IPv4 header's checksum is wrong");
    const pseudo = sum(view, HEADERS.link + 12, HEADERS.link + 20) + 6 + (end - tcp);
    if (folded(pseudo + sum(view, tcp, end)) !== 0xffff) throw new Error("the TCP checksum is wrong");
  }
}

function optionOf(blocks: readonly [number, number][], first: number): string {
  if (blocks.length === 0) return "";
  const number = (position: number): string => ((first + position) >>> 0).toString(16).padStart(8, "0");
  const length = (2 + 8 * blocks.length).toString(16).padStart(2, "0");
  return `010105${length}${blocks.map(([from, to]) => number(from) + number(to)).join("")}`;
}

function sum(view: DataView, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at += 2) total += (view.getUint8(at) << 8) + (at + 1 < to ? view.getUint8(at + 1) : 0);
  return folded(total);
}

function folded(total: number): number {
  let value = total;
  while (value > 0xffff) value = (value & 0xffff) + (value >>> 16);
  return value;
}
