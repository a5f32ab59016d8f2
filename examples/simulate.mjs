// A simulator's use of the library: a flow is opened, answered, falls idle and is cut, on a clock that the simulator turns.

import { readFileSync } from "node:fs";
import { createPlane } from "linkplane";
import { parseConfiguration } from "linkplane/config";

const SECOND = 1_000_000_000n;
const [SYN, ACK] = [0x02, 0x10];
const configuration = parseConfiguration(readFileSync("examples/storage.yaml", "utf8"), "storage.yaml");
for (const rule of configuration.loadBalancers[0].loadBalancingRules) rule.enableTcpReset = true;
const plane = await createPlane(configuration, {
  onFlowEnd: ({ client, end, toService, toConsumer }) =>
    console.log(`flow of ${client} ended: ${end}, ${toService.packets} packets there, ${toConsumer.packets} back`),
});

const client = ["10.1.0.20", 41000];
const endpoint = ["10.1.0.4", 443];
send("consumer", 0n, segment(client, endpoint, SYN));
const [{ backend, nat }] = plane.flows();
send("provider", 1n, segment(backend.split(":"), nat.split(":"), SYN | ACK));
send("consumer", 2n, segment(client, endpoint, ACK));
send("consumer", 3n, segment(client, ["10.1.0.5", 443], SYN));

const deadline = plane.nextDeadline();
console.log(`next deadline: ${deadline / SECOND} s`);
for (const { side, cause, bytes } of plane.advance(400n * SECOND)) show(`400 s ${cause} to ${side}`, bytes);

/** Sends a frame and shows what became of it. */
function send(side, second, frame) {
  const result = plane.processFrame(frame, { side, link: "raw", time: second * SECOND });
  show(`${second} s from ${side}: ${result.verdict} ${result.reason}`, result.out[0]?.bytes);
  return result;
}

function show(what, bytes) {
  if (bytes === undefined) return console.log(what);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const host = (at) => `${bytes.slice(at, at + 4).join(".")}`;
  console.log(`${what}: ${host(12)}:${view.getUint16(20)} > ${host(16)}:${view.getUint16(22)}`);
}

/** A TCP segment over raw IPv4. Its checksums are not filled in, which the plane does not mind: they stay as wrong as they are. */
function segment([from, fromPort], [to, toPort], flags) {
  const frame = new Uint8Array(40);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 0x45000028);
  view.setUint16(8, (64 << 8) | 6);
  frame.set(from.split(".").map(Number), 12);
  frame.set(to.split(".").map(Number), 16);
  view.setUint16(20, Number(fromPort));
  view.setUint16(22, Number(toPort));
  view.setUint8(32, 0x50);
  view.setUint8(33, flags);
  return frame;
}
