// The map of linear memory. Each region starts where the one before ends, on a cache line; the host learns the addresses
// from the control block. Memory is grown once, by configure, and never again, so that views of it stay valid.
//
//   0      1 KiB      64 KiB                  REGION_RING ...                                          REGION_RECORDS
//   | none | control  | static data | frames, descriptors, verdicts | counters, tables | ports, timers, index, cold, hot |
//                                     touched by the host              tables by the host       the core's own

import {
  BACKEND_COUNTER_COUNT,
  BATCH_MAX,
  CONTROL_AT,
  CONTROL_BACKENDS,
  CONTROL_BOOK_BUCKETS,
  CONTROL_CLIENT_FLOWS,
  CONTROL_DEALS,
  CONTROL_ENDPOINTS,
  CONTROL_EVICTS,
  CONTROL_FRAGMENTS,
  CONTROL_FRAGMENT_PLACES,
  CONTROL_HOLD_REMEMBERS,
  CONTROL_HOLD_SLOTS,
  CONTROL_KEEP_LINKS,
  CONTROL_MAX_DENIED,
  CONTROL_MAX_FLOWS,
  CONTROL_POOL_SLOTS,
  CONTROL_PORT_BLOCKS,
  CONTROL_PROXIES,
  CONTROL_REGIONS,
  CONTROL_RING_SIZE,
  CONTROL_SIX,
  CONTROL_TABLES_NEXT,
  CONTROL_TABLES_SIZE,
  COUNTER_COUNT,
  DEAL_MAX,
  DESC_SIZE,
  EMIT_CAPACITY,
  EMIT_HEAD_SIZE,
  EMIT_RESERVE,
  EMIT_SIZE,
  ENDED_CAPACITY,
  ENDPOINT_COUNTER_COUNT,
  FRAGMENTS_HELD_MAX,
  FRAGMENT_BYTES_MAX,
  FRAGMENT_PLACES,
  FRAGMENT_STATE_SIZE,
  HAND_SIZE,
  FIRST_MESSAGE_MAX,
  HOLD_SPARE,
  LANE,
  REGION_ADDRESSES,
  REGION_BACKEND_COUNTERS,
  REGION_CLIENTS,
  REGION_COLD,
  REGION_COUNTERS,
  REGION_DEALT_DESCRIPTORS,
  REGION_DEALT_FRAMES,
  REGION_DEALT_KEPT,
  REGION_DEALT_ORDER,
  REGION_DESCRIPTORS,
  REGION_EMITS,
  REGION_END,
  REGION_ENDED,
  REGION_ENDPOINT_COUNTERS,
  REGION_FRAGMENTS,
  REGION_HANDS,
  REGION_HEADS,
  REGION_HOLDS,
  REGION_INDEX,
  REGION_INSPECTIONS,
  REGION_LANES,
  REGION_LINKS,
  REGION_OPENINGS,
  REGION_POOLS,
  REGION_POOL_SLOTS,
  REGION_PORT_BLOCKS,
  REGION_PROXIES,
  REGION_RECORDS,
  REGION_REFUSED,
  REGION_RING,
  REGION_TABLES,
  REGION_TIMERS,
  REGION_TRACE,
  REGION_VERDICTS,
  REGION_WHEEL,
  SHARDS_MAX,
  VERDICT_SIZE,
  WHEEL_TICKS,
} from "./abi";
import {
  BLOCK_SIZE,
  BOOK_ENTRY_SIZE,
  COLD_SIZE,
  ENDED_SIZE,
  INSPECT_SIZE,
  LINK_SIZE,
  POOL_SIZE,
  PROXY_SIZE,
  REC_SIZE,
  REFUSED_SIZE,
} from "./abi/records";
import { PARSED_SIZE } from "./parse";
import { ARRIVALS_SIZE } from "./flow/arrivals";
import { CLIENT_SIZE } from "./flow/clients";
import { OPENING_LIST_SIZE, OPENING_SIZE } from "./flow/opening";
import { GROUP_PLACES, GROUP_SIZE } from "./flow/table";
import { DATAGRAMS_SIZE, DATAGRAM_LISTS_SIZE } from "./fragment/datagram";
import { PLACE_SIZE, POOL_PLACES } from "./fragment/pool";
import { HANDED_SIZE } from "./fragment/steer";
import { REMEMBERED_AT } from "./inspect/hold";
import { REMEMBERED_SIZE } from "./inspect/remembered";
import { NAME_MAX } from "./name/host";
import { TIMER_SIZE, WHEEL_LIST_SIZE } from "./flow/wheel";
import { TRACE_CAPACITY, TRACE_SIZE } from "./abi/trace";

const PAGE: u64 = 65536;
const PAGES_MAX: u64 = 65535;
const FIRST_REGION: u64 = 131072;
const CACHE_LINE: u64 = 64;
/// Share of the index that may be filled, in percent: the fill at which its speed is measured.
const INDEX_FILL: u64 = 75;
/// Places that a packet without a flow may need beside those of flows.
const BORROWED: u32 = 2;
const NAME_ROOM: u32 = (NAME_MAX + 64) & ~63;

export let RING: u32 = 0;
export let DESCRIPTORS: u32 = 0;
export let VERDICTS: u32 = 0;
export let EMITS: u32 = 0;
export let HEADS: u32 = 0;
export let ENDED: u32 = 0;
export let LANES: u32 = 0;
/** What a lane leaves to be done at its end. */
export let ARRIVALS: u32 = 0;
/** For each frame of a lane the rules that hold its source, u32 each (admit/filter.ts), when endpoints have any. */
export let SOURCE_VECTORS: u32 = 0;
export let COUNTERS: u32 = 0;
export let ENDPOINT_COUNTERS: u32 = 0;
export let BACKEND_COUNTERS: u32 = 0;
/** The image of tables in force: one of two places, the other of which takes the next one. */
export let TABLES: u32 = 0;
export let WHEEL: u32 = 0;
export let POOL_SLOTS: u32 = 0;
export let POOLS: u32 = 0;
export let PORT_BLOCKS: u32 = 0;
export let PORT_BLOCK_COUNT: u32 = 0;
export let TIMERS: u32 = 0;
/** Whether flows that open take the place of others that do. */
export let EVICTS: bool = false;
/** Those in their order (flow/opening.ts). */
export let OPENINGS: u32 = 0;
/** Flows that a client may have, 0 for any number; then the region is empty. */
export let CLIENT_FLOWS: u32 = 0;
/** Places that say how many each has (flow/clients.ts), of which there is a power of two, less one. */
export let CLIENTS: u32 = 0;
export let CLIENT_MASK: u32 = 0;
export let LINKS: u32 = 0;
export let INDEX: u32 = 0;
export let INDEX_GROUPS: u32 = 0;
export let COLD: u32 = 0;
export let RECORDS: u32 = 0;
export let RECORDS_END: u32 = 0;
/** First record of a denied flow. */
export let DENIED: u32 = 0;
export let MAX_FLOWS: u32 = 0;
export let MAX_DENIED: u32 = 0;
export let KEEP_LINKS: bool = false;
export let DEALT_FRAMES: u32 = 0;
export let DEALT_ROOM: u32 = 0;
export let DEALT_DESCRIPTORS: u32 = 0;
export let DEALT_ORDER: u32 = 0;
export let HANDS: u32 = 0;
/** Fragments that were held and are dealt with the first one of their datagram (fragment/steer.ts). */
export let HANDED: u32 = 0;
/** Places of the hold pool; 0 when no rule identifies by name, and the regions below are empty. */
export let HOLD_SLOTS: u32 = 0;
/** Some service puts PROXY headers in front of streams; if not, the region is empty. */
export let HAS_PROXIES: bool = false;
export let PROXIES: u32 = 0;
/** There are IPv6 addresses, and a book of those that flows have. */
export let HAS_SIX: bool = false;
export let BOOK: u32 = 0;
export let BOOK_BUCKETS: u32 = 0;
export let BOOK_ENTRIES: u32 = 0;
/** Notes of what the stages decided. */
export let TRACES: u32 = 0;
/** It deals frames out to shards and holds no flows. */
export let DEALS: bool = false;
/** Fragments are translated; if not, the regions below are empty. */
export let HAS_FRAGMENTS: bool = false;
/** What is known of datagrams as a whole (fragment/state.ts). */
export let FRAGMENT_STATE: u32 = 0;
/** Heads of the lists by which datagrams are found, and the datagrams (fragment/datagram.ts). */
export let DATAGRAM_LISTS: u32 = 0;
export let DATAGRAMS: u32 = 0;
/** Places of fragments that wait (fragment/pool.ts). */
export let FRAGMENTS: u32 = 0;
export let HOLDS: u32 = 0;
/** Bytes of a place. */
export let HOLD_SIZE: u32 = 0;
export let INSPECTIONS: u32 = 0;
/** Reports of refused names. */
export let REFUSED: u32 = 0;
/** A name in its normal form. */
export let NAME: u32 = 0;
/** The bytes of a ClientHello without its records, and of TDS packets without their headers. */
export let HELLO: u32 = 0;
export let UNWRAPPED: u32 = 0;

let end: u64 = FIRST_REGION;

export function control(field: u32): u32 {
  return load<u32>(CONTROL_AT + field);
}

export function setControl(field: u32, value: u32): void {
  store<u32>(CONTROL_AT + field, value);
}

/** Takes `size` bytes for a region and tells the host where it is. */
function region(which: u32, size: u64): u32 {
  const at = end;
  end = (end + size + CACHE_LINE - 1) & ~(CACHE_LINE - 1);
  setControl(CONTROL_REGIONS + which * 4, <u32>at);
  return <u32>at;
}

/** The image that was written beside the one in force takes its place. */
export function swapTables(): void {
  const next = control(CONTROL_TABLES_NEXT);
  setControl(CONTROL_TABLES_NEXT, TABLES);
  TABLES = next;
}

/** Lays the regions out for the sizes in the control block and grows memory. False: they do not fit wasm32. */
export function lay(): bool {
  MAX_FLOWS = control(CONTROL_MAX_FLOWS);
  MAX_DENIED = control(CONTROL_MAX_DENIED);
  KEEP_LINKS = control(CONTROL_KEEP_LINKS) != 0;
  end = FIRST_REGION;
  DEALS = control(CONTROL_DEALS) != 0;
  layHostRegions(DEALS ? DEAL_MAX : BATCH_MAX, DEALS ? DEAL_MAX * EMIT_RESERVE + FRAGMENT_PLACES : EMIT_CAPACITY);
  if (DEALS) layDealt();
  TRACES = region(REGION_TRACE, TRACE_CAPACITY * TRACE_SIZE);
  layInspection(<u64>MAX_FLOWS);
  HAS_PROXIES = control(CONTROL_PROXIES) != 0;
  PROXIES = region(REGION_PROXIES, HAS_PROXIES ? <u64>MAX_FLOWS * PROXY_SIZE : 0);
  HAS_FRAGMENTS = control(CONTROL_FRAGMENTS) != 0;
  layFragments(HAS_FRAGMENTS ? 1 : 0);
  layBook();
  layPorts(<u64>control(CONTROL_POOL_SLOTS));
  layFlows(<u64>MAX_FLOWS, <u64>MAX_DENIED);
  setControl(CONTROL_REGIONS + REGION_END * 4, <u32>end);
  const pages = (end + PAGE - 1) / PAGE;
  if (pages > PAGES_MAX) return false;
  const have = <u64>memory.size();
  return pages <= have || memory.grow(<i32>(pages - have)) >= 0;
}

/** The ring comes first: it has the same address in every instance, so that dealt descriptors need no change. */
function layHostRegions(frames: u64, emits: u64): void {
  RING = region(REGION_RING, control(CONTROL_RING_SIZE));
  DESCRIPTORS = region(REGION_DESCRIPTORS, frames * DESC_SIZE);
  VERDICTS = region(REGION_VERDICTS, frames * VERDICT_SIZE);
  EMITS = region(REGION_EMITS, emits * EMIT_SIZE);
  HEADS = region(REGION_HEADS, emits * EMIT_HEAD_SIZE);
  ENDED = region(REGION_ENDED, ENDED_CAPACITY * ENDED_SIZE);
  LANES = region(REGION_LANES, LANE * (PARSED_SIZE + 4) + ARRIVALS_SIZE);
  SOURCE_VECTORS = LANES + LANE * PARSED_SIZE;
  ARRIVALS = SOURCE_VECTORS + LANE * 4;
  COUNTERS = region(REGION_COUNTERS, COUNTER_COUNT * 8);
  ENDPOINT_COUNTERS = region(REGION_ENDPOINT_COUNTERS, <u64>control(CONTROL_ENDPOINTS) * ENDPOINT_COUNTER_COUNT * 8);
  BACKEND_COUNTERS = region(REGION_BACKEND_COUNTERS, <u64>control(CONTROL_BACKENDS) * BACKEND_COUNTER_COUNT * 8);
  const tables = (control(CONTROL_TABLES_SIZE) + <u32>CACHE_LINE - 1) & ~(<u32>CACHE_LINE - 1);
  setControl(CONTROL_TABLES_NEXT, region(REGION_TABLES, 2 * <u64>tables));
  TABLES = control(CONTROL_TABLES_NEXT) + tables;
}

function layDealt(): void {
  DEALT_ROOM = control(CONTROL_RING_SIZE);
  DEALT_FRAMES = region(REGION_DEALT_FRAMES, DEALT_ROOM);
  // Those of the batch, and fragments that were held.
  const dealt: u64 = DEAL_MAX + FRAGMENT_PLACES;
  DEALT_DESCRIPTORS = region(REGION_DEALT_DESCRIPTORS, dealt * DESC_SIZE);
  DEALT_ORDER = region(REGION_DEALT_ORDER, dealt * 4);
  HANDS = region(REGION_HANDS, SHARDS_MAX * HAND_SIZE + FRAGMENT_PLACES * HANDED_SIZE);
  HANDED = HANDS + SHARDS_MAX * HAND_SIZE;
  // What leaves a pool was held before, or came among what is dealt.
  const kept = <u64>DEALT_ROOM + FRAGMENTS_HELD_MAX * FRAGMENT_BYTES_MAX;
  region(REGION_DEALT_KEPT, control(CONTROL_FRAGMENTS) != 0 ? kept : 0);
}

function layInspection(flows: u64): void {
  HOLD_SLOTS = control(CONTROL_HOLD_SLOTS);
  HOLD_SIZE = REMEMBERED_AT + (control(CONTROL_HOLD_REMEMBERS) != 0 ? REMEMBERED_SIZE : 0);
  const some: u64 = HOLD_SLOTS != 0 ? 1 : 0;
  REFUSED = region(REGION_REFUSED, some * BATCH_MAX * REFUSED_SIZE);
  INSPECTIONS = region(REGION_INSPECTIONS, some * flows * INSPECT_SIZE);
  NAME = region(REGION_HOLDS, some * (NAME_ROOM + 2 * FIRST_MESSAGE_MAX + (<u64>HOLD_SLOTS + HOLD_SPARE) * HOLD_SIZE));
  HELLO = NAME + NAME_ROOM;
  UNWRAPPED = HELLO + FIRST_MESSAGE_MAX;
  HOLDS = UNWRAPPED + FIRST_MESSAGE_MAX;
}

function layFragments(some: u64): void {
  const datagrams = DATAGRAM_LISTS_SIZE + DATAGRAMS_SIZE;
  const size = FRAGMENT_STATE_SIZE + datagrams + POOL_PLACES * PLACE_SIZE;
  FRAGMENT_STATE = region(REGION_FRAGMENTS, some * size);
  DATAGRAM_LISTS = FRAGMENT_STATE + FRAGMENT_STATE_SIZE;
  DATAGRAMS = DATAGRAM_LISTS + DATAGRAM_LISTS_SIZE;
  FRAGMENTS = DATAGRAM_LISTS + datagrams;
  setControl(CONTROL_FRAGMENT_PLACES, FRAGMENTS);
}

/** A flow has four addresses: its client's, one of an endpoint, a backend and a NAT address each, of which there are few. */
function layBook(): void {
  HAS_SIX = control(CONTROL_SIX) != 0;
  const fixed = control(CONTROL_ENDPOINTS) + control(CONTROL_BACKENDS) + control(CONTROL_POOL_SLOTS);
  const places: u64 = HAS_SIX ? <u64>MAX_FLOWS + MAX_DENIED + fixed + BORROWED : 0;
  BOOK_BUCKETS = <u32>places;
  BOOK = region(REGION_ADDRESSES, places * (4 + BOOK_ENTRY_SIZE));
  setControl(CONTROL_BOOK_BUCKETS, BOOK_BUCKETS);
  BOOK_ENTRIES = BOOK + BOOK_BUCKETS * 4;
}

function layPorts(pools: u64): void {
  PORT_BLOCK_COUNT = control(CONTROL_PORT_BLOCKS);
  POOL_SLOTS = region(REGION_POOL_SLOTS, pools * 4);
  POOLS = region(REGION_POOLS, pools * POOL_SIZE);
  PORT_BLOCKS = region(REGION_PORT_BLOCKS, <u64>PORT_BLOCK_COUNT * BLOCK_SIZE);
}

function layFlows(flows: u64, denied: u64): void {
  const places = ((2 * flows + denied) * 100) / INDEX_FILL;
  INDEX_GROUPS = <u32>(places / GROUP_PLACES + 1);
  WHEEL = region(REGION_WHEEL, WHEEL_TICKS * WHEEL_LIST_SIZE + WHEEL_TICKS / 8);
  TIMERS = region(REGION_TIMERS, (flows + denied) * TIMER_SIZE);
  EVICTS = control(CONTROL_EVICTS) != 0;
  OPENINGS = region(REGION_OPENINGS, EVICTS ? OPENING_LIST_SIZE + flows * OPENING_SIZE : 0);
  layClients(flows);
  LINKS = region(REGION_LINKS, KEEP_LINKS ? flows * LINK_SIZE : 0);
  INDEX = region(REGION_INDEX, <u64>INDEX_GROUPS * GROUP_SIZE);
  COLD = region(REGION_COLD, flows * COLD_SIZE);
  end = (end + 127) & ~127;
  RECORDS = region(REGION_RECORDS, (2 * flows + denied) * REC_SIZE);
  DENIED = RECORDS + <u32>(2 * flows) * REC_SIZE;
  RECORDS_END = RECORDS + <u32>(2 * flows + denied) * REC_SIZE;
}

function layClients(flows: u64): void {
  CLIENT_FLOWS = control(CONTROL_CLIENT_FLOWS);
  let places: u64 = 2;
  while (places < 2 * flows) places <<= 1;
  CLIENT_MASK = CLIENT_FLOWS != 0 ? <u32>places - 1 : 0;
  CLIENTS = region(REGION_CLIENTS, CLIENT_FLOWS != 0 ? places * CLIENT_SIZE : 0);
}
