// A SYN without the data that came with it, by the replay's own arithmetic.

import { get16, put16, sumOf } from "../wire/words.ts";
import { type FrameView, TCP } from "./frame.ts";
import { changed, setTotal } from "./readdress.ts";

const ALL_ONES = 0xffff;

/** Cuts the TCP packet in a view behind its TCP header; the buffer stays, the view's is shorter. Checksums keep the error they had, if any. */
export function dropData(view: FrameView): void {
  const { buffer, ip, l4, total } = view;
  const end = l4 + ((buffer[l4 + TCP.offset] as number) >> 4) * 4;
  const length = (total === 0 ? buffer.length - ip : total) - (end - ip);
  const gone = length + sumOf(buffer, end, end + length);
  if (total !== 0) {
    setTotal(view, buffer, total - length);
    view.total = total - length;
  }
  put16(buffer, l4 + TCP.checksum, changed(get16(buffer, l4 + TCP.checksum), -(gone % ALL_ONES)));
  view.buffer = buffer.subarray(0, end);
  view.end = end;
}
