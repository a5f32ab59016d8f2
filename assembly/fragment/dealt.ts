// Fragments in one shard of several (docs/behaviour.md, 19.5). Whoever deals knows the datagrams and has found nothing against a fragment
// before it comes here; what is known here of a datagram, by its number, is what became of its first fragment.

import {
  DATAGRAM_BEGINS,
  DATAGRAM_HELD,
  DATAGRAM_NUMBER,
  DESC_DATAGRAM,
  REASON_AWAITING_FRAGMENT,
  REASON_FRAGMENT,
} from "../abi";
import { count } from "../counters";
import { KIND, KIND_FRAGMENT_REPLY, KIND_SPECIAL, REASON } from "../parse";
import { begin, datagramAt, refusedWith, setKey, setOwner } from "./datagram";
import { passFirst } from "./first";
import { addressesAt, from, keyHigh, keyLow, refuseAlone } from "./fragment";
import { follow, keep } from "./later";

/** Whether parsing found a fragment. */
export function isFragment(parsed: u32): bool {
  const kind = <u32>load<u8>(parsed, KIND);
  return kind == KIND_FRAGMENT_REPLY || (kind == KIND_SPECIAL && load<u8>(parsed, REASON) == REASON_FRAGMENT);
}

/** Whether a fragment was held in front of the shards until now; nothing but the first one, which follows, decides on it. */
export function wasHeld(desc: u32, parsed: u32): bool {
  return (load<u16>(desc, DESC_DATAGRAM) & <u16>DATAGRAM_HELD) != 0 && isFragment(parsed);
}

/** Keeps a fragment that was held, for the first one. */
export function takeHeld(desc: u32, parsed: u32): void {
  if (keep(desc, parsed, datagramOf(desc))) count(REASON_AWAITING_FRAGMENT, 1);
}

/** Decides on the fragment at hand; `endpoint` is as for any fragment. */
export function takeDealt(desc: u32, parsed: u32, verdict: u32, endpoint: i32): void {
  const datagram = datagramOf(desc);
  setOwner(datagram, endpoint);
  if (from == 0) {
    setKey(datagram, keyLow(parsed), keyHigh(parsed), addressesAt(parsed));
    passFirst(desc, parsed, verdict, datagram, endpoint);
    return;
  }
  const refused = refusedWith(datagram);
  if (refused != 0) refuseAlone(parsed, verdict, refused, datagram, endpoint);
  else follow(desc, parsed, verdict, datagram);
}

/** The datagram of a dealt fragment, begun if nothing of it came before. */
function datagramOf(desc: u32): u32 {
  const mark = <u32>load<u16>(desc, DESC_DATAGRAM);
  const datagram = datagramAt(mark & DATAGRAM_NUMBER);
  if ((mark & DATAGRAM_BEGINS) != 0) begin(datagram);
  return datagram;
}
