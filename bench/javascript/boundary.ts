// What a plane in JavaScript shares with whoever feeds it: frames and descriptors in, verdicts and emits out, counters. Laid out
// as the core's, in typed arrays; what the core keeps in 64 bits is a double, exact up to 2^53.

import * as Abi from "../../host/abi.ts";
import type { Core } from "../../host/core.ts";

/** Frames begin two bytes behind a multiple of 16: IPv4 behind an Ethernet header, tagged or not, lies on whole words then. */
export const FRAME_SHIFT = 2;

/** Words of a descriptor; a time is a double. */
export const DESC = Abi.DESC_SIZE / 4;
export const FRAME = Abi.DESC_FRAME / 4;
export const CAPTURED = Abi.DESC_CAPTURED / 4;
export const WIRE = Abi.DESC_WIRE / 4;
/** Network, link type, side. */
export const ABOUT = Abi.DESC_NETWORK / 4;
export const TIMES = Abi.DESC_SIZE / 8;
export const TIME = Abi.DESC_TIME / 8;

/** Words of a verdict: code, reason and side, then these. */
export const VERDICT = Abi.VERDICT_SIZE / 4;
export const EMIT_COUNT = Abi.VERDICT_EMITS / 4;
export const FIRST_EMIT = Abi.VERDICT_FIRST_EMIT / 4;
export const VERDICT_FLOW = Abi.VERDICT_FLOW / 4;

/** Words of an emit. */
export const EMIT = Abi.EMIT_SIZE / 4;
export const HEAD = Abi.EMIT_HEAD / 4;
export const HEAD_LENGTH = Abi.EMIT_HEAD_LENGTH / 4;
export const BODY = Abi.EMIT_BODY / 4;
export const BODY_LENGTH = Abi.EMIT_BODY_LENGTH / 4;
export const EMIT_WIRE = Abi.EMIT_WIRE_LENGTH / 4;
export const EMIT_FLOW = Abi.EMIT_FLOW / 4;
/** Side, cause, link type. */
export const EMIT_ABOUT = Abi.EMIT_SIDE / 4;

/** Entries of the VLAN table: 4,096 identifiers for each side. */
const VLAN_ENTRIES = 2 * 4096;

export class Boundary {
  /** Frames of a batch, from FRAME_SHIFT on. */
  readonly frames: Uint8Array<ArrayBuffer>;
  /** The same bytes as words. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly descriptors = new Int32Array(Abi.BATCH_MAX * DESC);
  /** The descriptors' bytes as doubles: times in ns, in the place of DESC_TIME. */
  readonly times = new Float64Array(this.descriptors.buffer);
  readonly verdicts = new Int32Array(Abi.BATCH_MAX * VERDICT);
  readonly emits = new Int32Array(Abi.EMIT_CAPACITY * EMIT);
  readonly counters: Float64Array<ArrayBuffer>;
  readonly endpointCounters: Float64Array<ArrayBuffer>;
  readonly backendCounters: Float64Array<ArrayBuffer>;
  /** Idle time of each timer, ns. */
  readonly timeouts: Float64Array<ArrayBuffer>;
  /** Network + 1 of each VLAN identifier, the consumer's side first. */
  readonly vlans: Uint16Array<ArrayBuffer>;
  /** Time before which no timer is due, ns. */
  readonly quiet: number;
  /** Time of the last packet, ns. */
  readonly clock: Float64Array<ArrayBuffer>;

  /** Takes over counters and tables of a core that handled its last packet at `now`; `bytes` is the room for a batch's frames. */
  constructor(core: Core, now: number, bytes: number) {
    this.frames = new Uint8Array((bytes + FRAME_SHIFT + Abi.REC_SIZE) & ~3);
    this.words = new Int32Array(this.frames.buffer);
    this.counters = region(core, Abi.REGION_COUNTERS);
    this.endpointCounters = region(core, Abi.REGION_ENDPOINT_COUNTERS);
    this.backendCounters = region(core, Abi.REGION_BACKEND_COUNTERS);
    const tables = core.region(Abi.REGION_TABLES);
    const section = (field: number): number => tables + core.u32(tables + field);
    this.timeouts = doubles(core, section(Abi.TABLES_TIMEOUTS), Abi.TIMER_COUNT);
    const vlans = section(Abi.TABLES_VLANS);
    this.vlans = new Uint16Array(core.bytes.buffer.slice(vlans, vlans + VLAN_ENTRIES * 2));
    this.quiet = Number(core.nextDeadline() ?? 0n);
    this.clock = Float64Array.of(now);
  }

  /** Describes the `i`-th frame of a batch: `at` is its place in `frames`, `time` in ns. */
  describe(i: number, at: number, length: number, network: number, side: number, time: number): void {
    this.descriptors[i * DESC + FRAME] = at;
    this.descriptors[i * DESC + CAPTURED] = length;
    this.descriptors[i * DESC + WIRE] = length;
    this.descriptors[i * DESC + ABOUT] = network | (Abi.LINK_ETHERNET << 16) | (side << 24);
    this.times[i * TIMES + TIME] = time;
  }
}

/** A region of 64-bit numbers, up to where the next one begins. */
function region(core: Core, which: number): Float64Array<ArrayBuffer> {
  const at = core.region(which);
  return doubles(core, at, (core.region(which + 1) - at) / 8);
}

function doubles(core: Core, at: number, count: number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: count }, (_, i) => Number(core.u64(at + i * 8)));
}
