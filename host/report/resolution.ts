// What a name resolves to, for people.

import Table from "cli-table3";
import type { Resolution } from "../dns/resolve.ts";
import { PLAIN_TABLE } from "./table.ts";

/** Text of a resolution, ending with a newline. */
export function resolutionText({ name, network, outcome, addresses, endpoint, steps, warnings }: Resolution): string {
  const address = addresses.join(", ") || "an address that the configuration does not know";
  const result = {
    private: `${address}, endpoint "${endpoint}"`,
    public: `${address}, in public: past every endpoint`,
    none: "nothing: no such name",
  }[outcome];
  const table = new Table({ head: ["asked", "zone", "answer"], ...PLAIN_TABLE });
  for (const step of steps) table.push([step.name, step.zone, step.answer]);
  const reasons = steps.map(({ why }) => `${why}\n`);
  const warned = warnings.map((warning) => `Warning: ${warning}\n`);
  const text = `In "${network}", ${name} is ${result}.\n\n${table.toString()}\n\n${[...reasons, ...warned].join("")}`;
  return text.replace(/ +$/gm, "");
}
