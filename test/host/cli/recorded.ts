// A second reading of pcapng, by the book and nothing but what our writer uses: names of interfaces, times, bytes, comments.

const BLOCK = { type: 0, length: 4, body: 8 };
const INTERFACE = { type: 1, linkType: 8, options: 16 };
const PACKET = { type: 6, interfaceId: 8, timeHigh: 12, timeLow: 16, captured: 20, wire: 24, data: 28 };
const TRAILER = 4;
const OPTION = { comment: 1, name: 2, resolution: 9 };

export interface RecordedInterface {
  name: string;
  linkType: number;
  /** Digits of its time resolution. */
  digits: number;
}

export interface RecordedPacket {
  interface: string;
  /** Units of its interface's resolution since the epoch. */
  time: bigint;
  data: string;
  wire: number;
  comment: string | undefined;
}

export interface Recorded {
  interfaces: RecordedInterface[];
  packets: RecordedPacket[];
}

/** Reads a little-endian pcapng file. */
export function readRecorded(bytes: Uint8Array): Recorded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const recorded: Recorded = { interfaces: [], packets: [] };
  for (let at = 0; at < bytes.length; at += view.getUint32(at + BLOCK.length, true)) {
    const end = at + view.getUint32(at + BLOCK.length, true) - TRAILER;
    if (view.getUint32(end, true) !== end + TRAILER - at) throw new Error(`The block at ${at} has two lengths.`);
    const type = view.getUint32(at + BLOCK.type, true);
    if (type === INTERFACE.type) recorded.interfaces.push(interfaceAt(bytes, view, at, end));
    if (type === PACKET.type) recorded.packets.push(packetAt(bytes, view, at, end, recorded.interfaces));
  }
  return recorded;
}

function interfaceAt(bytes: Uint8Array, view: DataView, at: number, end: number): RecordedInterface {
  const options = optionsAt(bytes, view, at + INTERFACE.options, end);
  return {
    name: textOf(options.get(OPTION.name)) ?? "",
    linkType: view.getUint16(at + INTERFACE.linkType, true),
    digits: options.get(OPTION.resolution)?.[0] ?? 6,
  };
}

function packetAt(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  interfaces: RecordedInterface[],
): RecordedPacket {
  const captured = view.getUint32(at + PACKET.captured, true);
  const data = at + PACKET.data;
  const options = optionsAt(bytes, view, data + Math.ceil(captured / 4) * 4, end);
  const high = BigInt(view.getUint32(at + PACKET.timeHigh, true));
  return {
    interface: interfaces[view.getUint32(at + PACKET.interfaceId, true)]?.name ?? "",
    time: (high << 32n) | BigInt(view.getUint32(at + PACKET.timeLow, true)),
    data: Buffer.from(bytes.subarray(data, data + captured)).toString("hex"),
    wire: view.getUint32(at + PACKET.wire, true),
    comment: textOf(options.get(OPTION.comment)),
  };
}

function optionsAt(bytes: Uint8Array, view: DataView, start: number, end: number): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (let at = start; at < end; ) {
    const [code, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (code === 0) break;
    options.set(code, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
}

const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);
