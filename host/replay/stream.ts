// A client's stream with a PROXY header in front of it (docs/behaviour.md, section 16): the mirror's own reckoning of what may
// pass, what the header goes into, and which numbers the server has.

import * as Abi from "../abi.ts";
import { IPV6 } from "../wire/ip.ts";
import { checksumOf, get16, put16, put32, sumOf } from "../wire/words.ts";
import { ACK, FIN, RST, SYN } from "./conversation.ts";
import { type FrameView, IPV4, PROTOCOL_TCP, TCP } from "./frame.ts";
import { type Announced, headerLength, headerOf } from "./proxy-header.ts";
import { changed, setTotal } from "./readdress.ts";
import {
  acknowledgement,
  ahead,
  changeSelective,
  further,
  type Segment,
  segmentOf,
  SEQUENCE,
  selectiveNumbers,
  setAcknowledgement,
  setSequence,
} from "./segment.ts";

const URG = 0x20;
const URGENT = 18;
const ALL_ONES = 0xffff;

/** A packet that leaves towards a server, and the packet of its own that a PROXY header leaves in right before it. */
export interface Departure {
  packet: Uint8Array;
  header: Uint8Array | undefined;
}

/** The header of one flow, and how far it has come. */
export class Stream {
  private readonly announced: Announced;
  private readonly client: Uint8Array;
  private readonly clientPort: number;
  private readonly port: number;
  /** Bytes of the header. */
  private readonly length: number;
  /** Sequence number of the client's first byte. */
  private start: number | undefined;
  private hasLeft = false;
  private isAcknowledged = false;
  /** A packet with the client's first byte, or its FIN in that place, has left. */
  private isFollowed = false;

  /** `client` is its address, 4 or 16 bytes. */
  constructor(announced: Announced, client: Uint8Array, clientPort: number, port: number) {
    this.announced = announced;
    this.client = client;
    this.clientPort = clientPort;
    this.port = port;
    this.length = headerLength(announced);
  }

  /** Takes a client's packet that its flow gets; the reason for which it may not pass, or undefined. */
  take(view: FrameView, wireLength: number): number | undefined {
    const segment = segmentOf(view, wireLength);
    if (segment === undefined) return Abi.REASON_TRUNCATED;
    const { sequence, flags, length, complete } = segment;
    if ((flags & SYN) !== 0) {
      this.start ??= further(sequence, 1);
      if (further(sequence, 1) !== this.start) return Abi.REASON_SEGMENTS_CONFLICT;
      return length > 0 && !complete ? Abi.REASON_TRUNCATED : undefined;
    }
    if (this.start === undefined) return Abi.REASON_TRUNCATED;
    const begins = ahead(sequence, this.start);
    return begins < 0 && begins + length > 0 ? Abi.REASON_SEGMENTS_CONFLICT : undefined;
  }

  /** What has to leave for a client's packet with its new addresses; the frame in the view is changed. */
  leave(view: FrameView, wireLength: number): Departure {
    const { start, buffer } = { start: this.start, buffer: view.buffer };
    const segment = segmentOf(view, wireLength);
    if (segment === undefined || start === undefined) return { packet: buffer, header: undefined };
    const { sequence, flags, total } = segment;
    const due = this.isDue(segment);
    if (sequence === start && !isBare(segment)) this.isFollowed = true;
    if (ahead(sequence, start) < 0 || ((flags & RST) !== 0 && !this.hasLeft))
      return { packet: buffer, header: undefined };
    if (!due) {
      setSequence(view, further(sequence, this.length));
      return { packet: buffer, header: undefined };
    }
    this.hasLeft = true;
    const isWhole = total !== 0 && total + this.length <= this.announced.mtu && !isExtended(view);
    if ((flags & URG) === 0 && isWhole) return { packet: this.joined(view, segment), header: undefined };
    const header = this.alone(view, segment);
    setSequence(view, further(sequence, this.length));
    return { packet: buffer, header };
  }

  /** The packet of its own that a header has to leave in before a held packet, which is in the view as it left. */
  announcing(view: FrameView, wireLength: number): Uint8Array | undefined {
    const segment = segmentOf(view, wireLength);
    if (segment === undefined || this.start === undefined) return undefined;
    if (segment.sequence !== further(this.start, this.length)) return undefined;
    this.isFollowed = true;
    if (this.hasLeft) return undefined;
    this.hasLeft = true;
    return this.alone(view, segment);
  }

  /** Whether a reply's numbers in the server's place depend on whether the header has left by then. */
  hinges(view: FrameView, wireLength: number): boolean {
    if (this.hasLeft || segmentOf(view, wireLength) === undefined) return false;
    return [acknowledgement(view), ...selectiveNumbers(view)].includes(this.start ?? -1);
  }

  /** Turns a captured reply into what the server has to have sent; false when its TCP header is cut. */
  raise(view: FrameView, wireLength: number): boolean {
    if (segmentOf(view, wireLength) === undefined) return false;
    if ((view.flags & ACK) !== 0) {
      const number = acknowledgement(view);
      if (this.raised(number) !== number) setAcknowledgement(view, this.raised(number));
    }
    changeSelective(view, (number) => this.raised(number));
    return true;
  }

  /** Takes selective acknowledgements of nothing out of a captured reply: no plane with PROXY headers lets them through. */
  tidy(view: FrameView, wireLength: number): void {
    if (segmentOf(view, wireLength) !== undefined) changeSelective(view, (number) => number);
  }

  /** Takes note of a server's packet, which came through. */
  answered(view: FrameView): void {
    if ((view.flags & ACK) === 0 || this.start === undefined) return;
    if (ahead(acknowledgement(view), this.start) >= this.length) this.isAcknowledged = true;
  }

  private raised(number: number): number {
    if (this.start === undefined) return number;
    const behind = ahead(number, this.start);
    return behind > 0 || (behind === 0 && this.hasLeft) ? further(number, this.length) : number;
  }

  private isDue(segment: Segment): boolean {
    if (segment.sequence !== this.start || (segment.flags & (ACK | SYN | RST)) !== ACK) return false;
    return !this.isAcknowledged && (!this.hasLeft || this.isFollowed || isBare(segment));
  }

  /** The packet in a view with the header between its TCP header and its data. */
  private joined(view: FrameView, { header, length, total }: Segment): Uint8Array {
    const { buffer, l4 } = view;
    const bytes = this.bytes();
    const data = l4 + header;
    const packet = new Uint8Array(buffer.length + bytes.length);
    packet.set(buffer.subarray(0, data));
    packet.set(bytes, data);
    packet.set(buffer.subarray(data), data + bytes.length);
    const checksum = get16(buffer, l4 + TCP.checksum);
    let growth = sumOf(bytes, 0, bytes.length) + bytes.length;
    if (bytes.length % 2 === 1) {
      const others = pseudoSum(view, buffer, header + length) + sumOf(buffer, l4, data) - checksum;
      const sum = (((ALL_ONES - checksum - others) % ALL_ONES) + ALL_ONES) % ALL_ONES;
      growth += ((sum * 256) % ALL_ONES) - sum;
    }
    put16(packet, l4 + TCP.checksum, changed(checksum, growth));
    setTotal(view, packet, total + bytes.length);
    return packet;
  }

  /** A packet of its own for the header, with the headers of the packet in a view. */
  private alone(view: FrameView, { header }: Segment): Uint8Array {
    const { buffer, ip, version } = view;
    const bytes = this.bytes();
    // IPv6 extension headers stay behind.
    const l4 = version === 6 ? ip + IPV6.size : view.l4;
    const data = l4 + header;
    const start = this.start as number;
    const packet = new Uint8Array(data + bytes.length);
    packet.set(buffer.subarray(0, l4));
    packet.set(buffer.subarray(view.l4, view.l4 + header), l4);
    packet.set(bytes, data);
    if (version === 6) packet[ip + IPV6.next] = PROTOCOL_TCP;
    put32(packet, l4 + SEQUENCE, start);
    packet[l4 + TCP.flags] = ACK;
    put16(packet, l4 + URGENT, 0);
    setTotal(view, packet, packet.length - ip);
    if (version === 4) {
      put16(packet, ip + IPV4.checksum, 0);
      put16(packet, ip + IPV4.checksum, checksumOf(sumOf(packet, ip, l4)));
    }
    put16(packet, l4 + TCP.checksum, 0);
    const sum = pseudoSum(view, packet, packet.length - l4) + sumOf(packet, l4, packet.length);
    put16(packet, l4 + TCP.checksum, checksumOf(sum));
    return packet;
  }

  private bytes(): Uint8Array {
    return headerOf(this.announced, this.client, this.clientPort, this.port);
  }
}

/** Whether a segment has neither data nor FIN. */
const isBare = ({ length, flags }: Segment): boolean => length === 0 && (flags & FIN) === 0;

/** Whether an IPv6 packet has extension headers. */
const isExtended = ({ version, ip, l4 }: FrameView): boolean => version === 6 && l4 - ip > IPV6.size;

/** Sum of a pseudo-header's words; the packet has the addresses of the one in a view. */
const pseudoSum = (view: FrameView, packet: Uint8Array, length: number): number =>
  view.addressesSum(packet) + PROTOCOL_TCP + length;
