// Collateral of Maglev tables: when a backend leaves a pool's table, some places change hands between those that stay, and new
// flows of their clients go elsewhere. Reckoned by building the table without it (docs/behaviour.md, section 4).

import type { Backend, BackendAddressPool, Configuration } from "./configuration.ts";
import { seedWords, type SeedWords } from "./hash.ts";
import { tableSize } from "./maglev.ts";
import { inOrder, tableOf, takersOf } from "./pools.ts";

/** What leaves a pool's table when a backend does. */
export interface Collateral {
  loadBalancer: string;
  pool: string;
  /** Backends that take new flows. */
  backends: number;
  /** Places of the table; 0 when no backend takes new flows. */
  places: number;
  /** Backends that were left out, one after the other. */
  tried: number;
  /** Places of the other backends that went from one to another of them: on average, and at most. */
  moved: { average: number; most: number };
}

/** Of large pools so many backends are tried, evenly over their addresses: a table of half a million places takes its time. */
const TRIED_MOST = 16;
const NONE = { average: 0, most: 0 };

/** For each pool of a configuration. */
export function collateralOf({ loadBalancers, settings }: Configuration): Collateral[] {
  const seed = seedWords(settings.seed);
  return loadBalancers.flatMap(({ name: loadBalancer, backendAddressPools }) =>
    backendAddressPools.map((pool) => ({ loadBalancer, pool: pool.name, ...ofPool(pool, seed) })),
  );
}

function ofPool(pool: BackendAddressPool, seed: SeedWords): Omit<Collateral, "loadBalancer" | "pool"> {
  const takers = inOrder(takersOf(pool));
  const backends = takers.length;
  const places = tableSize(pool.backends.length);
  if (backends === 0) return { backends, places: 0, tried: 0, moved: NONE };
  // The last one that leaves moves nothing: no other is left.
  if (backends === 1) return { backends, places, tried: 1, moved: NONE };
  const before = ownersOf(takers, places, seed);
  const tried = Math.min(backends, TRIED_MOST);
  const moved = Array.from({ length: tried }, (_, i) => {
    const gone = Math.floor((i * backends) / tried);
    const after = ownersOf(
      takers.filter((_, place) => place !== gone),
      places,
      seed,
    );
    return before.reduce((sum, owner, slot) => sum + Number(owner !== takers[gone] && owner !== after[slot]), 0);
  });
  const average = moved.reduce((sum, count) => sum + count, 0) / tried;
  return { backends, places, tried, moved: { average, most: Math.max(...moved) } };
}

/** The owner of each place of a table. */
function ownersOf(members: readonly Backend[], places: number, seed: SeedWords): (Backend | undefined)[] {
  return Array.from(tableOf(members, places, seed), (member) => members[member]);
}
