// --as and frames that are no whole TCP or UDP packet: what becomes of them is what would with the endpoint's own address.

import { memorySink } from "../../../host/capture/memory.ts";
import type { EndpointAlias, ReplayOptions } from "../../../host/replay/options.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";
import { readAll } from "../capture/bytes.ts";
import { type Line, replayLines } from "./conversation.ts";

const PUBLIC = "20.60.1.2";
const OWN = "10.1.0.4";
const CLIENT = "10.1.0.9";
const WHOLE: EndpointAlias[] = [{ endpoint: "shop-approved", address: PUBLIC }];
const PORT: EndpointAlias[] = [{ endpoint: "shop-approved", address: PUBLIC, port: 443 }];

/** A frame to or from the address, and the reason it is dropped for. */
const ROWS: readonly [string, string, string][] = [
  ["a ping to it", `icmp ${CLIENT} > ADDRESS`, "icmp-echo"],
  ["ICMP from it", `icmp ADDRESS > ${CLIENT}`, "icmp"],
  ["a ping to it in VLAN 10", `icmp ${CLIENT} > ADDRESS vlan=10`, "icmp-echo"],
  ["a first fragment from it", `udp ADDRESS:443 > ${CLIENT}:5000 fragment=0x2000 data=half-and`, "reply-unmatched"],
  ["a later fragment to it", `udp ${CLIENT}:5000 > ADDRESS:9 fragment=0x2002 data=half`, "fragment-malformed"],
  ["a fragment of a ping to it", `icmp ${CLIENT} > ADDRESS fragment=0x2000`, "fragment"],
  ["a tunnel to it", `gre ${CLIENT} > ADDRESS`, "protocol"],
  ["another protocol from it", `esp ADDRESS > ${CLIENT}`, "protocol"],
  ["a TCP packet too short for ports", `tcp ${CLIENT}:5000 > ADDRESS:443 S total=23`, "bad-tcp-header"],
  ["a UDP packet too short for ports", `udp ${CLIENT}:5000 > ADDRESS:443 total=22`, "bad-udp-length"],
  ["a header checksum wrong by one", `icmp ${CLIENT} > ADDRESS ipsum=1`, "icmp-echo"],
];

const lineOf = (text: string, address: string): Line => [0, text.replace("ADDRESS", address)];

async function summaryOf(
  text: string,
  address: string,
  options: Partial<ReplayOptions>,
): Promise<Partial<ReplaySummary>> {
  const { packets, drops, endpoints, busiest } = await replayLines([lineOf(text, address)], options);
  return { packets, drops, endpoints, ...(busiest === undefined ? {} : { busiest }) };
}

suite("--as covers frames that are no whole TCP or UDP packet", (test) => {
  for (const [name, text, reason] of ROWS)
    test(name, async () => {
      const own = await summaryOf(text, OWN, {});
      assert.equal(own.drops, { [reason]: 1 });
      assert.equal(own.endpoints?.[0]?.drops, { [reason]: 1 });
      assert.is(own.busiest, undefined, "it concerns the endpoint");
      assert.equal(await summaryOf(text, PUBLIC, { aliases: WHOLE }), own);
      assert.equal(await summaryOf(text, PUBLIC, { aliases: PORT }), own);
    });

  test("a first fragment to a port that does not stand for it is passed", async () => {
    const text = `tcp ${CLIENT}:5000 > ADDRESS:80 A fragment=0x2000 data=half-and`;
    const { packets, drops } = await summaryOf(text, PUBLIC, { aliases: PORT });
    assert.equal([packets?.passed, drops], [1, {}]);
  });

  test("behind an address with several endpoints, one without ports is the first's", async () => {
    const aliases = [{ endpoint: "shop-pending", address: PUBLIC, port: 80 }, ...PORT];
    const { endpoints } = await summaryOf(`icmp ${CLIENT} > ADDRESS`, PUBLIC, { aliases });
    assert.equal(
      endpoints?.map(({ drops }) => drops),
      [{ "icmp-echo": 1 }, {}, {}, {}, {}],
    );
  });

  test("they are recorded with the endpoint's address, checksums as right as they came", async () => {
    for (const [, text] of ROWS.filter(([, row]) => !/ipsum|total|0x2002/.test(row))) {
      const sink = memorySink();
      const output = { sink, format: "pcapng" as const, side: "consumer" as const };
      await replayLines([lineOf(text, PUBLIC)], { aliases: WHOLE, output });
      const { packets } = await readAll(sink.bytes());
      assert.equal(
        packets.map(({ data }) => data),
        [Buffer.from(frameOf(text.replace("ADDRESS", OWN))).toString("hex")],
        text,
      );
    }
  });
});
