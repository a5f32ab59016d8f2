// MAC addresses of Ethernet frames.

/** Offsets in bytes. */
const DESTINATION = 0;
const SOURCE = 6;
const END = 12;

export const destinationMac = (frame: Uint8Array): Uint8Array => frame.slice(DESTINATION, SOURCE);
export const sourceMac = (frame: Uint8Array): Uint8Array => frame.slice(SOURCE, END);

export const setDestinationMac = (frame: Uint8Array, mac: ArrayLike<number>): void => frame.set(mac, DESTINATION);
export const setSourceMac = (frame: Uint8Array, mac: ArrayLike<number>): void => frame.set(mac, SOURCE);

/** A copy with source and destination exchanged. */
export function macsSwapped(frame: Uint8Array): Uint8Array {
  const out = frame.slice();
  setDestinationMac(out, sourceMac(frame));
  setSourceMac(out, destinationMac(frame));
  return out;
}
