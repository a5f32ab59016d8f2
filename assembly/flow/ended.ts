// Reports of flows that ended, for whoever keeps a record of every flow.

import { CONTROL_ENDED_COUNT, CONTROL_KEEP_ENDED, ENDED_CAPACITY, ENDED_RESERVE } from "../abi";
import {
  COLD_SIZE,
  ENDED_ADDRESSES,
  ENDED_COLD,
  ENDED_HOW,
  ENDED_NAME,
  ENDED_NUMBER,
  ENDED_RECORDS,
  ENDED_SIZE,
  INSPECT_NAME,
  INSPECT_SIZE,
  REC_KEY,
  REC_SIZE,
} from "../abi/records";
import { destinationAt, isSixKey, sourceAt } from "../address/key";
import { ENDED, HOLD_SLOTS, INSPECTIONS, control, setControl } from "../memory";
import * as Ipv6 from "../wire/ipv6";

let ended: u32 = 0;
let keep: bool = false;

/** Empties the reports. */
export function beginEnded(): void {
  ended = 0;
  keep = control(CONTROL_KEEP_ENDED) != 0;
  setControl(CONTROL_ENDED_COUNT, 0);
}

/** Whether any one packet's reports still fit. */
export function endedHaveRoom(): bool {
  return ended <= <u32>(ENDED_CAPACITY - ENDED_RESERVE);
}

/** Tells the host how many there are. */
export function endEnded(): void {
  setControl(CONTROL_ENDED_COUNT, ended);
}

/** Keeps the records of a flow; of a denied flow `cold` is 0 and the second record is not its own. */
export function reportEnded(record: u32, cold: u32, number: u32, how: u32): void {
  if (!keep) return;
  const at = ENDED + ended++ * ENDED_SIZE;
  memory.copy(at + ENDED_RECORDS, record, cold != 0 ? 2 * REC_SIZE : REC_SIZE);
  if (cold != 0) memory.copy(at + ENDED_COLD, cold, COLD_SIZE);
  keepAddresses(at + ENDED_ADDRESSES, record);
  if (cold != 0) keepAddresses(at + ENDED_ADDRESSES + 2 * Ipv6.ADDRESS_SIZE, record + REC_SIZE, true);
  store<u32>(at, number, ENDED_NUMBER);
  store<u8>(at, <u8>how, ENDED_HOW);
  const named = HOLD_SLOTS != 0 && cold != 0;
  store<u32>(at, named ? load<u32>(INSPECTIONS + number * INSPECT_SIZE, INSPECT_NAME) : 0, ENDED_NAME);
}

/** Keeps the addresses of a record's key where they are places of the book, which the flow gives back; `turned`: destination first. */
function keepAddresses(at: u32, record: u32, turned: bool = false): void {
  const low = load<u64>(record, REC_KEY);
  if (!isSixKey(low)) return;
  const apart = turned ? Ipv6.ADDRESS_SIZE : 0;
  Ipv6.copyAddress(at + apart, sourceAt(low));
  Ipv6.copyAddress(at + Ipv6.ADDRESS_SIZE - apart, destinationAt(load<u64>(record, REC_KEY + 8)));
}
