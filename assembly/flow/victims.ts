// Flows that are about to be evicted, brought in before a lane is handled: their records, timers, places in the index and NAT ports lie
// all over memory, and brought in one by one each would cost a SYN a whole miss (measured: a tenth of the rate at which SYNs take the
// place of others, when the caller needs the caches for other things between batches).

import { COLD_POOL_SLOT, COLD_PORT, REC_SIZE } from "../abi/records";
import { touchPort } from "../admit/natport";
import { LANES } from "../memory";
import { FLAGS, PARSED_SIZE, RECORD } from "../parse";
import * as Tcp from "../wire/tcp";
import { coldOf } from "./flow";
import { requestOf } from "./lifetime";
import { oldestOpening, openingBehind } from "./opening";
import { homeOf } from "./table";
import { touchTimer } from "./wheel";

/// Keeps the touching loads from being optimised away.
export let touched: u32 = 0;

/** Brings in what it takes to evict a flow for each packet of a lane that may open one. */
export function touchVictims(size: u32): void {
  const victims = beginnings(size);
  let sum: u32 = 0;
  let victim = oldestOpening();
  for (let i: u32 = 0; i < victims && victim != 0; i++) {
    const flow = victim - 1;
    const request = requestOf(flow);
    sum += load<u32>(request) + load<u32>(request + REC_SIZE) + load<u32>(coldOf(flow)) + touchTimer(flow);
    victim = openingBehind(flow);
  }
  victim = oldestOpening();
  for (let i: u32 = 0; i < victims && victim != 0; i++) {
    const flow = victim - 1;
    const request = requestOf(flow);
    const cold = coldOf(flow);
    sum += load<u32>(homeOf(request)) + load<u32>(homeOf(request + REC_SIZE));
    sum += touchPort(load<u32>(cold, COLD_POOL_SLOT), <u32>load<u16>(cold, COLD_PORT));
    victim = openingBehind(flow);
  }
  touched = sum;
}

/** Packets of a lane with SYN of which the index seems to hold no flow. */
function beginnings(size: u32): u32 {
  let many: u32 = 0;
  const end = LANES + size * PARSED_SIZE;
  for (let parsed = LANES; parsed < end; parsed += PARSED_SIZE)
    if (load<u32>(parsed, RECORD) == 0 && (<u32>load<u8>(parsed, FLAGS) & Tcp.SYN) != 0) many++;
  return many;
}
