// Only an approved connection carries traffic.

import {
  CONNECTION_APPROVED,
  CONNECTION_DISCONNECTED,
  CONNECTION_PENDING,
  CONNECTION_REJECTED,
  REASON_CONNECTION_DISCONNECTED,
  REASON_CONNECTION_PENDING,
  REASON_CONNECTION_REFUSED,
  REASON_CONNECTION_REJECTED,
} from "../abi";
import { ENDPOINT_CONNECTION, ENDPOINT_SIZE } from "../abi/tables";
import { ENDPOINTS } from "../tables";

/// What a stage returns when it has nothing against the packet.
export const CONTINUE: u32 = 255;

/** CONTINUE, or the reason of an endpoint's connection state. */
export function connection(endpoint: u32): u32 {
  const state = <u32>load<u8>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_CONNECTION);
  if (state == CONNECTION_APPROVED) return CONTINUE;
  if (state == CONNECTION_PENDING) return REASON_CONNECTION_PENDING;
  if (state == CONNECTION_REJECTED) return REASON_CONNECTION_REJECTED;
  return state == CONNECTION_DISCONNECTED ? REASON_CONNECTION_DISCONNECTED : REASON_CONNECTION_REFUSED;
}
