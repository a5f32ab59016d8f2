// Whether a flow's packets are transposed as they come (established.ts) or have to be handled (handle.ts).

import { REC_SEEN, REC_SIZE, SEEN_HANDLED } from "../abi/records";
import { BACKEND_HAS_MAC } from "../abi/tables";
import { isSixKey } from "../address/key";

/** Whether a flow is handled whatever its client says: by the low half of its request's key, and its backend in the tables. */
export function isAlwaysHandled(low: u64, backend: u32): bool {
  return isSixKey(low) || load<u16>(backend, BACKEND_HAS_MAC) != 0;
}

/** From now on both directions are handled. */
export function leaveFastPath(request: u32): void {
  const reply = request + REC_SIZE;
  store<u8>(request, load<u8>(request, REC_SEEN) | SEEN_HANDLED, REC_SEEN);
  store<u8>(reply, load<u8>(reply, REC_SEEN) | SEEN_HANDLED, REC_SEEN);
}

/** From now on both directions are transposed. */
export function enterFastPath(request: u32): void {
  const reply = request + REC_SIZE;
  store<u8>(request, load<u8>(request, REC_SEEN) & ~SEEN_HANDLED, REC_SEEN);
  store<u8>(reply, load<u8>(reply, REC_SEEN) & ~SEEN_HANDLED, REC_SEEN);
}
