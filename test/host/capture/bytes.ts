// Capture files made by hand, field by field, and packets read back out of any capture.

import type { ByteSource, CaptureReader } from "../../../host/capture/capture.ts";
import { memorySource } from "../../../host/capture/memory.ts";
import { openCapture } from "../../../host/capture/reader.ts";

/** A packet as a test writes it down. */
export interface Frame {
  /** Nanoseconds. */
  time: bigint;
  data: Uint8Array;
  wire?: number;
  interfaceId?: number;
}

export interface PcapShape {
  little?: boolean;
  nanoseconds?: boolean;
  modified?: boolean;
  linkType?: number;
  snaplen?: number;
}

/** A classic pcap file. */
export function pcapFile(frames: readonly Frame[], shape: PcapShape = {}): Uint8Array {
  const { little = true, nanoseconds = false, modified = false, linkType = 1, snaplen = 65535 } = shape;
  const out = new Builder(little);
  out
    .u32(modified ? 0xa1b2cd34 : nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4)
    .u16(2)
    .u16(4)
    .u32(0)
    .u32(0)
    .u32(snaplen)
    .u32(linkType);
  for (const { time, data, wire } of frames) {
    const fraction = time % 1_000_000_000n;
    out.u32(Number(time / 1_000_000_000n)).u32(Number(nanoseconds ? fraction : fraction / 1000n));
    out.u32(data.length).u32(wire ?? data.length);
    if (modified) out.u32(0).u32(0);
    out.raw(data);
  }
  return out.bytes();
}

/** Blocks of a pcapng file. */
export class Builder {
  private readonly parts: number[] = [];
  private readonly little: boolean;

  constructor(little = true) {
    this.little = little;
  }

  u16(value: number): this {
    const pair = [value & 255, (value >>> 8) & 255];
    this.parts.push(...(this.little ? pair : pair.reverse()));
    return this;
  }

  u32(value: number): this {
    return this.little ? this.u16(value & 0xffff).u16(value >>> 16) : this.u16(value >>> 16).u16(value & 0xffff);
  }

  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.parts.push(byte);
    return this;
  }

  pad(): this {
    while (this.parts.length % 4 !== 0) this.parts.push(0);
    return this;
  }

  option(code: number, value: Iterable<number>): this {
    const bytes = [...value];
    return this.u16(code).u16(bytes.length).raw(bytes).pad();
  }

  /** A whole block: body made by a builder of the same byte order. */
  block(type: number, body: (builder: Builder) => void): this {
    const inner = new Builder(this.little);
    body(inner);
    inner.pad();
    const bytes = inner.bytes();
    return this.u32(type)
      .u32(bytes.length + 12)
      .raw(bytes)
      .u32(bytes.length + 12);
  }

  section(): this {
    return this.block(0x0a0d0d0a, (b) => b.u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff));
  }

  interface(linkType: number, options: (builder: Builder) => void = () => {}, snaplen = 0): this {
    return this.block(1, (b) => options(b.u16(linkType).u16(0).u32(snaplen)));
  }

  enhanced(interfaceId: number, units: bigint, data: Uint8Array, wire = data.length): this {
    return this.block(6, (b) =>
      b
        .u32(interfaceId)
        .u32(Number(units >> 32n))
        .u32(Number(units & 0xffffffffn))
        .u32(data.length)
        .u32(wire)
        .raw(data),
    );
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}

/** A packet as it was read. */
export interface Read {
  time: bigint;
  data: string;
  wire: number;
  interfaceId: number;
}

/** Reads everything; the reader is given for its damage and interfaces. */
export async function readAll(
  bytes: Uint8Array | ByteSource,
  options: { blockSize?: number; chunk?: number } = {},
): Promise<{ packets: Read[]; reader: CaptureReader }> {
  const source = bytes instanceof Uint8Array ? memorySource(bytes, options.chunk) : bytes;
  const { blockSize } = options;
  const reader = await openCapture(source, { file: "test", ...(blockSize === undefined ? {} : { blockSize }) });
  const packets: Read[] = [];
  for await (const batch of reader.batches())
    for (let i = 0; i < batch.count; i++) {
      const offset = batch.offset[i] as number;
      packets.push({
        time: batch.time[i] as bigint,
        data: Buffer.from(batch.buffer.subarray(offset, offset + (batch.captured[i] as number))).toString("hex"),
        wire: batch.wire[i] as number,
        interfaceId: batch.interfaceId[i] as number,
      });
    }
  return { packets, reader };
}

/** What a reader should make of frames. */
export function expected(frames: readonly Frame[]): Read[] {
  return frames.map(({ time, data, wire, interfaceId }) => ({
    time,
    data: Buffer.from(data).toString("hex"),
    wire: wire ?? data.length,
    interfaceId: interfaceId ?? 0,
  }));
}

export const text = (words: string): Uint8Array => new TextEncoder().encode(words);

export const SOME: readonly Frame[] = [
  { time: 1_700_000_000_123_456_000n, data: text("first") },
  { time: 1_700_000_000_999_999_000n, data: text("second, cut"), wire: 1500 },
  { time: 4_294_967_295_000_001_000n, data: text("") },
  { time: 0n, data: text("at the beginning of time") },
];
