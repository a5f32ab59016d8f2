// A made-up capture of any size, as taken at a consumer: clients, one endpoint, both directions, right checksums. Written
// as a classic pcap, one chunk after the other, so that size costs no memory.

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;
const MAGIC = 0xa1b2c3d4;
const CLIENTS_PER_FLOW_PORT = 50_000;
const ENDPOINT = 0x0a800004;
const FIRST_CLIENT = 0x0a000001;
const HTTPS = 443;
const SYN = 2;
const PUSH = 8;
const ACK = 16;
const MICROSECONDS = 1_000_000;
const START_SECONDS = 1_790_000_000;

export interface SyntheticShape {
  packets: number;
  flows: number;
  /** Bytes of a frame, 60 at least. */
  frameSize: number;
  /** Microseconds between packets. */
  interval: number;
}

/** Yields the file in chunks of about a megabyte; a chunk is used again for the next. */
export function* syntheticCapture(shape: SyntheticShape): Generator<Uint8Array, void, void> {
  const { packets, flows, frameSize, interval } = shape;
  const record = RECORD_HEADER + frameSize;
  const perChunk = Math.max(1, Math.floor(1_048_576 / record));
  const chunk = new Uint8Array(perChunk * record);
  const sequences = new Uint32Array(flows * 2);
  yield fileHeader();
  for (let first = 0; first < packets; first += perChunk) {
    const count = Math.min(perChunk, packets - first);
    for (let i = 0; i < count; i++) {
      const packet = first + i;
      const view = new DataView(chunk.buffer, i * record, record);
      const time = packet * interval;
      view.setUint32(0, START_SECONDS + Math.floor(time / MICROSECONDS), true);
      view.setUint32(4, time % MICROSECONDS, true);
      view.setUint32(8, frameSize, true);
      view.setUint32(12, frameSize, true);
      writeFrame(view, packet, flows, sequences);
    }
    yield chunk.subarray(0, count * record);
  }
}

function fileHeader(): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILE_HEADER));
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262144, true);
  view.setUint32(20, 1, true);
  return new Uint8Array(view.buffer);
}

/** Round by round: the first is every flow's SYN, the second its SYN-ACK, then requests and replies in turn, flows in a stride. */
function writeFrame(view: DataView, packet: number, flows: number, sequences: Uint32Array): void {
  const round = Math.floor(packet / flows);
  const flow = ((packet % flows) * 7919) % flows;
  const reply = round & 1;
  const flags = round === 0 ? SYN : round === 1 ? SYN | ACK : round === 2 ? ACK : ACK | PUSH;
  const client = FIRST_CLIENT + Math.floor(flow / CLIENTS_PER_FLOW_PORT);
  const port = 1024 + (flow % CLIENTS_PER_FLOW_PORT);
  const at = RECORD_HEADER;
  const length = view.byteLength - at - ETHERNET;
  view.setUint32(at + 2, reply ? 1 : 2);
  view.setUint32(at + 8, reply ? 2 : 1);
  view.setUint16(at, 0x0200);
  view.setUint16(at + 6, 0x0200);
  view.setUint16(at + 12, 0x0800);
  const ip = at + ETHERNET;
  view.setUint32(ip, 0x45000000 | length);
  view.setUint32(ip + 4, ((packet & 0xffff) << 16) | 0x4000);
  view.setUint32(ip + 8, 0x40060000);
  view.setUint32(ip + 12, reply ? ENDPOINT : client);
  view.setUint32(ip + 16, reply ? client : ENDPOINT);
  view.setUint16(ip + 10, complement(sum(view, ip, 20)));
  const tcp = ip + 20;
  view.setUint16(tcp, reply ? HTTPS : port);
  view.setUint16(tcp + 2, reply ? port : HTTPS);
  view.setUint32(tcp + 4, sequences[flow * 2 + reply] as number);
  view.setUint32(tcp + 8, sequences[flow * 2 + 1 - reply] as number);
  view.setUint32(tcp + 12, 0x5000ffff | (flags << 16));
  view.setUint32(tcp + 16, 0);
  const payload = length - 40;
  if (payload > 3) view.setUint32(tcp + 20, packet);
  view.setUint16(tcp + 16, complement(sum(view, tcp, length - 20) + sum(view, ip + 12, 8) + 6 + length - 20));
  const advance = payload + (flags & SYN ? 1 : 0);
  sequences[flow * 2 + reply] = ((sequences[flow * 2 + reply] as number) + advance) >>> 0;
}

/** Sum of 16-bit words; the payload beyond its first word is zero and adds nothing. */
function sum(view: DataView, from: number, length: number): number {
  let total = 0;
  const end = from + Math.min(length, 24);
  for (let at = from; at + 1 < end; at += 2) total += view.getUint16(at);
  return total;
}

function complement(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}
