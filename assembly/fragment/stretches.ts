// Which bytes of a datagram have come: stretches that do not overlap, and where it ends.

import { REASON_FRAGMENT_DUPLICATE, REASON_FRAGMENT_OVERLAP, REASON_FRAGMENT_TABLE_FULL, STRETCHES_MAX } from "../abi";
import { CAME, COUNT, END, NO_END, STRETCHES, STRETCH_SIZE } from "./datagram";

/** What is against a stretch beside those that came before: 0, or a reason. */
export function faultOf(datagram: u32, from: u32, to: u32, last: bool): u32 {
  const stretches = <u32>load<u8>(datagram, COUNT);
  const end = load<u32>(datagram, END);
  let overlaps = end != NO_END && (to > end || (last && to != end));
  for (let i: u32 = 0, stretch = datagram + <u32>STRETCHES; i < stretches; i++, stretch += STRETCH_SIZE) {
    const first = <u32>load<u16>(stretch);
    const behind = <u32>load<u16>(stretch, 2);
    if (first == from && behind == to) return REASON_FRAGMENT_DUPLICATE;
    overlaps = overlaps || (first < to && from < behind) || (last && behind > to);
  }
  if (overlaps) return REASON_FRAGMENT_OVERLAP;
  return stretches == STRETCHES_MAX ? <u32>REASON_FRAGMENT_TABLE_FULL : 0;
}

/** Takes note of a stretch that nothing is against. */
export function addStretch(datagram: u32, from: u32, to: u32, last: bool): void {
  const stretches = <u32>load<u8>(datagram, COUNT);
  const stretch = datagram + <u32>STRETCHES + stretches * STRETCH_SIZE;
  store<u16>(stretch, <u16>from);
  store<u16>(stretch, <u16>to, 2);
  store<u8>(datagram, <u8>(stretches + 1), COUNT);
  store<u32>(datagram, load<u32>(datagram, CAME) + (to - from), CAME);
  if (last) store<u32>(datagram, to, END);
}

/** Whether every byte has come. */
export function isComplete(datagram: u32): bool {
  return load<u32>(datagram, CAME) == load<u32>(datagram, END);
}
