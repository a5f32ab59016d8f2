// First messages in two pieces, cut at every byte, in either order, and in three with overlap and duplicates: the same comes of
// them as of the whole.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { identifying, OTHER, OWN } from "../conformance/first-message-kit.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { frameOf } from "../conformance/packet.ts";
import { markChecked } from "../../host/config/configuration.ts";
import { memorySource } from "../../host/capture/memory.ts";
import { openCapture } from "../../host/capture/reader.ts";
import { createPlane, type Plane } from "../../host/index.ts";
import { assert, suite } from "../kit.ts";
import { clientHello, hexOf, request, tdsPackets, prelogin, sslRequest } from "./hello.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/storage.pcapng", import.meta.url));
const TCP_AT = 34;
const PORTS = 60_000;

let port = 0;

/** What comes of a message in pieces, given in the order they are sent: the last packet's verdict and what left in all. */
function outcome(plane: Plane, pieces: [from: number, bytes: Uint8Array][]): string {
  port = (port % PORTS) + 1;
  const client = `tcp 10.1.0.9:${port} > 10.1.0.4:443`;
  const send = (words: string) =>
    plane.processFrame(frameOf(`${client} ${words}`), { time: 0n, side: "consumer", network: "shop" });
  send("S seq=0");
  const sent = pieces.map(([from, bytes]) => send(`PA seq=${1 + from} ack=1 hex=${hexOf(bytes)}`));
  const last = sent.findLast(({ reason }) => reason !== "held-retransmission");
  const left = sent.flatMap(({ out }) => out.filter(({ cause, side }) => side === "provider" && cause !== "answer"));
  const bytes = left.reduce((sum, { bytes: { length } }) => sum + length - 54, 0);
  const early = sent.slice(0, sent.indexOf(last as (typeof sent)[0])).flatMap(({ out }) => out).length;
  return `${last?.verdict} ${last?.reason} ${bytes} ${early}`;
}

function checkAll(plane: Plane, message: Uint8Array, step: number): void {
  const whole = outcome(plane, [[0, message]]);
  for (let cut = 1; cut < message.length; cut += step) {
    const head: [number, Uint8Array] = [0, message.slice(0, cut)];
    const tail: [number, Uint8Array] = [cut, message.slice(cut)];
    assert.is(outcome(plane, [head, tail]), whole, `cut at ${cut}`);
    assert.is(outcome(plane, [tail, head]), whole, `cut at ${cut}, the end first`);
    assert.is(outcome(plane, [head, head, tail]), whole, `cut at ${cut}, the beginning twice`);
  }
}

async function planeFor(...more: string[]): Promise<Plane> {
  const configuration = baseConfiguration();
  identifying("auto", { enableTcpReset: false })(configuration);
  configuration.privateLinkServices[0]?.resources?.[1]?.names.push(...more);
  configuration.settings.maxFlows = 40_000;
  configuration.settings.maxDenied = 60_000;
  return createPlane(markChecked(configuration));
}

/** The first data that clients of the example sent, one for each length. */
async function realMessages(): Promise<Uint8Array[]> {
  const reader = await openCapture(memorySource(new Uint8Array(readFileSync(EXAMPLE))), { file: "storage" });
  const byLength = new Map<number, Uint8Array>();
  for await (const batch of reader.batches())
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i] as number;
      const frame = batch.buffer.slice(at, at + (batch.captured[i] as number));
      const header = TCP_AT + ((frame[TCP_AT + 12] as number) >> 4) * 4;
      const data = frame.slice(header);
      const isTcp = frame[12] === 8 && frame[23] === 6 && data.length > 40;
      if (isTcp && (data[0] === 22 ? data[5] === 1 : data[0] === 71)) byLength.set(data.length, data);
    }
  return [...byLength.values()];
}

suite("First messages in pieces", (test) => {
  const made: [what: string, bytes: Uint8Array][] = [
    ["a ClientHello", clientHello(OWN)],
    ["one for another resource", clientHello(OTHER)],
    ["one without a name", clientHello(OWN, { names: [] })],
    ["one in records of 50 bytes", clientHello(OWN, { record: 50 })],
    ["a request", request(OWN)],
    ["a request for another resource", request(OTHER, `Host: ${OWN}\r\n`)],
  ];
  for (const [what, bytes] of made) test(what, async () => checkAll(await planeFor(), bytes, 1));

  test("those of real clients", async () => {
    const messages = await realMessages();
    assert.ok(messages.length >= 4, `${messages.length} messages`);
    const plane = await planeFor("account1.blob.example", "server1.database.example");
    for (const message of messages) checkAll(plane, message, 7);
  });

  test("a large one, in pieces of a segment's size", async () => {
    const plane = await planeFor();
    checkAll(plane, clientHello(OWN, { padding: 14_000 }), 997);
  });

  test("behind upgrades", async () => {
    const plane = await planeFor();
    const hello = clientHello(OWN);
    for (const preface of [sslRequest(), prelogin()])
      for (const wrapped of preface.length > 8 ? [hello, tdsPackets(hello, 40)] : [hello])
        for (let cut = 1; cut < wrapped.length; cut++) {
          const first: [number, Uint8Array] = [0, preface];
          const given = outcome(plane, [
            first,
            [preface.length, wrapped.slice(0, cut)],
            [preface.length + cut, wrapped.slice(cut)],
          ]);
          assert.match(given, new RegExp(`^forward forwarded ${preface.length + wrapped.length} `), `cut at ${cut}`);
        }
  });
});
