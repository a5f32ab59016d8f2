// A SYN without the data that came with it, by the replay's own arithmetic.

import type { LinkName } from "../links.ts";
import { get16, put16, sumOf } from "../wire/words.ts";
import { FrameView, IPV4, TCP } from "./frame.ts";
import { changed } from "./readdress.ts";

const ALL_ONES = 0xffff;

/** A copy of a TCP frame that ends with its TCP header; checksums keep the error they had, if any. */
export function withoutData(frame: Uint8Array, link: LinkName): Uint8Array {
  const view = new FrameView();
  if (!view.read(frame, 0, frame.length, link, 0, () => undefined)) return frame;
  const { ip, l4 } = view;
  const end = l4 + ((frame[l4 + TCP.offset] as number) >> 4) * 4;
  const cut = frame.slice(0, end);
  const stated = get16(frame, ip + IPV4.totalLength);
  const length = (stated === 0 ? frame.length - ip : stated) - (end - ip);
  if (stated !== 0) {
    put16(cut, ip + IPV4.totalLength, stated - length);
    put16(cut, ip + IPV4.checksum, changed(get16(frame, ip + IPV4.checksum), -length));
  }
  const gone = length + sumOf(frame, end, end + length);
  put16(cut, l4 + TCP.checksum, changed(get16(frame, l4 + TCP.checksum), -(gone % ALL_ONES)));
  return cut;
}
