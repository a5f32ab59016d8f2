// The summary of a replay for people, in less than 100 columns.

import { endText } from "../config/end.ts";
import { isSix } from "../config/ipv6.ts";
import Table from "cli-table3";
import { REASONS } from "../reasons.ts";
import type { ReplaySummary } from "../replay/summary.ts";
import { answersText } from "./answers.ts";
import { bypassText } from "./bypass.ts";
import { eventsText } from "./events.ts";
import { expectationsText } from "./expectations.ts";
import { amount, bytesText, count, rateText } from "./quantity.ts";
import { PLAIN_TABLE } from "./table.ts";
import { wireText } from "./wire.ts";

const WIDTH = 98;
const POOLS_SHOWN = 12;
const NAME_WIDTH = 36;

/** Text of a summary; `out` is the capture that was written, with both sides or one. */
export function textReport(
  summary: ReplaySummary,
  { out, oneSided = false }: { out?: string; oneSided?: boolean } = {},
): string {
  if (summary.captures.every(({ format }) => format === null)) return nothing(summary);
  const sections = [
    captures(summary),
    packets(summary),
    endpoints(summary),
    (summary.inertRules ?? []).flatMap((sentence) => wrap(sentence, WIDTH)).join("\n"),
    drops(summary),
    names(summary),
    flows(summary),
    proxyHeaders(summary),
    eventsText(summary.events),
    replies(summary),
    answersText(summary.wrongAnswers),
    bypassText(summary.bypassing),
    natPorts(summary),
    summary.expectations === undefined ? "" : expectationsText(summary.expectations),
    busiest(summary),
    closing(summary),
    wireText(summary.wire),
    written(summary, out, oneSided),
  ];
  const text = sections.filter((section) => section !== "").join("\n\n");
  return `${text.replace(/ +$/gm, "")}\n`;
}

/** Of captures that could not be read at all. */
function nothing(summary: ReplaySummary): string {
  return `${captures(summary)}\n\nNothing could be read, so nothing was replayed or written.\n`;
}

function written({ written: frames }: ReplaySummary, out: string | undefined, sideNamed: boolean): string {
  if (out === undefined || out === "-") return "";
  const oneSided = sideNamed || out.toLowerCase().endsWith(".pcap");
  if (frames === 0)
    return `Written to ${out}: it holds no packet.${oneSided ? " Its side had none; --out-side shows the other one." : ""}`;
  const what = oneSided ? "it shows one side." : "each packet is followed by what left.";
  return `Written to ${out}: open it in Wireshark; ${what}`;
}

function captures({ captures: list, interrupted }: ReplaySummary): string {
  const lines = list.map(({ file, format, packets: read, bytes, damaged }) => {
    const state = damaged === null ? "" : format === null ? "" : ", damaged: what came before the damage was replayed";
    return `${file}: ${amount(read, "packet")}, ${bytesText(bytes)}, ${format ?? "not read"}${state}`;
  });
  return [...lines, ...(interrupted === true ? ["Interrupted: what follows is what was done so far."] : [])].join("\n");
}

function packets({ packets: { read, forwarded, dropped, passed } }: ReplaySummary): string {
  return `${count(read)} packets: ${count(forwarded)} forwarded, ${count(dropped)} dropped, ${count(passed)} passed (no endpoint's)`;
}

function endpoints({ endpoints: list }: ReplaySummary): string {
  const table = new Table({
    head: ["endpoint", "connection", "flows", "to service", "", "to consumer", "", "dropped"],
    ...PLAIN_TABLE,
    colAligns: ["left", "left", "right", "right", "right", "right", "right", "right"],
  });
  for (const { name, state, flows: opened, toService, toConsumer, drops: reasons } of list) {
    const dropped = Object.values(reasons).reduce((sum, packets) => sum + packets, 0);
    table.push([
      name,
      state,
      count(opened),
      count(toService.packets),
      bytesText(toService.bytes),
      count(toConsumer.packets),
      bytesText(toConsumer.bytes),
      count(dropped),
    ]);
  }
  return table.toString();
}

function drops({ drops: reasons }: ReplaySummary): string {
  const rows = Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  if (rows.length === 0) return "";
  const lines = rows.flatMap(([name, packets]) => {
    const reason = REASONS.find((candidate) => candidate.name === name);
    const text = `${reason?.sentence ?? ""} ${reason?.remedy ?? ""}`.trim();
    return [`  ${count(packets).padStart(7)}  ${name}`, ...wrap(text, WIDTH - 11).map((line) => `           ${line}`)];
  });
  return ["Dropped, by reason:", ...lines].join("\n");
}

function names({ names: seen }: ReplaySummary): string {
  if (seen === undefined) return "";
  const { refused, holds, holdsPeak, encrypted, notFiltered } = seen;
  const lines: string[] = [];
  if (refused.length > 0) {
    const table = new Table({ head: ["refused name", "endpoint", "flows", "clients"], ...PLAIN_TABLE });
    for (const { name, endpoint, flows: asked, clients } of refused.slice(0, POOLS_SHOWN))
      table.push([shortened(name, NAME_WIDTH), endpoint, count(asked), shortened(clients.join(" "), NAME_WIDTH)]);
    lines.push(table.toString());
    if (refused.length > POOLS_SHOWN) lines.push(`  and ${amount(refused.length - POOLS_SHOWN, "more name")}`);
  }
  lines.push(`First messages: at most ${count(holdsPeak)} of ${count(holds)} places of the hold pool in use`);
  if (encrypted > 0) lines.push(`  ${amount(encrypted, "flow")} let through by the outer name of an encrypted hello`);
  if (notFiltered.length > 0) lines.push(`  Rules that are not name-filtered: ${notFiltered.join(", ")}`);
  return lines.join("\n");
}

/** A text of at most so many characters. */
const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 3)}...` : text);

function flows({ flows: { created, denied, expired, active, peak, unrecorded }, backends }: ReplaySummary): string {
  const first = `Flows: ${count(created)} created and ${count(denied)} denied; ${count(expired)} ended, ${count(active)} alive at the end, at most ${count(peak)} at once`;
  const lost = `\n  ${amount(unrecorded, "refused packet")} left no record of its flow: raise settings.maxDenied`;
  const line = unrecorded === 0 ? first : first + lost;
  const used = backends.filter(({ flows: given }) => given > 0);
  if (used.length === 0) return line;
  const table = new Table({ head: ["backend", "pool", "flows"], ...PLAIN_TABLE, colAligns: ["left", "left", "right"] });
  for (const { address, pool, flows: given } of used.sort((a, b) => b.flows - a.flows).slice(0, POOLS_SHOWN))
    table.push([address, pool, count(given)]);
  const more = used.length > POOLS_SHOWN ? `\n  and ${amount(used.length - POOLS_SHOWN, "more backend")}` : "";
  return `${line}\n${table.toString()}${more}`;
}

function proxyHeaders({ generated: { proxyHeader } }: ReplaySummary): string {
  return proxyHeader === 0
    ? ""
    : `PROXY headers: ${count(proxyHeader)} put in front of clients' streams, each time one left`;
}

function replies({
  replies: { mirrored, identical, different, unmatched, refused, compared },
  checksums,
}: ReplaySummary): string {
  const lines = [
    compared === false
      ? `Replies: ${count(mirrored)} rebuilt as their backends must have sent them, and not compared`
      : `Replies: ${count(mirrored)} rebuilt and sent through; ${count(identical)} came out as captured, ${count(different)} differently`,
  ];
  if (different > 0)
    lines.push(
      "  A different reply is a fault of the plane, or of a capture with other translations in it:",
      "  look for its comment in --out.",
    );
  if (unmatched > 0)
    lines.push(`  ${count(unmatched)} unmatched: their requests are not in the capture, or they cannot be rebuilt`);
  if (refused > 0) lines.push(`  ${count(refused)} refused: the plane refused their flow, or it had ended`);
  if (checksums !== undefined)
    lines.push(
      `Checksums: ${count(checksums.verified)} packets verified, ${count(checksums.wrongBefore)} came wrong (offload, often), ${count(checksums.changed)} changed their error`,
    );
  return lines.join("\n");
}

function natPorts({ natPools }: ReplaySummary): string {
  if (natPools.length === 0) return "";
  const table = new Table({
    head: ["NAT address", "backend", "protocol", "in use", "peak", "of", "exhausted"],
    ...PLAIN_TABLE,
    colAligns: ["left", "left", "left", "right", "right", "right", "right"],
  });
  const busiestFirst = [...natPools].sort((a, b) => b.exhausted - a.exhausted || b.peak - a.peak);
  for (const { natAddress, backend, protocol, inUse, peak, capacity, exhausted } of busiestFirst.slice(0, POOLS_SHOWN))
    table.push([natAddress, backend, protocol, count(inUse), count(peak), count(capacity), count(exhausted)]);
  const more = natPools.length > POOLS_SHOWN ? `\n  and ${amount(natPools.length - POOLS_SHOWN, "more pool")}` : "";
  return `NAT ports:\n${table.toString()}${more}`;
}

function busiest({ busiest: list, endpoints: known, backends, bypassing: [past] = [] }: ReplaySummary): string {
  if (list === undefined) return "";
  const first = list[0];
  const none = "No packet that was read is for an endpoint";
  if (first === undefined) return `${none}, and none is TCP or UDP.`;
  const lines = list.map(
    ({ address, port, protocol, packets: seen }) =>
      `  ${count(seen).padStart(9)}  ${endText(address, port)} ${protocol}`,
  );
  const server = list.find(({ address }) => backends.some((backend) => backend.address === address));
  // Most endpoints have an IPv4 address.
  const { address, port } = list.find((each) => !isSix(each.address)) ?? first;
  const place = past?.destination ?? endText(address, port);
  const alias = `${past?.endpoint ?? known[0]?.name ?? "ENDPOINT"}=${place}`;
  const which = past === undefined ? "one of them" : "the public address of its resource";
  const whose = place.startsWith("[") ? "an endpoint that has an IPv6 address" : "an endpoint";
  const advice =
    server === undefined
      ? `Let ${which} stand for ${whose}: --as ${alias}`
      : `${server.address} is a backend: was the capture taken there, at the server? Then say so: --side provider`;
  return [`${none}. The busiest destinations, in packets:`, ...lines, advice].join("\n");
}

function closing({ time, packets: { read }, captures: list, seed }: ReplaySummary): string {
  const bytes = list.reduce((sum, capture) => sum + capture.bytes, 0);
  return [
    `Actual: ${amount(read, "packet")} (${count(bytes)} bytes) in ${time.wallSeconds.toFixed(2)} seconds; ${time.captureSeconds.toFixed(3)} seconds of capture`,
    `Rated: ${rateText(time.bitsPerSecond)}, ${count(Math.round(time.packetsPerSecond))} packets/s; seed ${seed}`,
  ].join("\n");
}

/** Breaks a sentence into lines. */
function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1] as string;
    if (last !== "" && last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}
