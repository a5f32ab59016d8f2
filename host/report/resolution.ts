// What a name resolves to, for people.

import Table from "cli-table3";
import type { Resolution } from "../dns/resolve.ts";
import { PLAIN_TABLE } from "./table.ts";

/** Text of a resolution, ending with a newline. */
export function resolutionText({ name, network, outcome, addresses, endpoint, steps, warnings }: Resolution): string {
  const address = addresses.join(", ");
  const result = {
    private: `is ${address}, endpoint "${endpoint}"`,
    public:
      address === ""
        ? "leads to what public DNS answers, which the configuration does not say: past every endpoint"
        : `is ${address}, the public address: past every endpoint`,
    none: "does not exist: a private zone hides it",
  }[outcome];
  const table = new Table({ head: ["asked", "zone", "answer"], ...PLAIN_TABLE });
  for (const step of steps) table.push([step.name, step.zone, step.answer]);
  const reasons = steps.map(({ why }) => `${why}\n`);
  const warned = warnings.map((warning) => `Warning: ${warning}\n`);
  const text = `In "${network}", ${name} ${result}.\n\n${table.toString()}\n\n${[...reasons, ...warned].join("")}`;
  return text.replace(/ +$/gm, "");
}
