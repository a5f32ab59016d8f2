// A TCP stream as its receiver puts it together, from the frames that reached it: the bytes by their sequence numbers, whatever their
// order, each for good once it is there. Written apart from everything that translates.

const ETHERNET = 14;
const TOTAL_LENGTH = 2;
const SEQUENCE = 4;
const OFFSET = 12;
const FLAGS = 13;
const SYN = 2;

/** The stream of the frames' sender; throws when a byte is sent again as another one, or one is missing. */
export function reassembled(frames: readonly Uint8Array[]): Uint8Array {
  let start: number | undefined;
  const bytes = new Map<number, number>();
  for (const frame of frames) {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const tcp = ETHERNET + (view.getUint8(ETHERNET) & 15) * 4;
    const end = ETHERNET + view.getUint16(ETHERNET + TOTAL_LENGTH);
    const sequence = view.getUint32(tcp + SEQUENCE);
    if ((view.getUint8(tcp + FLAGS) & SYN) !== 0) start ??= sequence + 1;
    if (start === undefined) throw new Error("The stream does not begin with a SYN.");
    for (let at = tcp + (view.getUint8(tcp + OFFSET) >> 4) * 4, i = 0; at < end; at++, i++) {
      const place = (sequence + i - start) | 0;
      if (place < 0) throw new Error(`A byte lies ${-place} before the stream.`);
      const value = view.getUint8(at);
      if ((bytes.get(place) ?? value) !== value) throw new Error(`Byte ${place} is sent as two.`);
      bytes.set(place, value);
    }
  }
  return Uint8Array.from({ length: bytes.size }, (_, place) => {
    const value = bytes.get(place);
    if (value === undefined) throw new Error(`Byte ${place} is missing.`);
    return value;
  });
}
