// Pools of backends for people: who takes new flows, and what the others notice when one leaves.

import Table from "cli-table3";
import { type Collateral, collateralOf } from "../config/collateral.ts";
import type { Configuration } from "../config/configuration.ts";
import { count } from "./quantity.ts";
import { PLAIN_TABLE } from "./table.ts";

const PERCENT = 100;

/** Both tables. */
export function poolTables(configuration: Configuration): string {
  return `${backendTable(configuration)}\n\n${collateralTable(collateralOf(configuration))}`;
}

function backendTable({ loadBalancers }: Configuration): string {
  const table = new Table({
    head: ["load balancer", "pool", "backend", "weight", "state", "admin state"],
    ...PLAIN_TABLE,
  });
  for (const balancer of loadBalancers)
    for (const pool of balancer.backendAddressPools)
      for (const { address, weight, state, adminState = "None" } of pool.backends)
        table.push([balancer.name, pool.name, address, weight, state, adminState]);
  return table.toString();
}

function collateralTable(pools: readonly Collateral[]): string {
  const table = new Table({
    head: ["load balancer", "pool", "backends up", "places", "others' places that move when one leaves", "at most"],
    ...PLAIN_TABLE,
    colAligns: ["left", "left", "right", "right", "right", "right"],
  });
  for (const { loadBalancer, pool, backends, places, moved } of pools)
    table.push([
      loadBalancer,
      pool,
      count(backends),
      count(places),
      share(moved.average, places),
      share(moved.most, places),
    ]);
  return table.toString();
}

/** `12.3 (0.60 %)`. */
function share(places: number, all: number): string {
  const text = Number.isInteger(places) ? count(places) : places.toFixed(1);
  return all === 0 ? "-" : `${text} (${((places / all) * PERCENT).toFixed(2)} %)`;
}
