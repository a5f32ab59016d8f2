// Reports of the names that were refused: one packet leaves one at most, so a batch's always fit.

import { CONTROL_REFUSED_COUNT } from "../abi";
import {
  REFUSED_CLIENT,
  REFUSED_ENDPOINT,
  REFUSED_LENGTH,
  REFUSED_NAME,
  REFUSED_REASON,
  REFUSED_SERIAL,
  REFUSED_SIX,
  REFUSED_SIZE,
} from "../abi/records";
import { isSixKey, sourceAt } from "../address/key";
import { NAME, REFUSED, setControl } from "../memory";
import { NAME_MAX } from "../name/host";
import * as Ipv6 from "../wire/ipv6";

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

/** Reports the name at NAME as refused to the source of a key, of which `client` is the low half; the report's serial. */
export function reportRefused(endpoint: u32, reason: u32, client: u64, length: u32): u32 {
  const at = REFUSED + reports++ * REFUSED_SIZE;
  store<u32>(at, ++serial, REFUSED_SERIAL);
  store<u16>(at, <u16>endpoint, REFUSED_ENDPOINT);
  store<u8>(at, <u8>reason, REFUSED_REASON);
  store<u32>(at, length, REFUSED_LENGTH);
  store<u8>(at, <u8>isSixKey(client), REFUSED_SIX);
  if (isSixKey(client)) Ipv6.copyAddress(at + <u32>REFUSED_CLIENT, sourceAt(client));
  else store<u32>(at, <u32>(client >> 32), REFUSED_CLIENT);
  memory.copy(at + <u32>REFUSED_NAME, NAME, min(length, NAME_MAX));
  return serial;
}
