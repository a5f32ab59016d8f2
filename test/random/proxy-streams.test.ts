// Whole TCP connections through a plane with PROXY headers, over links that lose, double and swap packets: the server gets the header
// and then the client's own bytes, the client its answer, and every acknowledgement says of each side's bytes what the other has.

import type { Configuration } from "../../host/config/configuration.ts";
import { markChecked } from "../../host/config/configuration.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { announcing, headerOf, LENGTH, PROFILES } from "../conformance/proxy-kit.ts";
import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { hexOf } from "../names/hello.ts";
import type { PlaneUnderTest } from "../plane.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { Dice } from "./dice.ts";
import { type Sent, TcpPeer } from "./tcp-peer.ts";

const CONNECTIONS = 150;
const STEPS_MOST = 20_000;
const STEP = 10_000_000;
const CLIENT = "10.1.0.9:5000";
const ENDPOINT = "10.1.0.4:443";
const SERVER = "10.2.1.1:8443";
const NAT = "10.2.0.10:1024";

/** Frames on their way, by the step they arrive at. */
class Wire {
  private readonly dice: Dice;
  private readonly loss: number;
  private readonly under: { at: number; frame: Uint8Array }[] = [];

  constructor(dice: Dice, loss: number) {
    this.dice = dice;
    this.loss = loss;
  }

  put(frame: Uint8Array, step: number): void {
    if (this.dice.chance(this.loss)) return;
    const late = (): number => step + 1 + (this.dice.chance(20) ? this.dice.below(12) : 0);
    this.under.push({ at: late(), frame });
    if (this.dice.chance(3)) this.under.push({ at: late(), frame: frame.slice() });
  }

  arrived(step: number): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (let i = 0; i < this.under.length; ) {
      const next = this.under[i];
      if (next !== undefined && next.at <= step) frames.push(...this.under.splice(i, 1).map(({ frame }) => frame));
      else i++;
    }
    return frames;
  }
}

function configured(profile: (typeof PROFILES)[number], dice: Dice): Configuration {
  const configuration = baseConfiguration();
  announcing(profile)(configuration);
  for (const network of configuration.virtualNetworks) network.mtu = dice.pick([576, 800, 1500, 1500, 65_535]);
  return markChecked(configuration);
}

/** A connection from SYN to the last FIN. */
function connect(plane: PlaneUnderTest, profile: (typeof PROFILES)[number], dice: Dice): void {
  const bytes = (most: number): Uint8Array => Uint8Array.from({ length: dice.below(most) }, () => dice.below(256));
  const said = bytes(dice.pick([1, 10, 2000, 8000]));
  const answered = bytes(dice.pick([1, 10, 4000]));
  const mss = dice.pick([100, 536, 1424, 1460]);
  const first = dice.pick([100, 0xffff_fff0, 0xffff_ffff, dice.below(2 ** 32)]);
  const client = new TcpPeer({ dice, own: CLIENT, other: ENDPOINT, first, stream: said, mss, active: true });
  const server = new TcpPeer({
    dice,
    own: SERVER,
    other: NAT,
    first: dice.below(2 ** 32),
    stream: answered,
    mss,
    active: false,
  });
  const loss = dice.pick([0, 2, 10, 25]);
  const [up, onward, down, back] = [0, 0, 0, 0].map(() => new Wire(dice, loss)) as [Wire, Wire, Wire, Wire];
  const process = (frame: Uint8Array, side: "consumer" | "provider", step: number) =>
    plane.process([
      { frame, side, link: "ethernet", network: side === "consumer" ? "shop" : "provider", time: BigInt(step * STEP) },
    ])[0];
  const sentBy = new Map<string, Sent>();
  let step = 0;
  for (; !(client.isDone && server.isDone) && step < STEPS_MOST; step++) {
    for (const { frame } of client.sends(step * STEP)) up.put(frame, step);
    for (const sent of server.sends(step * STEP)) {
      sentBy.set(hexOf(sent.frame), sent);
      down.put(sent.frame, step);
    }
    for (const frame of up.arrived(step))
      for (const { bytes: left } of process(frame, "consumer", step)?.out ?? []) onward.put(left, step);
    for (const frame of down.arrived(step)) {
      const sent = sentBy.get(hexOf(frame)) as Sent;
      const out = process(frame, "provider", step)?.out ?? [];
      assert.is(out.length, 1);
      for (const { bytes: left } of out) {
        assert.equal(saidBy(left, first), seenBy(sent, LENGTH[profile]));
        back.put(left, step);
      }
    }
    for (const frame of onward.arrived(step)) server.takes(frame);
    for (const frame of back.arrived(step)) client.takes(frame);
  }
  assert.ok(step < STEPS_MOST, "the connection came to its end");
  assert.is(hexOf(Uint8Array.from(server.received)), headerOf(profile) + hexOf(said));
  assert.is(hexOf(Uint8Array.from(client.received)), hexOf(answered));
}

/** What a server's segment acknowledges, as positions in the client's stream, in which there is no header. */
function seenBy({ acknowledges, blocks }: Sent, length: number) {
  const position = (at: number): number => (at <= 1 ? at : Math.max(1, at - length));
  const kept = blocks.map(([from, to]) => [position(from), position(to)]).filter(([from, to]) => from !== to);
  return { acknowledges: position(acknowledges ?? 0), blocks: kept };
}

/** What a frame acknowledges of a stream with this first number, by its bytes. */
function saidBy(frame: Uint8Array, first: number) {
  const tcp = 34;
  const view = new DataView(frame.buffer, frame.byteOffset);
  const end = tcp + (view.getUint8(tcp + 12) >> 4) * 4;
  const blocks: number[][] = [];
  for (let at = tcp + 20; at < end; ) {
    const kind = view.getUint8(at);
    if (kind === 5)
      for (let block = at + 2; block < at + view.getUint8(at + 1); block += 8)
        blocks.push([(view.getUint32(block) - first) | 0, (view.getUint32(block + 4) - first) | 0]);
    at += kind === 1 ? 1 : view.getUint8(at + 1);
  }
  return { acknowledges: (view.getUint32(tcp + 8) - first) | 0, blocks };
}

suite("A connection behind a PROXY header", (test) => {
  for (const profile of PROFILES)
    for (const name of ["core", "reference"])
      test(`whatever is lost, doubled and swapped: ${profile} (${name})`, async () => {
        let headers = 0;
        for (let seed = 1; seed <= CONNECTIONS; seed++) {
          const dice = new Dice(seed);
          const configuration = configured(profile, dice);
          const plane = name === "core" ? await corePlane(configuration) : new ReferencePlane(configuration);
          try {
            connect(plane, profile, dice);
            headers += plane.counters().generated.proxyHeader;
          } catch (error) {
            throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
          }
        }
        assert.ok(headers > CONNECTIONS, "some headers were lost, and left again");
      });
});
