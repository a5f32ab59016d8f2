// What the planes in JavaScript leave alone: whatever is no ordinary packet of an established flow is not forwarded, and stays as it
// was.

import * as Abi from "../../host/abi.ts";
import { FRAME_SHIFT, WIRE } from "../../bench/javascript/boundary.ts";
import { type JavascriptPlane, type Kind, loadPlane } from "../../bench/javascript/planes.ts";
import { establish, type TrafficShape } from "../../host/measure/traffic.ts";
import { assert, suite } from "../kit.ts";

const KINDS: Kind[] = ["plain", "pipelined"];
const FLOWS = 20;
/// Untagged frames of the measurement: IPv4 at 14, TCP or UDP at 34.
const TCP: [string, (frame: DataView) => void][] = [
  ["ethertype", (frame) => frame.setUint16(12, 0x86dd)],
  ["three tags", (frame) => frame.setUint32(12, 0x8100000a)],
  ["version", (frame) => frame.setUint8(14, 0x65)],
  ["header of four words", (frame) => frame.setUint8(14, 0x44)],
  ["total length below the header", (frame) => frame.setUint16(16, 19)],
  ["total length beyond the frame", (frame) => frame.setUint16(16, 47)],
  ["fragment", (frame) => frame.setUint16(20, 0x2000)],
  ["fragment offset", (frame) => frame.setUint16(20, 1)],
  ["TTL 1", (frame) => frame.setUint8(22, 1)],
  ["another protocol", (frame) => frame.setUint8(23, 47)],
  ["another source", (frame) => frame.setUint32(26, 0x0b000001)],
  ["another destination", (frame) => frame.setUint32(30, 0x0b000001)],
  ["another port", (frame) => frame.setUint16(34, 9)],
  ["data offset of four words", (frame) => frame.setUint8(46, 0x40)],
  ["data offset beyond the segment", (frame) => frame.setUint8(46, 0x60)],
  ["no ACK", (frame) => frame.setUint8(47, 0)],
  ["FIN, which none has seen", (frame) => frame.setUint8(47, 0x11)],
  ["RST", (frame) => frame.setUint8(47, 0x14)],
];
const UDP: [string, (frame: DataView) => void][] = [
  ["length below the header", (frame) => frame.setUint16(38, 7)],
  ["length 0", (frame) => frame.setUint16(38, 0)],
  ["length beyond the packet", (frame) => frame.setUint16(38, 9)],
];

async function loaded(kind: Kind, protocol: TrafficShape["protocol"]): Promise<[JavascriptPlane, Uint8Array]> {
  const shape: TrafficShape = { flows: FLOWS, protocol, size: 60, tagged: false };
  const { plane, frames, time } = await establish(shape);
  return [await loadPlane(kind, plane.core, time, frames.stride), frames.bytes.slice(0, 60)];
}

/** What a plane forwards of a frame, and what has become of the frame. */
function run(plane: JavascriptPlane, frame: Uint8Array, captured = frame.length, time = 100): [number, Uint8Array] {
  const { boundary } = plane;
  boundary.frames.set(frame, FRAME_SHIFT);
  boundary.describe(0, FRAME_SHIFT, captured, Abi.SIDE_CONSUMER, Abi.SIDE_CONSUMER, time);
  boundary.descriptors[WIRE] = frame.length;
  return [plane.run(1), boundary.frames.slice(FRAME_SHIFT, FRAME_SHIFT + frame.length)];
}

suite("Planes in JavaScript leave alone", (test) => {
  for (const kind of KINDS) {
    for (const [protocol, damages] of [["tcp", TCP] as const, ["udp", UDP] as const])
      for (const [name, damage] of damages)
        test(`${kind}, ${protocol}: ${name}`, async () => {
          const [plane, frame] = await loaded(kind, protocol);
          const damaged = frame.slice();
          damage(new DataView(damaged.buffer));
          assert.equal(run(plane, damaged), [0, damaged]);
          assert.is(run(plane, frame)[0], 1, "the frame as it was goes through");
        });

    test(`${kind}: a frame cut short in its headers`, async () => {
      const [plane, frame] = await loaded(kind, "tcp");
      for (const captured of [13, 20, 33, 37, 46, 51]) assert.equal(run(plane, frame, captured), [0, frame]);
      assert.is(run(plane, frame, 52)[0], 1);
    });

    test(`${kind}: a packet at which a timer is due`, async () => {
      const [plane, frame] = await loaded(kind, "tcp");
      assert.equal(run(plane, frame, 60, plane.boundary.quiet), [0, frame]);
      assert.is(run(plane, frame, 60, plane.boundary.quiet - 1024)[0], 1);
    });
  }
});
