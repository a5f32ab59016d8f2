// Releasing what is due, a bounded number at a time and in the wheel's order (docs/behaviour.md, section 9).

import { LANE } from "../abi";
import { REC_SIZE } from "../abi/records";
import { now, tickAfter } from "../clock";
import { MAX_FLOWS } from "../memory";
import { emitsHaveRoom } from "../emit/queue";
import { deniedDeath, deniedRecord, releaseDeadDenied } from "./denied";
import { endedHaveRoom } from "./ended";
import { coldOf, releaseDead } from "./flow";
import { deathOf, requestOf } from "./lifetime";
import { homeOf } from "./table";
import { add, behind, drop, due, mayBeDue } from "./wheel";

const NONE: u32 = <u32>-1;

/// Keeps the touching loads from being optimised away.
export let touched: u32 = 0;

/**
 * Brings in what releasing the first `limit` due entries takes: their records, then their places in the index. Ends with the
 * lowest due tick, so it may be less.
 */
export function touchDue(limit: u32): void {
  const first = due();
  let sum: u32 = 0;
  let entry = first;
  for (let i: u32 = 0; i < limit && entry != NONE; i++) {
    if (entry < MAX_FLOWS) {
      const request = requestOf(entry);
      sum += load<u32>(request) + load<u32>(request + REC_SIZE) + load<u32>(coldOf(entry));
    }
    entry = behind(entry);
  }
  entry = first;
  for (let i: u32 = 0; i < limit && entry != NONE; i++) {
    if (entry < MAX_FLOWS) {
      const request = requestOf(entry);
      if (now >= deathOf(request)) sum += load<u32>(homeOf(request)) + load<u32>(homeOf(request + REC_SIZE));
    }
    entry = behind(entry);
  }
  touched = sum;
}

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

/** Takes all due entries off the wheel, or as many as the queues for the host have room for. */
export function releaseWhileRoom(): void {
  for (let ready: u32 = 0; mayBeDue() && emitsHaveRoom() && endedHaveRoom(); ready--) {
    if (ready == 0) {
      touchDue(LANE);
      ready = LANE;
    }
    if (releaseDue(1) == 0) return;
  }
}
