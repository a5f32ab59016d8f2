// Captures for replay tests, written down as packets in text.

import type { ByteSink } from "../../../host/capture/capture.ts";
import { memorySource } from "../../../host/capture/memory.ts";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import type { ReplayInput, ReplayOptions } from "../../../host/replay/options.ts";
import { replay } from "../../../host/replay/replay.ts";
import type { FlowLine, ReplaySummary } from "../../../host/replay/summary.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { frameOf } from "../../conformance/packet.ts";

/** A line of a capture: seconds, and the packet's text. */
export type Line = [number, string];

/** A TLS-like conversation of one client: handshake, one request, one answer, closing from both sides. */
export function conversation(start = 0, client = "10.1.0.9:5000", endpoint = "10.1.0.4:443", ttl = 55): Line[] {
  const request = `tcp ${client} > ${endpoint}`;
  const reply = `tcp ${endpoint} > ${client}`;
  return [
    [start, `${request} S seq=100`],
    [start + 0.01, `${reply} SA seq=900 ack=101 ttl=${ttl}`],
    [start + 0.02, `${request} A seq=101 ack=901`],
    [start + 0.03, `${request} PA seq=101 ack=901 data=question`],
    [start + 0.04, `${reply} PA seq=901 ack=109 data=answer ttl=${ttl}`],
    [start + 0.05, `${request} FA seq=109 ack=907`],
    [start + 0.06, `${reply} FA seq=907 ack=110 ttl=${ttl}`],
    [start + 0.07, `${request} A seq=110 ack=908`],
  ];
}

/** A classic microsecond pcap of some lines, Ethernet; of one with the word `snap=N` so many bytes were captured. */
export function pcapOf(lines: readonly Line[]): Uint8Array {
  const whole = lines.map(([, text]) => frameOf(text));
  const frames = whole.map((frame, i) =>
    frame.subarray(0, Number(/ snap=(\d+)/.exec(lines[i]?.[1] ?? "")?.[1] ?? frame.length)),
  );
  const bytes = new Uint8Array(24 + frames.reduce((sum, frame) => sum + 16 + frame.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262144, true);
  view.setUint32(20, 1, true);
  let at = 24;
  frames.forEach((frame, i) => {
    const microseconds = Math.round((lines[i]?.[0] ?? 0) * 1e6);
    view.setUint32(at, Math.floor(microseconds / 1e6), true);
    view.setUint32(at + 4, microseconds % 1e6, true);
    view.setUint32(at + 8, frame.length, true);
    view.setUint32(at + 12, whole[i]?.length ?? 0, true);
    bytes.set(frame, at + 16);
    at += 16 + frame.length;
  });
  return bytes;
}

export function inputOf(lines: readonly Line[], network = "shop"): ReplayInput {
  return { file: "test.pcap", network, source: memorySource(pcapOf(lines)) };
}

/** The base configuration of the tables, changed. */
export function configurationWith(change: (configuration: Configuration) => void = () => {}): Configuration {
  const configuration = baseConfiguration();
  change(configuration);
  return markChecked(configuration);
}

/** Replays some lines through the base configuration. */
export function replayLines(lines: readonly Line[], options: Partial<ReplayOptions> = {}): Promise<ReplaySummary> {
  return replay({ configuration: configurationWith(), inputs: [inputOf(lines)], ...options });
}

/** Replays, and gives the flow log too. */
export async function flowLines(lines: readonly Line[], options: Partial<ReplayOptions> = {}): Promise<FlowLine[]> {
  let text = "";
  const decoder = new TextDecoder();
  const flows: ByteSink = {
    write(bytes) {
      text += decoder.decode(bytes);
    },
  };
  await replayLines(lines, { ...options, flows });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as FlowLine);
}
