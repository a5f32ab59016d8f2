// Packets of the consumer's leg: their headers byte by byte, their checksums from scratch, and what is not written.
import { ConsumerLeg } from "../../../host/dash/consumer-leg.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, bytes, suite } from "../../kit.ts";
import { EXAMPLE, mapped } from "./example.ts";

const OUTER = 42;
const IPV6 = OUTER + 14;
const L4 = IPV6 + 40;
const hex = (frame: Uint8Array | undefined, from: number, to: number): string =>
  Buffer.from(frame ?? []).toString("hex", from, to);

const REQUEST = frameOf("tcp 10.0.0.1:5000 > 10.1.0.4:443 PA seq=7 ack=9 ttl=61 tos=4 options=2 data=hello");
const REPLY = frameOf("tcp 10.1.0.4:443 > 10.0.0.1:5000 A seq=9 ack=12 ttl=57");
const legOf = (change = {}): ConsumerLeg => new ConsumerLeg(mapped({ ...EXAMPLE, ...change }));

/** Sum of a TCP or UDP packet over IPv6 with its checksum in it: all ones when that is right. */
function isRight(frame: Uint8Array, ipv6: number): boolean {
  const payload = frame.subarray(ipv6 + 40);
  const words = [...frame.subarray(ipv6 + 8, ipv6 + 40), 0, 0, payload.length >> 8, payload.length & 255, 0, 0, 0];
  const all = [...words, frame[ipv6 + 6] as number, ...payload, ...(payload.length % 2 === 1 ? [0] : [])];
  let sum = 0;
  for (let i = 0; i < all.length; i += 2) sum += ((all[i] as number) << 8) | (all[i + 1] as number);
  return sum % 0xffff === 0;
}

suite("The consumer's leg", (test) => {
  test("of a request: NVGRE, then IPv6 with the client's TTL, traffic class and flow label 0", () => {
    const packet = legOf().request(REQUEST, "ethernet", REQUEST.length, 0);
    const frame = packet?.frame as Uint8Array;
    assert.is(packet?.wireLength, frame.length);
    assert.is(hex(frame, 12, 14), "0800");
    assert.is(hex(frame, 14, 24), "4500006b000040004" + "02f");
    assert.is(hex(frame, 26, 34), "0202020103030301", "underlay");
    assert.is(hex(frame, 34, 42), "2000655800006400", "key flag, Ethernet, key 100, FlowID 0");
    assert.is(hex(frame, OUTER, OUTER + 14), `${hex(REQUEST, 0, 12)}86dd`);
    assert.is(hex(frame, IPV6, IPV6 + 8), "600000000019063d");
    assert.is(hex(frame, IPV6 + 8, IPV6 + 40), "9988000000000000000000000a00000111223344556677880000000003030301");
    assert.is(hex(frame, L4, L4 + 4), "138801bb");
    assert.ok(isRight(frame, IPV6), "TCP checksum");
  });

  test("of its reply: the same turned round", () => {
    const leg = legOf();
    leg.request(REQUEST, "ethernet", REQUEST.length, 0);
    const frame = leg.reply(REPLY, "ethernet", REPLY.length, 0)?.frame as Uint8Array;
    assert.is(hex(frame, 26, 34), "0303030102020201");
    assert.is(
      hex(frame, IPV6 + 7, IPV6 + 40),
      "391122334455667788000000000303030199880000000000000000" + "00000a000001",
    );
    assert.is(hex(frame, L4, L4 + 4), "01bb1388");
    assert.ok(isRight(frame, IPV6));
    assert.equal([leg.summary.toService, leg.summary.toConsumer], [1, 1]);
  });

  test("in VXLAN: a source port that is the flow's, no UDP checksum", () => {
    const leg = legOf({ encapsulation: "vxlan" });
    const frame = leg.request(REQUEST, "ethernet", REQUEST.length, 0)?.frame as Uint8Array;
    const again = leg.request(REQUEST, "ethernet", REQUEST.length, 0)?.frame as Uint8Array;
    bytes(again, frame, "the same packet twice");
    const port = (frame[34] as number) * 256 + (frame[35] as number);
    assert.ok(port >= 49_152, `source port ${port}`);
    assert.is(hex(frame, 36, 50), "12b5005f0000" + "0800000000006400");
    assert.ok(isRight(frame, 50 + 14));
  });

  test("through a redirect map, there and back by the flow", () => {
    const leg = legOf({ outboundPortMap: [{ destinationPorts: "443", backendIP: "5.5.5.5", backendPortBase: 8443 }] });
    const frame = leg.request(REQUEST, "ethernet", REQUEST.length, 0)?.frame as Uint8Array;
    assert.is(hex(frame, L4, L4 + 4), "138820fb");
    assert.ok(isRight(frame, IPV6));
    const back = leg.reply(REPLY, "ethernet", REPLY.length, 0)?.frame as Uint8Array;
    assert.is(hex(back, 26, 34), "0505050502020201");
    assert.is(hex(back, L4, L4 + 4), "20fb1388");
    assert.ok(isRight(back, IPV6));
  });

  test("is not there for what a redirect map drops, nor for its replies", () => {
    const leg = legOf({ outboundPortMap: [{ destinationPorts: "80" }] });
    assert.is(leg.request(REQUEST, "ethernet", REQUEST.length, 0), undefined);
    assert.is(leg.reply(REPLY, "ethernet", REPLY.length, 0), undefined);
    const { toService, drops, withoutFlow } = leg.summary;
    assert.equal([toService, withoutFlow], [0, 1]);
    assert.equal(drops, {
      OUTBOUND_PORT_MAP_MISS_DROP_PACKETS: 0,
      OUTBOUND_PORT_RANGE_ENTRY_MISS_DROP_PACKETS: 1,
    });
  });

  test("UDP without a checksum gets the one that IPv6 wants, if all of it is there", () => {
    const frame = frameOf("udp 10.0.0.1:5000 > 10.1.0.4:53 data=abc l4sum=0");
    const whole = legOf().request(frame, "ethernet", frame.length, 0)?.frame as Uint8Array;
    assert.ok(hex(whole, L4 + 6, L4 + 8) !== "0000" && isRight(whole, IPV6));
    const cut = legOf().request(frame.slice(0, -1), "ethernet", frame.length, 0);
    assert.is(hex(cut?.frame, L4 + 6, L4 + 8), "0000");
    assert.is(cut?.wireLength, whole.length);
  });

  test("a checksum that was wrong is as wrong there", () => {
    const wrong = frameOf("tcp 10.0.0.1:5000 > 10.1.0.4:443 A l4sum=1");
    const frame = legOf().request(wrong, "ethernet", wrong.length, 0)?.frame as Uint8Array;
    assert.not.ok(isRight(frame, IPV6));
  });

  test("is not there for IPv6, which is counted", () => {
    const leg = legOf();
    const six = Uint8Array.from([0x60, 0, 0, 0, 0, 8, 17, 64, ...new Uint8Array(32), 0x13, 0x88, 1, 0xbb, 0, 8, 0, 0]);
    assert.is(leg.request(six, "raw", six.length, 0), undefined);
    assert.is(leg.reply(six, "raw", six.length, 0), undefined);
    assert.equal([leg.summary.leftOut, leg.summary.toService], [2, 0]);
  });

  test("of frames without a link header has one of its own", () => {
    const raw = frameOf("udp 10.0.0.1:5000 > 10.1.0.4:53 data=abcd", "raw");
    const frame = legOf().request(raw, "raw", raw.length, 0)?.frame as Uint8Array;
    assert.is(hex(frame, OUTER, OUTER + 14), "02000000da0102000000da0286dd");
    assert.ok(isRight(frame, IPV6));
  });
});
