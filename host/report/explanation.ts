// An explanation as people read it: a line for each stage, then what came of the packet.

import type { ReplayExplanation } from "../replay/options.ts";

const INDENT = 2;

/** A packet's stages, verdict and what left. */
export function explanationText(explanation: ReplayExplanation): string {
  const { packet, entered, steps, verdict, reason, sentence, remedy, flow, deniedFlow, later, left } = explanation;
  const number = flow !== null ? `, flow ${flow}` : deniedFlow !== null ? `, denied flow ${deniedFlow}` : "";
  const rows: [string, string][] = [
    ...(entered === undefined ? [] : ([["enters as", entered]] as [string, string][])),
    ...steps.map(({ stage, decided, reason: against }): [string, string] => [
      stage,
      against === undefined ? decided : `${decided} -> ${against}`,
    ]),
    ["verdict", `${verdict}, ${reason}${number}`],
    ...[sentence, remedy].filter((text) => text !== "").map((text): [string, string] => ["", text]),
    ...(later === undefined ? [] : ([["later", later]] as [string, string][])),
    ...left.flatMap(({ side, cause, packet: its, tunnel, changes = [] }): [string, string][] => [
      ["leaves", `${side}: ${its}${cause === "input" ? "" : ` (${cause})`}`],
      ...(tunnel === undefined ? [] : ([["", `  in ${tunnel}`]] as [string, string][])),
      ...changes.map(({ field, before, after }): [string, string] => ["", `  ${field} ${before} -> ${after}`]),
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + INDENT;
  return `${packet}\n${rows.map(([name, text]) => `${" ".repeat(INDENT)}${name.padEnd(width)}${text}`.trimEnd()).join("\n")}\n`;
}
