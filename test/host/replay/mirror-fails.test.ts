import * as Abi from "../../../host/abi.ts";
import type { Core } from "../../../host/core.ts";
import { FrameView } from "../../../host/replay/frame.ts";
import { readdress, type Tuple } from "../../../host/replay/readdress.ts";
import { OWN } from "../../conformance/first-message-kit.ts";
import { assert, suite } from "../../kit.ts";
import { conversation, replayLines } from "./conversation.ts";
import { connection, everyRequest, get } from "./requests.ts";
import { tamperedPlane } from "./tampered.ts";

const request = (core: Core): number => core.region(Abi.REGION_RECORDS);
const reply = (core: Core): number => request(core) + Abi.REC_SIZE;

/** A fault of a plane, and what makes it one. */
const FAULTS: [string, (core: Core) => void][] = [
  ["a wrong checksum delta of replies", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE + 2)],
  ["a wrong IP delta of replies", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE)],
  ["a wrong port of the endpoint", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE + 12)],
  ["a wrong port of the client", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE + 14)],
  ["a wrong address of the client", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE + 8)],
  ["a reply key that no reply has", (core) => flip(core, reply(core) + Abi.REC_KEY + 12)],
  ["replies that leave on the provider's side", sendBack],
  ["requests that leave with a wrong checksum", spoilRequests],
  ["a later request to another backend", readdressLater((tuple) => ({ ...tuple, destination: tuple.destination + 1 }))],
  ["a later request to another port", readdressLater((tuple) => ({ ...tuple, destinationPort: 8444 }))],
  ["a later request from another NAT address", readdressLater((tuple) => ({ ...tuple, source: tuple.source + 1 }))],
  ["a later request from another NAT port", readdressLater((tuple) => ({ ...tuple, sourcePort: 2000 }))],
  ["a later request whose TTL loses two", readdressLater((tuple) => tuple, -1)],
  ["a later request that is dropped", (core) => dropLater(core, Abi.SIDE_PROVIDER, Abi.REASON_NO_RULE)],
  ["a reply dropped as if it were malformed", (core) => dropLater(core, Abi.SIDE_CONSUMER, Abi.REASON_BAD_TCP_HEADER)],
  ["a reply dropped as if it were another's", (core) => dropLater(core, Abi.SIDE_CONSUMER, Abi.REASON_NO_FLOW)],
  ["a reply passed", (core) => dropLater(core, Abi.SIDE_CONSUMER, Abi.REASON_NO_ENDPOINT, Abi.PASS)],
];

suite("The mirror finds a wrong plane out", (test) => {
  for (const [name, tamper] of FAULTS)
    test(name, async () => {
      const { replies } = await replayLines(conversation(), { plane: await tamperedPlane(tamper) });
      assert.ok(replies.different > 0, JSON.stringify(replies));
    });

  test("and an untouched one right", async () => {
    const { replies } = await replayLines(conversation(), { plane: await tamperedPlane(() => {}) });
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
  });
});

suite("The mirror finds a wrong plane out whose rules look at every request", (test) => {
  const lines = connection([[get(OWN)], [get(OWN)], [get(OWN)]]);
  const replayed = async (tamper: (core: Core) => void) =>
    (await replayLines(lines, { plane: await tamperedPlane(tamper, everyRequest) })).replies;

  for (const [name, tamper] of FAULTS)
    test(name, async () => {
      const replies = await replayed(tamper);
      assert.ok(replies.different > 0, JSON.stringify(replies));
    });

  test("and an untouched one right", async () =>
    assert.equal(await replayed(() => {}), { mirrored: 4, identical: 4, different: 0, unmatched: 0, refused: 0 }));
});

const flipped = new WeakMap<Core, number>();

/** Changes a byte once, as soon as it is there. */
function flip(core: Core, at: number): void {
  if (flipped.get(core) === at || core.u32(request(core)) === 0) return;
  flipped.set(core, at);
  core.bytes[at] = (core.bytes[at] as number) ^ 0x80;
}

function sendBack(core: Core): void {
  for (let i = 0; i < core.emitCount; i++) core.bytes[core.emit(i) + Abi.EMIT_SIDE] = Abi.SIDE_PROVIDER;
}

/** Changes a byte of the TCP checksum of every frame that leaves towards the provider. */
function spoilRequests(core: Core): void {
  for (let i = 0; i < core.emitCount; i++) {
    const emit = core.emit(i);
    if (core.u8(emit + Abi.EMIT_SIDE) !== Abi.SIDE_PROVIDER) continue;
    const checksum = core.u32(emit + Abi.EMIT_BODY) + 14 + 20 + 16;
    core.bytes[checksum] = (core.bytes[checksum] as number) ^ 1;
  }
}

/** Gives every request but the first of a core other addresses and ports, checksums and all, as a consistent fault would. */
function readdressLater(change: (tuple: Tuple) => Tuple, raise = 0): (core: Core) => void {
  const view = new FrameView();
  return (core) => {
    forLater(core, Abi.SIDE_PROVIDER, (emit) => {
      const at = core.u32(emit + Abi.EMIT_BODY);
      const frame = core.bytes.subarray(at, at + core.u32(emit + Abi.EMIT_BODY_LENGTH));
      assert.ok(view.read(frame, 0, frame.length, "ethernet", 0, () => undefined));
      const { source, destination, sourcePort, destinationPort } = view;
      readdress(view, change({ source, destination, sourcePort, destinationPort }), raise);
    });
  };
}

/** Takes back every packet that left on a side, but the first. */
function dropLater(core: Core, side: number, reason: number, code = Abi.DROP): void {
  forLater(core, side, (emit) => {
    const verdict = [...Array(Abi.BATCH_MAX).keys()]
      .map((i) => core.verdict(i))
      .find((at) => core.emit(core.u32(at + Abi.VERDICT_FIRST_EMIT)) === emit && core.u32(at + Abi.VERDICT_EMITS) > 0);
    assert.ok(verdict !== undefined);
    core.bytes[verdict + Abi.VERDICT_CODE] = code;
    core.bytes[verdict + Abi.VERDICT_REASON] = reason;
    core.words[(verdict + Abi.VERDICT_EMITS) >>> 2] = 0;
  });
}

const first = new WeakMap<Core, Set<number>>();

function forLater(core: Core, side: number, change: (emit: number) => void): void {
  const begun = first.get(core) ?? new Set();
  first.set(core, begun);
  for (let i = 0; i < core.emitCount; i++) {
    const emit = core.emit(i);
    if (core.u8(emit + Abi.EMIT_SIDE) !== side) continue;
    if (begun.has(side)) change(emit);
    begun.add(side);
  }
}
