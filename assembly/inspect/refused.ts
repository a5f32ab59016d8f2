// Reports of the names that were refused: one packet leaves one at most, so a batch's always fit.

import { CONTROL_REFUSED_COUNT } from "../abi";
import {
  REFUSED_CLIENT,
  REFUSED_ENDPOINT,
  REFUSED_LENGTH,
  REFUSED_NAME,
  REFUSED_REASON,
  REFUSED_SERIAL,
  REFUSED_SIZE,
} from "../abi/records";
import { NAME, REFUSED, setControl } from "../memory";
import { NAME_MAX } from "../name/host";

let reports: u32 = 0;
let serial: u32 = 0;

/** Empties the reports. */
export function beginRefused(): void {
  reports = 0;
  setControl(CONTROL_REFUSED_COUNT, 0);
}

/** Tells the host how many there are. */
export function endRefused(): void {
  setControl(CONTROL_REFUSED_COUNT, reports);
}

/** Reports the name at NAME as refused; the report's serial. */
export function reportRefused(endpoint: u32, reason: u32, clientBe: u32, length: u32): u32 {
  const at = REFUSED + reports++ * REFUSED_SIZE;
  store<u32>(at, ++serial, REFUSED_SERIAL);
  store<u16>(at, <u16>endpoint, REFUSED_ENDPOINT);
  store<u8>(at, <u8>reason, REFUSED_REASON);
  store<u32>(at, length, REFUSED_LENGTH);
  store<u32>(at, clientBe, REFUSED_CLIENT);
  memory.copy(at + <u32>REFUSED_NAME, NAME, min(length, NAME_MAX));
  return serial;
}
