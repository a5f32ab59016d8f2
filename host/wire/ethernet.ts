// Ethernet headers: offsets, sizes, types.

export const ETHERNET = { destination: 0, source: 6, type: 12, size: 14 };
export const TAG_SIZE = 4;
export const TAG_TYPES: readonly number[] = [0x8100, 0x88a8, 0x9100];
export const TYPE_IPV4 = 0x0800;
export const TYPE_IPV6 = 0x86dd;
/** Of GRE and GENEVE: an Ethernet frame is what they carry. */
export const TYPE_BRIDGED = 0x6558;

/** Addresses of hosts that the path knows nothing of; the last byte tells them apart. */
const MADE_UP = [2, 0, 0, 0, 0xda];

/** A made-up address. */
export const madeUpMac = (which: number): Uint8Array => Uint8Array.from([...MADE_UP, which]);
