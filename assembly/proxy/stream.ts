// A client's stream with a PROXY header in front of it: where it begins, how far the header has come, and which sequence numbers
// client and server have for the same byte (docs/behaviour.md, section 16).

import {
  PROXY_ACKNOWLEDGED,
  PROXY_FOLLOWED,
  PROXY_LEFT,
  PROXY_LENGTH,
  PROXY_MARKS,
  PROXY_SIZE,
  PROXY_START,
  PROXY_STARTED,
  REC_ENDPOINT,
  REC_KEY,
} from "../abi/records";
import { ENDPOINT_IDENTITY, ENDPOINT_SIZE } from "../abi/tables";
import { destinationAt, isSixKey, sourceAt } from "../address/key";
import { flowOf, requestOf } from "../flow/lifetime";
import { leaveFastPath } from "../flow/path";
import { HAS_PROXIES, PROXIES, TABLES } from "../memory";
import { ENDPOINTS } from "../tables";
import * as Proxy from "../wire/proxy";
import * as Tcp from "../wire/tcp";

/** Begins with a new flow: it has a header when its service has them and it began with a beginning. */
export function beginStream(request: u32, headed: bool): void {
  const identity = load<u32>(identityOf(request));
  const length = headed && identity != 0 ? addressed(request) + <u32>load<u8>(TABLES + identity) : 0;
  store<u64>(streamOf(flowOf(request)), (<u64>length) << ((<u64>PROXY_LENGTH) << 3));
  if (length == 0) return;
  leaveFastPath(request);
}

/** Bytes of a flow's header in front of its typed values. */
function addressed(request: u32): u32 {
  return isSixKey(load<u64>(request, REC_KEY)) ? Proxy.ADDRESSED6 : Proxy.ADDRESSED;
}

/** Where the tables say what the headers of a flow's endpoint bear. */
function identityOf(request: u32): u32 {
  return ENDPOINTS + <u32>load<u16>(request, REC_ENDPOINT) * ENDPOINT_SIZE + ENDPOINT_IDENTITY;
}

/** Whether flows of an endpoint have headers, as they begin. */
export function announces(endpoint: u32): bool {
  return HAS_PROXIES && load<u32>(ENDPOINTS + endpoint * ENDPOINT_SIZE + ENDPOINT_IDENTITY) != 0;
}

function streamOf(flow: u32): u32 {
  return PROXIES + flow * PROXY_SIZE;
}

/** Whether a flow has a header. */
export function isHeaded(flow: u32): bool {
  return HAS_PROXIES && load<u8>(streamOf(flow), PROXY_LENGTH) != 0;
}

/** Bytes of a flow's header. */
export function headerLength(flow: u32): u32 {
  return <u32>load<u8>(streamOf(flow), PROXY_LENGTH);
}

/** Sequence number of the client's first byte. */
export function startOf(flow: u32): u32 {
  return load<u32>(streamOf(flow), PROXY_START);
}

/** Notes where the client's bytes begin; false when that is known. */
export function startAt(flow: u32, sequence: u32): bool {
  if (is(flow, PROXY_STARTED)) return false;
  store<u32>(streamOf(flow), sequence, PROXY_START);
  become(flow, PROXY_STARTED);
  return true;
}

/** Whether a mark is set. */
export function is(flow: u32, mark: u32): bool {
  return (<u32>load<u8>(streamOf(flow), PROXY_MARKS) & mark) != 0;
}

/** Sets marks. */
export function become(flow: u32, marks: u32): void {
  const at = streamOf(flow);
  store<u8>(at, <u8>(<u32>load<u8>(at, PROXY_MARKS) | marks), PROXY_MARKS);
}

/** Whether a sequence number lies before the client's first byte. */
export function isBefore(flow: u32, sequence: u32): bool {
  return <i32>(sequence - startOf(flow)) < 0;
}

/** Whether the header goes in front of a client's segment; `bare` says that it has neither data nor FIN. */
export function isDue(flow: u32, sequence: u32, flags: u32, bare: bool): bool {
  if (sequence != startOf(flow) || (flags & (Tcp.ACK | Tcp.SYN | Tcp.RST)) != Tcp.ACK) return false;
  if (is(flow, PROXY_ACKNOWLEDGED)) return false;
  return bare || !is(flow, PROXY_LEFT) || is(flow, PROXY_FOLLOWED);
}

/** The sequence number that a server has for a client's; `flags` are the segment's. */
export function serverSequence(flow: u32, sequence: u32, flags: u32): u32 {
  if (isBefore(flow, sequence)) return sequence;
  if ((flags & Tcp.RST) != 0 && !is(flow, PROXY_LEFT)) return sequence;
  return sequence + headerLength(flow);
}

/** The same of a number that stands for what the server expects next. */
export function expectedByServer(flow: u32, sequence: u32): u32 {
  return isBefore(flow, sequence) || !is(flow, PROXY_LEFT) ? sequence : sequence + headerLength(flow);
}

/** Writes the header of a flow; bytes written. */
export function writeHeader(at: u32, flow: u32): u32 {
  const request = requestOf(flow);
  const low = load<u64>(request, REC_KEY);
  const high = load<u64>(request, REC_KEY + 8);
  const values = TABLES + load<u32>(identityOf(request));
  const length = <u32>load<u8>(values);
  const portsBe = <u32>(high >> 32);
  if (isSixKey(low)) return Proxy.write6(at, sourceAt(low), destinationAt(high), portsBe, values + 1, length);
  return Proxy.write(at, <u32>(low >> 32), <u32>high, portsBe, values + 1, length);
}
