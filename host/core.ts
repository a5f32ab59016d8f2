// The only file that touches the core's exports. Frames and descriptors go into linear memory, `run` calls the core, and
// what it says is read where it lies. Numbers in, numbers out: names are the plane's business.

import { instantiate, instantiateSync } from "@assemblyscript/loader";
import * as Abi from "./abi.ts";
import { LinkplaneError } from "./errors.ts";

/** What an instance exports. */
export interface CoreExports extends Record<string, unknown> {
  memory: WebAssembly.Memory;
  version(): number;
  configure(): number;
  activate(): void;
  process(count: number): number;
  deal(count: number): number;
  advance(time: bigint): void;
  nextDeadline(): bigint;
  reset(): void;
}

/** Sizes the core is configured with. */
export interface CoreSizes {
  maxFlows: number;
  maxDenied: number;
  poolSlots: number;
  /** Blocks of NAT ports that all pools share. */
  portBlocks: number;
  /** Bytes that an image of tables may have; those of the first one when absent. */
  tables?: number;
  endpoints: number;
  backends: number;
  keepLinks: boolean;
  /** Places of the hold pool; 0 when no rule identifies by name. */
  holdSlots?: number;
  /** Places remember requests. */
  holdRemembers?: boolean;
  /** Some service puts PROXY headers in front of streams. */
  proxies?: boolean;
  /** Fragments are translated. */
  fragments?: boolean;
  /** Flows that open take the place of others that do, where there is none. */
  evicts?: boolean;
  /** Flows that a client may have at once; any number when absent. */
  clientFlows?: number;
  /** There are IPv6 addresses. */
  six?: boolean;
  /** Report flows as they end. */
  keepEnded: boolean;
  /** Bytes for the frames of one batch; RING_SIZE when absent. */
  ringSize?: number | undefined;
  /** Which of the configuration's shards the instance is; the first when absent. */
  shard?: number;
  /** It deals frames out to shards instead of handling them. */
  deals?: boolean;
}

/** Bytes for the frames of one batch, unless the sizes say otherwise. */
export const RING_SIZE = 4 * 1024 * 1024;
/** A wire length beyond this is a lie; it is cut so that address arithmetic cannot wrap. */
const WIRE_MAX = 0x3fffffff;
const NO_DEADLINE = 2n ** 64n - 1n;

/** One instance of the core with its memory. */
export class Core {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly halves: Uint16Array<ArrayBuffer>;
  readonly longs: BigUint64Array<ArrayBuffer>;
  protected readonly exports: CoreExports;
  private readonly regions: Uint32Array;
  /** Address and size of the ring, where frames are placed. */
  readonly ring: number;
  readonly ringSize: number;
  protected readonly descriptors: number;
  protected readonly verdicts: number;
  protected readonly emits: number;
  /** Frames of one batch. */
  private readonly most: number;
  protected placed = 0;
  private ringEnd: number;

  protected constructor(exports: CoreExports, most: number = Abi.BATCH_MAX) {
    this.exports = exports;
    this.most = most;
    const buffer = exports.memory.buffer as ArrayBuffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.longs = new BigUint64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
    this.regions = new Uint32Array(buffer, Abi.CONTROL_AT + Abi.CONTROL_REGIONS, Abi.REGION_COUNT);
    this.ring = this.region(Abi.REGION_RING);
    this.ringSize = this.control(Abi.CONTROL_RING_SIZE);
    this.descriptors = this.region(Abi.REGION_DESCRIPTORS);
    this.verdicts = this.region(Abi.REGION_VERDICTS);
    this.emits = this.region(Abi.REGION_EMITS);
    this.ringEnd = this.ring;
  }

  /** Instantiates a module, sizes its memory and puts the tables in force. Throws MEMORY_LIMIT. */
  static async create(module: WebAssembly.Module, sizes: CoreSizes, tables: Uint8Array): Promise<Core> {
    return new Core(await instantiated(module, sizes, tables));
  }

  /** The cores that hold the flows: this one, unless it stands before several. */
  get shards(): readonly Core[] {
    return [this];
  }

  /** The core in front of those, where it decides on something itself: on fragments. */
  get steerer(): Core | undefined {
    return undefined;
  }

  /** Version of the boundary the module was built for. */
  get version(): number {
    return this.exports.version();
  }

  /** Address of a region, one of the REGION_ numbers. */
  region(which: number): number {
    return this.regions[which] as number;
  }

  /** A control word, one of the CONTROL_ offsets. */
  control(field: number): number {
    return this.words[(Abi.CONTROL_AT + field) >>> 2] as number;
  }

  /** Frames placed and not yet handled. */
  get waiting(): number {
    return this.placed;
  }

  /** Whether a frame of so many bytes fits behind those placed. An empty ring takes any frame up to FRAME_MAX. */
  fits(length: number): boolean {
    return this.placed < this.most && this.ringEnd + length <= this.ring + this.ringSize;
  }

  /** Copies a frame into the ring and describes it; it must fit. Its place in the batch. Times are halves of a u64 of ns. */
  place(
    frame: Uint8Array,
    wireLength: number,
    network: number,
    link: number,
    side: number,
    timeLow: number,
    timeHigh: number,
    backend = 0,
  ): number {
    const at = this.ringEnd;
    this.bytes.set(frame, at);
    this.ringEnd = (at + frame.length + 15) & ~15;
    return this.describe(at, frame.length, wireLength, network, link, side, timeLow, timeHigh, backend);
  }

  /**
   * Describes a frame that lies in linear memory, for whoever put it there; a batch holds at most BATCH_MAX. `backend` is the
   * address, as a number, of the one a new flow should go to, 0 for any.
   */
  describe(
    address: number,
    captured: number,
    wireLength: number,
    network: number,
    link: number,
    side: number,
    timeLow: number,
    timeHigh: number,
    backend = 0,
  ): number {
    const word = (this.descriptors + this.placed * Abi.DESC_SIZE) >>> 2;
    this.words[word + Abi.DESC_FRAME / 4] = address;
    this.words[word + Abi.DESC_CAPTURED / 4] = captured;
    this.words[word + Abi.DESC_WIRE / 4] = Math.min(Math.max(wireLength, captured), WIRE_MAX);
    this.words[word + Abi.DESC_NETWORK / 4] = network | (link << 16) | (side << 24);
    this.words[word + Abi.DESC_TIME / 4] = timeLow;
    this.words[word + Abi.DESC_TIME / 4 + 1] = timeHigh;
    this.words[word + Abi.DESC_BACKEND / 4] = backend === 0 ? 0 : networkOrder(backend);
    return this.placed++;
  }

  /**
   * Takes over frames that another instance of the same ring size dealt to this one: their descriptors, and the frames with
   * their distance from the ring's first byte. Nothing may be waiting.
   */
  take(descriptors: Uint8Array, frames: Uint8Array, distance: number): void {
    this.bytes.set(descriptors, this.descriptors);
    this.bytes.set(frames, this.ring + distance);
    this.placed = descriptors.length / Abi.DESC_SIZE;
  }

  /** Handles what was placed, in order. How many were handled; the rest stays and goes first the next time. */
  run(): number {
    const handled = this.exports.process(this.placed);
    this.done(handled);
    return handled;
  }

  /** Takes the first waiting frames away. */
  protected done(handled: number): void {
    this.placed -= handled;
    if (this.placed > 0) {
      const from = this.descriptors + handled * Abi.DESC_SIZE;
      this.bytes.copyWithin(this.descriptors, from, from + this.placed * Abi.DESC_SIZE);
    } else {
      this.ringEnd = this.ring;
    }
  }

  /** Has the core write down what its stages decide, from the next run on (assembly/abi/trace.ts), or no more. */
  trace(on: boolean): void {
    for (const { words } of [...this.shards, ...(this.steerer === undefined ? [] : [this.steerer])]) {
      words[(Abi.CONTROL_AT + Abi.CONTROL_TRACE) >>> 2] = Number(on);
      words[(Abi.CONTROL_AT + Abi.CONTROL_TRACED) >>> 2] = 0;
    }
  }

  /** Puts other tables in force, which have to fit, between two runs. */
  adopt(tables: Uint8Array): void {
    this.bytes.set(tables, this.control(Abi.CONTROL_TABLES_NEXT));
    this.exports.activate();
  }

  /** Moves the clock on and releases what is due; false when more is due and the emits have to be read first. */
  advance(time: bigint): boolean {
    this.exports.advance(time);
    return this.control(Abi.CONTROL_MORE_DUE) === 0;
  }

  /** Time of the next timer, ns; undefined when there is none. */
  nextDeadline(): bigint | undefined {
    const time = BigInt.asUintN(64, this.exports.nextDeadline());
    return time === NO_DEADLINE ? undefined : time;
  }

  /** Forgets flows, counters and time. */
  reset(): void {
    this.placed = 0;
    this.ringEnd = this.ring;
    this.exports.reset();
  }

  /** Address of the verdict of the i-th frame handled by the last run. */
  verdict(i: number): number {
    return this.verdicts + i * Abi.VERDICT_SIZE;
  }

  /** Address of an emit of the last run or advance. */
  emit(i: number): number {
    return this.emits + i * Abi.EMIT_SIZE;
  }

  /** Emits of the last run or advance. */
  get emitCount(): number {
    return this.control(Abi.CONTROL_EMIT_COUNT);
  }

  /** Reports of ended flows of the last run or advance. */
  get endedCount(): number {
    return this.control(Abi.CONTROL_ENDED_COUNT);
  }

  u8(address: number): number {
    return this.bytes[address] as number;
  }

  u16(address: number): number {
    return this.halves[address >>> 1] as number;
  }

  u32(address: number): number {
    return this.words[address >>> 2] as number;
  }

  u64(address: number): bigint {
    return this.longs[address >>> 3] as bigint;
  }
}

/** An address as a number, in the order of bytes it has in linear memory. */
function networkOrder(address: number): number {
  return ((address << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | (address >>> 24)) >>> 0;
}

/** Instantiates a module, sizes its memory and puts the tables in force. Throws MEMORY_LIMIT. */
export async function instantiated(
  module: WebAssembly.Module,
  sizes: CoreSizes,
  tables: Uint8Array,
): Promise<CoreExports> {
  const { exports } = await instanceOf(module);
  const control = new Uint32Array(exports.memory.buffer, Abi.CONTROL_AT, Abi.CONTROL_REGIONS / 4);
  control[Abi.CONTROL_MAX_FLOWS / 4] = sizes.maxFlows;
  control[Abi.CONTROL_MAX_DENIED / 4] = sizes.maxDenied;
  control[Abi.CONTROL_TABLES_SIZE / 4] = sizes.tables ?? tables.byteLength;
  control[Abi.CONTROL_POOL_SLOTS / 4] = sizes.poolSlots;
  control[Abi.CONTROL_PORT_BLOCKS / 4] = sizes.poolSlots === 0 ? 0 : sizes.portBlocks;
  control[Abi.CONTROL_ENDPOINTS / 4] = sizes.endpoints;
  control[Abi.CONTROL_BACKENDS / 4] = sizes.backends;
  control[Abi.CONTROL_RING_SIZE / 4] = sizes.ringSize ?? RING_SIZE;
  control[Abi.CONTROL_KEEP_LINKS / 4] = Number(sizes.keepLinks);
  control[Abi.CONTROL_KEEP_ENDED / 4] = Number(sizes.keepEnded);
  control[Abi.CONTROL_HOLD_SLOTS / 4] = sizes.holdSlots ?? 0;
  control[Abi.CONTROL_HOLD_REMEMBERS / 4] = Number(sizes.holdRemembers ?? false);
  control[Abi.CONTROL_PROXIES / 4] = Number(sizes.proxies ?? false);
  control[Abi.CONTROL_FRAGMENTS / 4] = Number(sizes.fragments ?? false);
  control[Abi.CONTROL_EVICTS / 4] = Number(sizes.evicts ?? false);
  control[Abi.CONTROL_CLIENT_FLOWS / 4] = sizes.clientFlows ?? 0;
  control[Abi.CONTROL_SIX / 4] = Number(sizes.six ?? false);
  control[Abi.CONTROL_SHARD / 4] = sizes.shard ?? 0;
  control[Abi.CONTROL_DEALS / 4] = Number(sizes.deals ?? false);
  if (exports.configure() === 0)
    throw new LinkplaneError("MEMORY_LIMIT", `${sizes.maxFlows} flows do not fit into one plane's memory.`, {
      remedy: "Lower settings.maxFlows, or raise settings.shards: about 16,000,000 fit into each shard.",
    });
  const { buffer } = exports.memory;
  const [next] = new Uint32Array(buffer, Abi.CONTROL_AT + Abi.CONTROL_TABLES_NEXT, 1);
  new Uint8Array(buffer).set(tables, next);
  exports.activate();
  return exports;
}

/**
 * An instance, made at once where that may be: the loader's other way asks for the platform's Response, for which Node loads its
 * whole HTTP client (measured: a tenth of a short replay). Browsers may refuse a large module on their main thread.
 */
async function instanceOf(module: WebAssembly.Module): Promise<{ exports: CoreExports }> {
  try {
    return instantiateSync<CoreExports>(module, {});
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return instantiate<CoreExports>(module, {});
  }
}
