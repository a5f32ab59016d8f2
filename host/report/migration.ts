// The migration report: what a capture says about moving its traffic behind private endpoints, in Markdown, for who has to decide.

import { markdownTable } from "markdown-table";
import { type FailingFlows, isConsequence, type MigrationReport } from "../replay/migration.ts";
import type { ReplaySummary } from "../replay/summary.ts";
import { knownText } from "./bypass.ts";
import { amount, bytesText, count } from "./quantity.ts";

const SHOWN = 50;
const CLIENTS_SHOWN = 5;
const NOTHING_MET =
  "No packet of the capture is for an endpoint, so nothing can be said of what would work: let today's address of a service stand for one with `--as ENDPOINT=ADDRESS`.";

/** The report of a summary that has one; `explain` is the command that tells more of a packet N. */
export function migrationText(
  summary: ReplaySummary,
  configuration: string,
  explain = "linkplane explain CAPTURE --packet N",
): string {
  const { migration } = summary;
  if (migration === undefined) return "";
  const sections = [
    heading(summary, migration, configuration),
    inShort(summary, migration),
    works(migration),
    fails(migration, explain),
    bypassing(summary),
    names(migration),
    capacity(summary),
    silences(migration),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function heading({ captures }: ReplaySummary, { first, last }: MigrationReport, configuration: string): string {
  const files = captures.map(({ file, packets, damaged }) => {
    const state = damaged === null ? "" : " (damaged: what came before the damage is in this report)";
    return `${code(file)}, ${amount(packets, "packet")}${state}`;
  });
  const span = first === null || last === null ? "" : `\n\nFrom ${first} to ${last}.`;
  return `# Moving behind private endpoints\n\nThe traffic of ${files.join("; ")}, through ${code(configuration)}.${span}`;
}

function inShort(
  summary: ReplaySummary,
  { works: working, fails: failing, silences: silent, names: named }: MigrationReport,
): string {
  const flows = working.reduce((sum, row) => sum + row.flows, 0);
  const past = new Set((summary.bypassing ?? []).map(({ client }) => client)).size;
  const astray = named.filter(({ endpoint }) => endpoint === null).length;
  const { unrecorded } = summary.flows;
  const fullest = Math.max(0, ...summary.natPools.map(({ peak, capacity: most }) => peak / most));
  const lines = [
    ...(flows === 0 && failing.length === 0
      ? [NOTHING_MET]
      : [`${amount(flows, "flow")} would work.`, refused(failing)]),
    unrecorded === 0
      ? ""
      : `${amount(unrecorded, "refused packet")} left no record of its flow and is in no count of flows: raise \`settings.maxDenied\`.`,
    past === 0 ? "" : `${amount(past, "client")} would go past an endpoint, to a public address.`,
    astray === 0 ? "" : `${amount(astray, "name")} would lead past the endpoint: see the names below.`,
    `${amount(summary.flows.peak, "flow")} at once, at most; the fullest pool of NAT ports is ${percent(fullest)} full then.`,
    silent.length === 0 ? "" : `${amount(silent.length, "connection")} would be cut in a pause.`,
  ];
  return `## In short\n\n${lines
    .filter((line) => line !== "")
    .map((line) => `- ${line}`)
    .join("\n")}`;
}

function refused(failing: readonly FailingFlows[]): string {
  if (failing.length === 0) return "Nothing would be refused.";
  const causes = failing.filter((row) => !isConsequence(row));
  const packets = (rows: readonly FailingFlows[]): number => rows.reduce((sum, row) => sum + row.packets, 0);
  const flows = causes.reduce((sum, row) => sum + row.flows, 0);
  const replies = packets(failing) - packets(causes);
  const counted = `${amount(packets(causes), "packet")}${replies === 0 ? "" : ` and ${count(replies)} of replies`}`;
  const reasons = amount(new Set(causes.map(({ reason }) => reason)).size, "reason");
  return `${amount(flows, "flow")} would be refused, for ${reasons}: ${counted}.`;
}

function works({ works: rows }: MigrationReport): string {
  if (rows.length === 0) return "## What would work\n\nNo flow of the capture.";
  const lines = rows.map(({ endpoint, port, protocol, clients, flows, packets, bytes }) => [
    endpoint,
    `${port}/${protocol}`,
    count(clients),
    count(flows),
    count(packets),
    bytesText(bytes),
  ]);
  return `## What would work\n\n${table(["endpoint", "port", "clients", "flows", "packets", "bytes"], "llrrrr", lines)}`;
}

function fails({ fails: rows }: MigrationReport, explain: string): string {
  if (rows.length === 0) return "";
  const lines = rows.map(({ endpoint, reason, ports, clients, flows, packets, packet }) => [
    endpoint,
    code(reason),
    ports.join(" "),
    some(clients),
    count(flows),
    count(packets),
    packet === null ? "" : String(packet),
  ]);
  const head = ["endpoint", "reason", "ports", "clients", "flows", "packets", "first packet"];
  const seen = new Map(rows.map((row) => [row.reason, row]));
  const why = [...seen.values()].map(({ reason, sentence, remedy }) =>
    `- ${code(reason)}: ${sentence} ${remedy}`.trimEnd(),
  );
  const ask = `Ask for every stage that such a packet met: ${code(explain)}.`;
  return `## What would not, and why\n\n${table(head, "llllrrr", lines)}\n\n${why.join("\n")}\n\n${ask}`;
}

function bypassing({ bypassing: rows = [] }: ReplaySummary): string {
  if (rows.length === 0) return "";
  const lines = rows
    .slice(0, SHOWN)
    .map((row) => [
      row.client,
      row.network,
      `${row.destination} ${row.protocol}`,
      row.endpoint,
      knownText(row),
      count(row.packets),
    ]);
  const head = ["client", "network", "goes to", "instead of", "known by", "packets"];
  const changes = [...new Set(rows.map(({ change }) => `- ${change}`))];
  return `## What goes past the endpoints\n\n${table(head, "lllllr", lines)}${more(rows.length)}\n\n${changes.join("\n")}`;
}

function names({ names: rows }: MigrationReport): string {
  if (rows.length === 0) return "";
  const listed = (addresses: readonly string[], otherwise: string): string => addresses.join(" ") || otherwise;
  const lines = rows
    .slice(0, SHOWN)
    .map(({ name, network, answered, leads, endpoint }) => [
      name,
      network,
      listed(answered, "no such name"),
      listed(leads, "public address"),
      endpoint ?? "past the endpoint",
    ]);
  const head = ["name", "network", "answered today", "the configuration's zones give", "leads to"];
  const why = [
    ...new Set(rows.filter(({ endpoint }) => endpoint === null).map((row) => `- ${code(row.name)}: ${row.why}`)),
  ];
  const changes = why.length === 0 ? "" : `\n\n${why.join("\n")}`;
  return `## Names\n\n${table(head, "lllll", lines)}${more(rows.length)}${changes}`;
}

function capacity({ natPools, flows }: ReplaySummary): string {
  const used = natPools.filter(({ peak }) => peak > 0).sort((a, b) => b.peak / b.capacity - a.peak / a.capacity);
  const lines = used
    .slice(0, SHOWN)
    .map(({ natAddress, backend, protocol, peak, capacity: most, exhausted }) => [
      natAddress,
      backend,
      protocol,
      count(peak),
      percent(peak / most),
      count(exhausted),
    ]);
  const head = ["NAT address", "backend", "protocol", "ports at once", "of its pool", "refused for want of one"];
  const text = `${amount(flows.peak, "flow")} at once, at most. Each pair of NAT address and backend carries 64,512 flows of each protocol, more of either carry more; with floating IP all backends of a frontend are one.`;
  return `## Connections needed\n\n${text}${lines.length === 0 ? "" : `\n\n${table(head, "lllrrr", lines)}${more(used.length)}`}`;
}

function silences({ silences: rows }: MigrationReport): string {
  if (rows.length === 0) return "";
  const lines = rows
    .slice(0, SHOWN)
    .map(({ client, endpoint, port, seconds, timeoutSeconds, times, packet }) => [
      client,
      `${endpoint}:${port}`,
      `${seconds.toFixed(1)} s`,
      `${timeoutSeconds} s`,
      count(times),
      String(packet),
    ]);
  const head = ["client", "endpoint", "longest pause", "idle timeout", "times", "packet behind the first"];
  const shortest = Math.min(...rows.map(({ timeoutSeconds }) => timeoutSeconds));
  const advice = `The service forgets a connection that says nothing for so long, and without \`enableTcpReset\` neither end is told. What comes after the pause is new to it: a rule that reads names refuses it, and others pass it to whatever backend they choose. Have the clients send keepalives more often than every ${shortest} seconds, or raise \`idleTimeoutInMinutes\` of the rule.`;
  return `## Pauses that the idle timeout would cut\n\n${table(head, "llrrrr", lines)}${more(rows.length)}\n\n${advice}`;
}

const more = (rows: number): string => (rows > SHOWN ? `\n\nand ${amount(rows - SHOWN, "more row")}` : "");
const percent = (part: number): string => `${(part * 100).toFixed(part > 0 && part < 0.001 ? 3 : 1)} %`;
const code = (text: string): string => `\`${text}\``;

function some(clients: readonly string[]): string {
  const rest = clients.length - CLIENTS_SHOWN;
  return `${clients.slice(0, CLIENTS_SHOWN).join(" ")}${rest > 0 ? ` and ${count(rest)} more` : ""}`;
}

/** A Markdown table; what would end a cell is escaped. */
function table(head: string[], align: string, rows: string[][]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replace(/[\\|]/g, "\\$&").replace(/\s+/g, " ")));
  return markdownTable([head, ...escaped], { align: [...align] });
}
