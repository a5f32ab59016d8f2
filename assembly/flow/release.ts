// Releasing what is due, a bounded number at a time and in the wheel's order (docs/behaviour.md, section 9).

import { now, tickAfter } from "../clock";
import { MAX_FLOWS } from "../memory";
import { deniedDeath, deniedRecord, releaseDeadDenied } from "./denied";
import { releaseDead } from "./flow";
import { deathOf, requestOf } from "./lifetime";
import { add, drop, due } from "./wheel";

const NONE: u32 = <u32>-1;

/** Takes up to `limit` due entries off the wheel: dead ones are released, others put where they belong. How many it took. */
export function releaseDue(limit: u32): u32 {
  let taken: u32 = 0;
  for (; taken < limit; taken++) {
    const entry = due();
    if (entry == NONE) break;
    const denied = entry >= MAX_FLOWS;
    const death = denied ? deniedDeath(deniedRecord(entry)) : deathOf(requestOf(entry));
    if (now < death) {
      drop(entry);
      add(entry, tickAfter(death));
    } else if (denied) {
      releaseDeadDenied(entry);
    } else {
      releaseDead(entry);
    }
  }
  return taken;
}
