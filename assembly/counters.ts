// Counters: 64-bit, in linear memory, read by the host where they lie.

import {
  BACKEND_COUNTER_COUNT,
  BACKEND_TO_CONSUMER_PACKETS,
  BACKEND_TO_SERVICE_PACKETS,
  ENDPOINT_COUNTER_COUNT,
  ENDPOINT_TO_CONSUMER_PACKETS,
  ENDPOINT_TO_SERVICE_PACKETS,
} from "./abi";
import { BACKEND_COUNTERS, COUNTERS, ENDPOINT_COUNTERS } from "./memory";

/** Adds to a plane counter. */
export function count(counter: u32, by: i64): void {
  const at = COUNTERS + (counter << 3);
  store<u64>(at, load<u64>(at) + by);
}

export function counter(which: u32): u64 {
  return load<u64>(COUNTERS + (which << 3));
}

/** Raises a plane counter to a value it has not reached. */
export function raise(counter: u32, value: u64): void {
  const at = COUNTERS + (counter << 3);
  if (value > load<u64>(at)) store<u64>(at, value);
}

/** Adds one to a counter of an endpoint: a reason's or an ENDPOINT_ one. */
export function countAtEndpoint(endpoint: u32, which: u32): void {
  const at = ENDPOINT_COUNTERS + (endpoint * ENDPOINT_COUNTER_COUNT + which) * 8;
  store<u64>(at, load<u64>(at) + 1);
}

/** Adds to a counter of an endpoint. */
export function countManyAtEndpoint(endpoint: u32, which: u32, by: u32): void {
  const at = ENDPOINT_COUNTERS + (endpoint * ENDPOINT_COUNTER_COUNT + which) * 8;
  store<u64>(at, load<u64>(at) + <u64>by);
}

/** Adds to a counter of a backend. */
export function countAtBackend(backend: u32, which: u32, by: i64): void {
  const at = BACKEND_COUNTERS + (backend * BACKEND_COUNTER_COUNT + which) * 8;
  store<u64>(at, load<u64>(at) + by);
}

/** Counts a forwarded packet at its endpoint and backend; `side` is the one it entered on. */
export function countTraffic(endpoint: u32, backend: u32, side: u32, bytes: u32): void {
  const apart = (ENDPOINT_TO_CONSUMER_PACKETS - ENDPOINT_TO_SERVICE_PACKETS) * side;
  const atEndpoint = ENDPOINT_COUNTERS + (endpoint * ENDPOINT_COUNTER_COUNT + ENDPOINT_TO_SERVICE_PACKETS + apart) * 8;
  addPair(atEndpoint, bytes);
  const between = (BACKEND_TO_CONSUMER_PACKETS - BACKEND_TO_SERVICE_PACKETS) * side;
  addPair(BACKEND_COUNTERS + (backend * BACKEND_COUNTER_COUNT + BACKEND_TO_SERVICE_PACKETS + between) * 8, bytes);
}

function addPair(at: u32, bytes: u32): void {
  store<u64>(at, load<u64>(at) + 1);
  store<u64>(at, load<u64>(at, 8) + <u64>bytes, 8);
}
