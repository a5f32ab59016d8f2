// The summary for people, letter by letter, from summaries that are written down here.

import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { textReport } from "../../../host/report/text.ts";
import { assert, suite } from "../../kit.ts";

/** A replay of nothing. */
const NOTHING: ReplaySummary = {
  schema: "linkplane.replay/1",
  captures: [{ file: "day.pcapng", format: "pcapng", linkType: 1, packets: 0, bytes: 0, damaged: null }],
  packets: { read: 0, forwarded: 0, dropped: 0, passed: 0 },
  generated: { mirrored: 0, reset: 0, icmp: 0, proxyHeader: 0 },
  drops: {},
  flows: { created: 0, denied: 0, expired: 0, active: 0, peak: 0, unrecorded: 0 },
  endpoints: [],
  natPools: [],
  backends: [],
  replies: { mirrored: 0, identical: 0, different: 0, unmatched: 0, refused: 0 },
  seed: 1,
  time: { captureSeconds: 0, wallSeconds: 0.5, packetsPerSecond: 0, bitsPerSecond: 0 },
};

const natPool = (backend: string, protocol: "tcp" | "udp", peak: number, exhausted = 0) => ({
  service: "pls",
  natAddress: "10.2.1.4",
  backend,
  protocol,
  capacity: 64_512,
  inUse: peak - 1,
  peak,
  exhausted,
});
const backend = (host: number, flows: number) => ({
  pool: "lb/servers",
  address: `10.2.0.${host}`,
  state: "up",
  flows,
});

const DAY: ReplaySummary = {
  ...NOTHING,
  captures: [
    { file: "day.pcapng", format: "pcapng", linkType: 1, packets: 12_345, bytes: 6_789_012, damaged: null },
    { file: "one.pcap", format: "pcap", linkType: 1, packets: 1, bytes: 60, damaged: null },
  ],
  packets: { read: 12_346, forwarded: 12_000, dropped: 46, passed: 300 },
  generated: { mirrored: 6000, reset: 2, icmp: 1, proxyHeader: 0 },
  drops: { "icmp-echo": 5, "connection-pending": 40, "reply-unmatched": 1 },
  flows: { created: 1024, denied: 3, expired: 24, active: 1000, peak: 1001, unrecorded: 0 },
  endpoints: [
    {
      name: "pe-storage",
      state: "Approved",
      flows: 1024,
      toService: { packets: 6000, bytes: 400_000 },
      toConsumer: { packets: 6000, bytes: 6_300_000 },
      drops: { "icmp-echo": 5 },
    },
    {
      name: "pe-vault",
      state: "Pending",
      flows: 0,
      toService: { packets: 0, bytes: 0 },
      toConsumer: { packets: 0, bytes: 0 },
      drops: { "connection-pending": 40 },
    },
  ],
  natPools: [natPool("10.2.0.11", "tcp", 900), natPool("10.2.0.12", "tcp", 7, 3), natPool("10.2.0.11", "udp", 100)],
  backends: [backend(11, 1000), backend(12, 24), backend(13, 0)],
  replies: { mirrored: 6000, identical: 6000, different: 0, unmatched: 1, refused: 0 },
  checksums: { verified: 12_000, wrongBefore: 17, changed: 0 },
  seed: 7,
  time: { captureSeconds: 86_400.5, wallSeconds: 0.25, packetsPerSecond: 49_384, bitsPerSecond: 217_248_384 },
};

const DAY_TEXT = `day.pcapng: 12,345 packets, 6.8 MB, pcapng
one.pcap: 1 packet, 60 B, pcap

12,346 packets: 12,000 forwarded, 46 dropped, 300 passed (no endpoint's)

  endpoint    connection  flows  to service            to consumer          dropped
  pe-storage  Approved    1,024       6,000  400.0 kB        6,000  6.3 MB        5
  pe-vault    Pending         0           0       0 B            0     0 B       40

Dropped, by reason:
       40  connection-pending
           The endpoint's connection still waits for the provider's approval. Ask the owner of the
           private link service to approve the connection.
        5  icmp-echo
           A ping to an endpoint: real private endpoints do not answer them. Test with a
           connection to the service's port (curl, nc), or set icmpEcho: answer.
        1  reply-unmatched
           A captured reply whose request is not in the capture, or that cannot be rebuilt. Start
           the capture earlier, and capture both directions.

Flows: 1,024 created and 3 denied; 24 ended, 1,000 alive at the end, at most 1,001 at once
  backend    pool        flows
  10.2.0.11  lb/servers  1,000
  10.2.0.12  lb/servers     24

Replies: 6,000 rebuilt and sent through; 6,000 came out as captured, 0 differently
  1 unmatched: their requests are not in the capture, or they cannot be rebuilt
Checksums: 12,000 packets verified, 17 came wrong (offload, often), 0 changed their error

NAT ports:
  NAT address  backend    protocol  in use  peak      of  exhausted
  10.2.1.4     10.2.0.12  tcp            6     7  64,512          3
  10.2.1.4     10.2.0.11  tcp          899   900  64,512          0
  10.2.1.4     10.2.0.11  udp           99   100  64,512          0

Actual: 12,346 packets (6,789,072 bytes) in 0.25 seconds; 86400.500 seconds of capture
Rated: 217.2 Mbit/s, 49,384 packets/s; seed 7

Written to through.pcapng: open it in Wireshark; each packet is followed by what left.
`;

const CUT: ReplaySummary = {
  ...NOTHING,
  captures: [
    {
      file: "day.pcapng",
      format: "pcapng",
      linkType: 1,
      packets: 2,
      bytes: 120,
      damaged: "day.pcapng: packet 3 at byte 320: The file ends 4 bytes into a block.",
    },
    { file: "no.pcap", format: null, linkType: null, packets: 0, bytes: 0, damaged: "no.pcap: There is none." },
  ],
  packets: { read: 2, forwarded: 0, dropped: 0, passed: 2 },
  endpoints: [{ ...(DAY.endpoints[1] as ReplaySummary["endpoints"][number]), drops: {} }],
  busiest: [
    { address: "20.60.1.2", port: 443, protocol: "tcp", packets: 1 },
    { address: "10.1.0.53", port: 53, protocol: "udp", packets: 1 },
  ],
  interrupted: true,
};

const CUT_TEXT = `day.pcapng: 2 packets, 120 B, pcapng, damaged: what came before the damage was replayed
no.pcap: 0 packets, 0 B, not read
Interrupted: what follows is what was done so far.

2 packets: 0 forwarded, 0 dropped, 2 passed (no endpoint's)

  endpoint  connection  flows  to service       to consumer       dropped
  pe-vault  Pending         0           0  0 B            0  0 B        0

Flows: 0 created and 0 denied; 0 ended, 0 alive at the end, at most 0 at once

Replies: 0 rebuilt and sent through; 0 came out as captured, 0 differently

No packet that was read is for an endpoint. The busiest destinations, in packets:
          1  20.60.1.2:443 tcp
          1  10.1.0.53:53 udp
Let one of them stand for an endpoint: --as pe-vault=20.60.1.2:443

Actual: 2 packets (120 bytes) in 0.50 seconds; 0.000 seconds of capture
Rated: 0 bit/s, 0 packets/s; seed 1
`;

const section = (summary: Partial<ReplaySummary>, title: RegExp): string =>
  textReport({ ...DAY, ...summary })
    .split("\n\n")
    .find((candidate) => title.test(candidate)) ?? "";

suite("The summary for people", (test) => {
  test("of a whole day", () => assert.fixture(textReport(DAY, { out: "through.pcapng" }), DAY_TEXT));
  test("of an interrupted replay of damaged captures that met no endpoint", () =>
    assert.fixture(textReport(CUT), CUT_TEXT));

  test("says where the capture was written only when that is a file", () => {
    for (const options of [{}, { out: "-" }]) assert.not.match(textReport(DAY, options), /Written to/);
  });

  test("promises both sides only of a file that has both", () => {
    const text = textReport(DAY, { out: "through.pcap" });
    assert.match(text, /Written to through\.pcap: /);
    assert.not.match(text, /followed by what left/);
  });

  test("says how many PROXY headers left, where some did", () => {
    assert.match(
      textReport({ ...DAY, generated: { ...DAY.generated, proxyHeader: 29 } }),
      /\n\nPROXY headers: 29 put in front of clients' streams, each time one left\n\n/,
    );
    assert.not.match(textReport(DAY), /PROXY/);
  });

  test("leaves out what there is nothing of", () => {
    const text = textReport(NOTHING);
    for (const absent of [/Dropped, by/, /NAT ports/, /Checksums/, /unmatched/, /refused/, /busiest/, /\n\n\n/])
      assert.not.match(text, absent);
  });

  test("shows a dozen backends and pools, the busiest, and how many more there are", () => {
    const backends = Array.from({ length: 14 }, (_, i) => backend(i + 1, i + 1));
    const flows = section({ backends }, /^Flows: /).split("\n");
    assert.match(flows[2] ?? "", /^ {2}10\.2\.0\.14 .* 14$/);
    assert.is(flows.length, 2 + 12 + 1);
    assert.is(flows.at(-1), "  and 2 more backends");
    const natPools = Array.from({ length: 13 }, (_, i) => natPool(`10.2.0.${i + 1}`, "tcp", i + 1));
    const pools = section({ natPools }, /^NAT ports:/).split("\n");
    assert.match(pools[2] ?? "", / 10\.2\.0\.13 /);
    assert.is(pools.length, 2 + 12 + 1);
    assert.is(pools.at(-1), "  and 1 more pool");
  });

  test("does not say to open a capture that holds no packet", () => {
    for (const [out, expected] of [
      ["through.pcapng", /Written to through\.pcapng: it holds no packet\.\n$/],
      [
        "through.pcap",
        /Written to through\.pcap: it holds no packet\. Its side had none; --out-side shows the other one\.\n$/,
      ],
    ] as const) {
      const text = textReport({ ...DAY, written: 0 }, { out });
      assert.match(text, expected);
      assert.not.match(text, /Wireshark/);
    }
  });

  test("of captures that could not be read says so, and nothing of what would be 0", () => {
    const captures = CUT.captures.slice(1);
    assert.is(
      textReport({ ...NOTHING, captures, written: 0 }, { out: "through.pcapng" }),
      "no.pcap: 0 packets, 0 B, not read\n\nNothing could be read, so nothing was replayed or written.\n",
    );
  });

  test("asks for the server's side when the busiest destination is a backend", () => {
    const busiest = [
      { address: "10.1.0.53", port: 53, protocol: "udp" as const, packets: 9 },
      { address: "10.2.0.11", port: 443, protocol: "tcp" as const, packets: 8 },
    ];
    const text = section({ busiest }, /^No packet that was read/);
    assert.is(
      text.split("\n").at(-1),
      "10.2.0.11 is a backend: was the capture taken there, at the server? Then say so: --side provider",
    );
    assert.not.match(text, /--as/);
  });

  test("says which endpoint rules do not apply", () => {
    const sentence =
      "The rules of a do not apply to b. Set privateEndpointNetworkPolicies of the subnet or endpoint to Enabled.";
    const text = section({ inertRules: [sentence] }, /^The rules of a/);
    assert.is(text.replaceAll("\n", " "), sentence);
    for (const line of text.split("\n")) assert.ok(line.length < 100, line);
  });

  test("leaves the summary as it is", () => {
    const before = JSON.stringify(DAY);
    textReport(DAY);
    assert.is(JSON.stringify(DAY), before);
  });

  test("says what a different reply may mean, and of a refused one, in less than 100 columns", () => {
    const replies = section({ replies: { ...DAY.replies, identical: 5998, different: 2, refused: 4 } }, /^Replies: /);
    assert.match(replies, /^Replies: .* 5,998 came out as captured, 2 differently$/m);
    assert.match(replies.replaceAll(/\s+/g, " "), /A different reply is a fault of the plane, .*comment in --out\./);
    assert.match(replies, /^ {2}4 refused: the plane refused their flow, or it had ended$/m);
    for (const line of replies.split("\n")) assert.ok(line.length < 100, line);
  });

  test("says of an empty capture that nothing was in it, not that its packets met no endpoint", () => {
    assert.not.match(textReport(NOTHING), /is for an endpoint/);
    assert.match(
      textReport({ ...NOTHING, busiest: [] }),
      /No packet that was read is for an endpoint, and none is TCP or UDP/,
    );
  });
});
