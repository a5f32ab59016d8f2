// The events of a replay for people.

import Table from "cli-table3";
import type { ReplayEvent } from "../replay/summary.ts";
import { count } from "./quantity.ts";
import { PLAIN_TABLE } from "./table.ts";

const DIGITS = 3;

/** A table of the events; nothing when there are none. */
export function eventsText(events: readonly ReplayEvent[] | undefined): string {
  if (events === undefined) return "";
  const table = new Table({
    head: ["at", "event", "flows cut"],
    ...PLAIN_TABLE,
    colAligns: ["right", "left", "right"],
  });
  for (const { change, seconds, applied, flowsCut } of events) {
    const at = seconds === null ? "" : `${seconds < 0 ? "" : "+"}${seconds.toFixed(DIGITS)} s`;
    table.push([at, change, applied ? count(flowsCut) : "not reached"]);
  }
  return table.toString();
}
