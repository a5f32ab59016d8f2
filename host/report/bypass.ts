// What clients sent past endpoints, for people.

import Table from "cli-table3";
import type { Bypass } from "../dns/bypass.ts";
import { amount, bytesText, count } from "./quantity.ts";
import { PLAIN_TABLE } from "./table.ts";

const SHOWN = 12;

/** How it is known whose address it is. */
export const knownText = ({ known, name, packet }: Bypass): string =>
  known === "configuration"
    ? "publicIPAddresses"
    : `${name} ${known === "dns" ? "answered" : "asked for"} in packet ${packet}`;

/** Text of the list; empty when there is nothing in it. */
export function bypassText(rows: readonly Bypass[] = []): string {
  if (rows.length === 0) return "";
  const table = new Table({
    head: ["client", "goes to", "instead of", "packets", "", "known by"],
    ...PLAIN_TABLE,
    colAligns: ["left", "left", "left", "right", "right", "left"],
  });
  for (const row of rows.slice(0, SHOWN))
    table.push([
      row.client,
      `${row.destination} ${row.protocol}`,
      row.endpoint,
      count(row.packets),
      bytesText(row.bytes),
      knownText(row),
    ]);
  const more = rows.length > SHOWN ? [`  and ${amount(rows.length - SHOWN, "more row")}`] : [];
  const changes = [...new Set(rows.map(({ change }) => change))].slice(0, SHOWN).map((change) => `  ${change}`);
  return ["Past endpoints, to public addresses of their resources:", table.toString(), ...more, ...changes].join("\n");
}
