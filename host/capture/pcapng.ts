// The pcapng format (draft-ietf-opsawg-pcapng): block types and the places of their fields.

export const BLOCK_SECTION = 0x0a0d0d0a;
export const BLOCK_INTERFACE = 1;
export const BLOCK_OBSOLETE_PACKET = 2;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_ENHANCED_PACKET = 6;

/** Every block: type and total length, the total length again at its end. */
export const BLOCK = { type: 0, length: 4, body: 8, trailer: 4, least: 12, largest: 64 * 1024 * 1024 };
export const SECTION = { byteOrder: 8, major: 12, minor: 14, sectionLength: 16, options: 24, least: 28 };
export const INTERFACE = { linkType: 8, snaplen: 12, options: 16, least: 20 };
export const ENHANCED = { interfaceId: 8, timeHigh: 12, timeLow: 16, captured: 20, wire: 24, data: 28, least: 32 };
export const OBSOLETE = { interfaceId: 8, timeHigh: 12, timeLow: 16, captured: 20, wire: 24, data: 28, least: 32 };
export const SIMPLE = { wire: 8, data: 12, least: 16 };

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const BYTE_ORDER_SWAPPED = 0x4d3c2b1a;

/** Options: code, length, value padded to four bytes. */
export const OPTION_HEADER = 4;
export const OPTION_END = 0;
export const OPTION_COMMENT = 1;
export const OPTION_NAME = 2;
export const OPTION_APPLICATION = 4;
export const OPTION_TIME_RESOLUTION = 9;
export const OPTION_TIME_OFFSET = 14;

/** Rounds up to the four bytes that blocks and options are aligned to. */
export const padded = (length: number): number => (length + 3) & ~3;
