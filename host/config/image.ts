// The image of configuration tables under construction: sections one after the other behind a header, little endian.

import { TABLES_HEADER_SIZE } from "../abi.ts";

const ALIGNMENT = 64;

/** Grows section by section; section offsets are relative to the image. */
export class TableImage {
  private bytes = new Uint8Array(4096);
  private end = TABLES_HEADER_SIZE;
  private view = new DataView(this.bytes.buffer);

  /** Takes `size` zero bytes for a section; its offset. */
  section(size: number): number {
    const at = this.end;
    this.end = Math.ceil((at + size) / ALIGNMENT) * ALIGNMENT;
    if (this.end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.end, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(at: number, value: number): void {
    this.view.setUint8(at, value);
  }

  u16(at: number, value: number): void {
    this.view.setUint16(at, value, true);
  }

  /** A 16-bit number in network order, such as a port. */
  u16Be(at: number, value: number): void {
    this.view.setUint16(at, value, false);
  }

  u32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  u64(at: number, value: bigint): void {
    this.view.setBigUint64(at, value, true);
  }

  /** A 32-bit number in network order, such as an address. */
  u32Be(at: number, value: number): void {
    this.view.setUint32(at, value, false);
  }

  copy(at: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, at);
  }

  readU32(at: number): number {
    return this.view.getUint32(at, true);
  }

  readU16(at: number): number {
    return this.view.getUint16(at, true);
  }

  /** The finished image. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.end);
  }
}
