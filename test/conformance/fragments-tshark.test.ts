// A judge that shares no code with linkplane: tshark puts together what leaves, finds the checksum over the whole right, and the data those sent.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markChecked } from "../../host/config/configuration.ts";
import { corePlane } from "../core-plane.ts";
import { type Frame, pcapFile } from "../host/capture/bytes.ts";
import { assert, suite } from "../kit.ts";
import type { Side } from "../plane.ts";
import { Dice } from "../random/dice.ts";
import { baseConfiguration } from "./configuration.ts";
import { HANDSHAKE } from "./fragment-kit.ts";
import { frameOf } from "./packet.ts";

const ROUNDS = 60;
/** Fewer than are held at once, with those of four datagrams at a time. */
const PARTS_MOST = 12;
const UNIT = 8;
const RIGHT = "1";
const FIELDS = ["ip.src", "ip.dst", "udp.checksum.status", "tcp.checksum.status", "udp.payload", "tcp.payload"];
const OPTIONS = ["ip.defragment", "ip.check_checksum", "udp.check_checksum", "tcp.check_checksum"];
const installed = spawnSync("tshark", ["-v"]).status === 0;

/** Datagrams of either protocol and direction: how they come, and from where to where they leave. */
const KINDS: { side: Side; text: string; leaves: string }[] = [
  { side: "consumer", text: "udp 10.1.0.9:5000 > 10.1.0.4:53", leaves: "10.2.0.10 10.2.1.1" },
  { side: "provider", text: "udp 10.2.1.1:5353 > 10.2.0.10:1024", leaves: "10.1.0.4 10.1.0.9" },
  { side: "consumer", text: "tcp 10.1.0.9:5000 > 10.1.0.4:443 PA seq=101 ack=901", leaves: "10.2.0.10 10.2.1.1" },
  { side: "provider", text: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 PA seq=901 ack=101", leaves: "10.1.0.4 10.1.0.9" },
];

const OPENING = [
  ...HANDSHAKE.map((step) => ({ side: step.side as Side | undefined, text: step.in ?? "" })),
  { side: undefined, text: "udp 10.1.0.9:5000 > 10.1.0.4:53" },
];

/** Runs cut datagrams through a plane, in any order; what left, and what each datagram has to be then. */
async function translated(dice: Dice): Promise<{ frames: Frame[]; expected: string[] }> {
  const plane = await corePlane(markChecked(baseConfiguration()));
  const frames: Frame[] = [];
  const expected: string[] = [];
  let time = 0n;
  const send = (text: string, side: Side = "consumer"): void => {
    const network = side === "consumer" ? "shop" : "provider";
    const [outcome] = plane.process([{ frame: frameOf(text), link: "ethernet", network, side, time }]);
    for (const { bytes } of outcome?.out ?? []) frames.push({ time, data: bytes });
  };
  for (const { text, side } of OPENING) send(text, side);
  frames.length = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const parts: { text: string; side: Side }[] = [];
    for (const { side, text, leaves } of KINDS) {
      const data = Array.from({ length: 32 + dice.below(9000) }, () => dice.below(256).toString(16).padStart(2, "0"));
      const whole = `${text} id=${round} hex=${data.join("")}`;
      for (const cut of cuts(data.length + (text.startsWith("udp") ? 8 : 20), dice))
        parts.push({ text: `${whole} cut=${cut}`, side });
      expected.push(`${leaves} ${data.join("")}`);
    }
    for (const { text, side } of shuffled(parts, dice)) send(text, side);
    time += 10_000_000n;
  }
  return { frames, expected };
}

function cuts(length: number, dice: Dice): string[] {
  const least = Math.ceil(length / PARTS_MOST / UNIT) * UNIT;
  const found: string[] = [];
  for (let from = 0; from < length; ) {
    const to = from + Math.max(least, 24) + UNIT * dice.below(20);
    found.push(to < length ? `${from}-${to}` : `${from}-`);
    from = to;
  }
  return found;
}

function shuffled<Item>(items: Item[], dice: Dice): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const other = dice.below(i + 1);
    [items[i], items[other]] = [items[other] as Item, items[i] as Item];
  }
  return items;
}

/** Every datagram that tshark puts together: addresses and data; checksums that are not right besides. */
function readByTshark(frames: Frame[]): { datagrams: string[]; wrong: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-"));
  try {
    const path = join(folder, "out.pcap");
    writeFileSync(path, pcapFile(frames));
    const options = OPTIONS.flatMap((option) => ["-o", `${option}:TRUE`]);
    const fields = ["-T", "fields", "-E", "separator=|", ...FIELDS.flatMap((field) => ["-e", field])];
    const found = spawnSync("tshark", ["-n", "-r", path, ...options, ...fields], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    assert.is(found.status, 0, found.stderr);
    const rows = found.stdout.split("\n").map((line) => line.split("|"));
    const whole = rows.filter(([, , udp, tcp]) => udp !== undefined && `${udp}${tcp}` !== "");
    return {
      datagrams: whole.map(([from, to, , , udp, tcp]) => `${from} ${to} ${udp}${tcp}`),
      wrong: whole.filter(([, , udp, tcp]) => `${udp}${tcp}` !== RIGHT).map((row) => row.join(" ")),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

suite("tshark puts fragments together after translation", (test) => {
  test.skipUnless(installed, "tshark is not installed", `${ROUNDS * KINDS.length} datagrams, either way`, async () => {
    const { frames, expected } = await translated(new Dice(19));
    const { datagrams, wrong } = readByTshark(frames);
    assert.equal(wrong, [], "checksums");
    assert.ok(frames.length > expected.length * 5, "most are in many parts");
    assert.equal(datagrams.sort(), expected.sort());
  });
});
