// What a plane's cores are made with, and what they are given when the configuration changes.

import * as Abi from "./abi.ts";
import { checkChange, roomFor, tablesRoom } from "./config/change.ts";
import { type CompiledTables, compile } from "./config/compile.ts";
import { type Configuration, isChecked } from "./config/configuration.ts";
import { NUMBERED_MOST } from "./config/totals.ts";
import { type CoreSizes, RING_SIZE } from "./core.ts";
import { LinkplaneError } from "./errors.ts";
import type { PlaneOptions } from "./plane.ts";
import { ShardNumbers } from "./shards/numbers.ts";

/** What the cores of a plane are made with: the sizes of each shard, the tables of all. */
export interface PlanePlan {
  configuration: Configuration;
  midStream: "admit" | "drop";
  sizes: CoreSizes;
  tables: CompiledTables;
  numbers: ShardNumbers;
}

/** Head room: things that changes may bring beside those there are, at least. */
const ENDPOINTS_LEAST = 256;
const BACKENDS_LEAST = 1024;
const POOL_SLOTS_LEAST = 1024;
/** Blocks of ports beyond one for each pool, and those of pools that changes bring. */
const PORT_BLOCKS_SPARE = 65_536;
const PORT_BLOCKS_LEAST = 4096;

/** Bytes of a frame and of all fragments that are held, each padded to the next multiple of 16. */
const RING_LEAST = Abi.FRAME_MAX + Abi.FRAGMENTS_HELD_MAX * roundedUp(Abi.FRAGMENT_BYTES_MAX);

/** Throws CONFIG_INVALID for options that mean nothing: they would quietly do something else. */
function checkOptions({ midStream = "drop", ringSize = RING_SIZE }: PlaneOptions): void {
  if (midStream !== "drop" && midStream !== "admit")
    throw new LinkplaneError("CONFIG_INVALID", `The option midStream cannot be "${String(midStream)}".`, {
      remedy: "Use drop or admit, or leave it out for drop.",
    });
  if (!Number.isSafeInteger(ringSize) || ringSize < Abi.FRAME_MAX)
    throw new LinkplaneError("CONFIG_INVALID", `The option ringSize cannot be ${String(ringSize)}.`, {
      remedy: `Use a whole number of bytes, ${Abi.FRAME_MAX} or more, or leave it out.`,
    });
}

/** Compiles a checked configuration. Throws CONFIG_INVALID for wrong options. */
export function planned(configuration: Configuration, options: PlaneOptions): PlanePlan {
  checkOptions(options);
  const midStream = options.midStream ?? "drop";
  const tables = compile(configuration, midStream);
  const numbers = new ShardNumbers(configuration.settings);
  const { poolSlots, names } = tables;
  const { settings } = configuration;
  const fragments = settings.fragments === "translate";
  const ofPool = Math.ceil(Abi.PORT_COUNT / Abi.PORT_BLOCK);
  const sizes = {
    maxFlows: numbers.flows,
    maxDenied: numbers.denied,
    poolSlots: roomFor(poolSlots, POOL_SLOTS_LEAST),
    portBlocks: Math.min(poolSlots * ofPool, poolSlots + PORT_BLOCKS_SPARE) + PORT_BLOCKS_LEAST,
    tables: tablesRoom(tables.image.byteLength),
    endpoints: Math.min(roomFor(names.endpoints.length, ENDPOINTS_LEAST), NUMBERED_MOST),
    backends: Math.min(roomFor(names.backends.length, BACKENDS_LEAST), NUMBERED_MOST),
    keepLinks: tables.keepLinks,
    holdSlots: tables.holdSlots,
    holdRemembers: tables.holdRemembers,
    proxies: tables.proxies,
    fragments,
    evicts: settings.whenFull === "evict",
    ...(numbers.ofClient === undefined ? {} : { clientFlows: numbers.ofClient }),
    six: tables.six,
    keepEnded: options.onFlowEnd !== undefined,
    // What is dealt to a shard at once may be a frame and all fragments that are held.
    ringSize: roundedUp(Math.max(options.ringSize ?? RING_SIZE, fragments && settings.shards > 1 ? RING_LEAST : 0)),
  };
  return { configuration, midStream, sizes, tables, numbers };
}

/** A plan for the same cores with another configuration. Throws CONFIG_INVALID for one that is not checked, CHANGE_REFUSED. */
export function replanned(plan: PlanePlan, configuration: Configuration): PlanePlan {
  if (!isChecked(configuration))
    throw new LinkplaneError("CONFIG_INVALID", "The configuration to be applied has not been checked.", {
      remedy: "Give it to normalizeConfiguration of linkplane/config first, or read it with parseConfiguration.",
    });
  const tables = compile(configuration, plan.midStream, plan.tables.numbering);
  const { numbering, image, poolSlots, keepLinks, holdSlots, holdRemembers, proxies, six } = tables;
  const { sizes } = plan;
  checkChange(
    plan.configuration,
    configuration,
    {
      ...sizes,
      tables: sizes.tables ?? 0,
      holdSlots: sizes.holdSlots ?? 0,
      holdRemembers: sizes.holdRemembers ?? false,
      proxies: sizes.proxies ?? false,
      six: sizes.six ?? false,
    },
    {
      tables: image.byteLength,
      poolSlots,
      endpoints: numbering.endpoints.count,
      backends: numbering.backends.count,
      holdSlots,
      holdRemembers,
      proxies,
      six,
      keepLinks,
      networks: numbering.networks.count,
      natAddresses: numbering.natAddresses.count,
      rules: numbering.rules.count,
      idleTimeouts: numbering.idle.count,
    },
  );
  // Whoever reads names has the same object from the first configuration on.
  return { ...plan, configuration, tables: { ...tables, names: Object.assign(plan.tables.names, tables.names) } };
}

/** A whole number of cache lines, so that frames that fit still do when each is padded. */
function roundedUp(bytes: number): number {
  return (bytes + 63) & ~63;
}
