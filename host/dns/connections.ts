// TCP connections that concern no endpoint, and the names that their clients ask for. Bounded: the ones seen first make room.

import { type FrameView, TCP } from "../replay/frame.ts";
import { Beginning } from "./beginning.ts";
import type { NameReading } from "./server-name.ts";

const CONNECTIONS_MAX = 65_536;
/** Beginnings of which there are bytes, and no name so far. */
const READING_MAX = 1024;
const FLAG_SYN = 0x02;
const FLAG_ACK = 0x10;
const SEQUENCE = 4;

/** One connection. */
export interface Connection<Note> {
  client: number;
  clientPort: number;
  /** Sequence number of its SYN, where that was seen. */
  syn: number | undefined;
  /** What is read of it; undefined once its name is known, or known not to be readable. */
  beginning: Beginning | undefined;
  /** What is noted of it. */
  note: Note;
}

/** Told apart by network and both ends. */
export class Connections<Note> {
  private readonly byEnds = new Map<string, Connection<Note>>();
  private readonly reading = new Set<Connection<Note>>();
  private readonly make: () => Note;

  /** `make` makes what is noted of a new one. */
  constructor(make: () => Note) {
    this.make = make;
  }

  /** The connection of a TCP packet. A SYN with another number begins a new one. */
  of(view: FrameView): Connection<Note> {
    const key = keyOf(view);
    const known = this.byEnds.get(key);
    const syn = isSyn(view) ? sequenceOf(view) : undefined;
    if (known !== undefined && (syn === undefined || syn === known.syn)) return known;
    if (known !== undefined) this.forget(key, known);
    if (this.byEnds.size >= CONNECTIONS_MAX)
      for (const [first, oldest] of this.byEnds) return this.instead(first, oldest, view);
    const [client, clientPort] = clientOf(view);
    const start = syn === undefined ? undefined : (syn + 1) >>> 0;
    const made = { client, clientPort, syn, beginning: new Beginning(start), note: this.make() };
    this.byEnds.set(key, made);
    return made;
  }

  /** Reads what a client's packet says; `more` as long as no name can be told. */
  read(connection: Connection<Note>, view: FrameView): NameReading {
    const { beginning } = connection;
    const data = dataOf(view);
    if (beginning === undefined || data.length === 0) return "more";
    const reading = beginning.take(sequenceOf(view), data);
    this.reading.delete(connection);
    if (reading !== "more") connection.beginning = undefined;
    else this.reading.add(connection);
    if (this.reading.size > READING_MAX)
      for (const oldest of this.reading) {
        oldest.beginning = undefined;
        this.reading.delete(oldest);
        break;
      }
    return reading;
  }

  private instead(first: string, oldest: Connection<Note>, view: FrameView): Connection<Note> {
    this.forget(first, oldest);
    return this.of(view);
  }

  private forget(key: string, connection: Connection<Note>): void {
    this.byEnds.delete(key);
    this.reading.delete(connection);
  }
}

const isSyn = ({ flags }: FrameView): boolean => (flags & (FLAG_SYN | FLAG_ACK)) === FLAG_SYN;

/** A packet's client, as its flags or, in the middle of a connection, its ports tell. */
function clientOf(view: FrameView): [address: number, port: number] {
  const { source, sourcePort, destination, destinationPort, flags } = view;
  const answers = (flags & FLAG_SYN) !== 0 ? !isSyn(view) : sourcePort < destinationPort;
  return answers ? [destination, destinationPort] : [source, sourcePort];
}

function sequenceOf({ buffer, l4, end }: FrameView): number {
  const at = l4 + SEQUENCE;
  return at + 4 > end ? 0 : new DataView(buffer.buffer, buffer.byteOffset).getUint32(at);
}

function dataOf({ buffer, l4, end }: FrameView): Uint8Array {
  const header = l4 + TCP.offset < end ? ((buffer[l4 + TCP.offset] as number) >> 4) * 4 : 0;
  return header < TCP.min || l4 + header >= end ? new Uint8Array(0) : buffer.subarray(l4 + header, end);
}

/** The same for both directions. */
function keyOf({ network, source, sourcePort, destination, destinationPort }: FrameView): string {
  const one = source * 65_536 + sourcePort;
  const other = destination * 65_536 + destinationPort;
  return one < other ? `${network} ${one} ${other}` : `${network} ${other} ${one}`;
}
