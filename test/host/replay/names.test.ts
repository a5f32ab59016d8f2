// The example through rules that read names: clients of an endpoint reach its own resource, and are stopped on the way to others.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { memorySource } from "../../../host/capture/memory.ts";
import { parseConfiguration } from "../../../host/config/index.ts";
import { replay } from "../../../host/replay/replay.ts";
import type { FlowLine, ReplaySummary } from "../../../host/replay/summary.ts";
import { textReport } from "../../../host/report/text.ts";
import { OTHER, OWN } from "../../conformance/first-message-kit.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, replayLines } from "./conversation.ts";
import { connection, everyRequest, get } from "./requests.ts";

const read = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))));

suite("A replay that filters by name", (test) => {
  let summary: ReplaySummary;
  let lines: FlowLine[];
  test.before(async () => {
    const configuration = parseConfiguration(new TextDecoder().decode(read("filtered.yaml")), "filtered.yaml");
    let text = "";
    const flows = {
      write: (bytes: Uint8Array) => void (text += new TextDecoder().decode(bytes)),
      close: () => undefined,
    };
    const inputs = [{ file: "storage.pcapng", source: memorySource(read("storage.pcapng")) }];
    summary = await replay({ configuration, inputs, flows, compare: false });
    lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as FlowLine);
  });

  test("lists the names it refused, with endpoints, flows and clients", () =>
    assert.equal(
      summary.names?.refused.map(({ name, endpoint, flows, clients }) => [name, endpoint, flows, clients.length]),
      [
        ["account2.blob.example", "pe-sql", 3, 2],
        ["server2.database.example", "pe-sql", 1, 1],
      ],
    ));

  test("lets those of its own pass whole, and compares their replies", () => {
    assert.is(summary.endpoints.find(({ name }) => name === "pe-storage")?.drops["resource-denied"], undefined);
    assert.is(summary.replies.different, 0);
    assert.ok(summary.replies.identical > 200);
  });

  test("counts every packet once", () => {
    const { packets, drops } = summary;
    assert.is(packets.forwarded + packets.dropped + packets.passed, packets.read);
    assert.is(
      Object.values(drops).reduce((sum, dropped) => sum + dropped, 0),
      packets.dropped,
    );
  });

  test("has each flow's name in the flow log", () => {
    const names = (verdict: FlowLine["verdict"]): Set<string | null> =>
      new Set(lines.filter((line) => line.verdict === verdict && line.name !== null).map(({ name }) => name));
    assert.equal([...names("allowed")].sort(), ["account1.blob.example", "server1.database.example"]);
    assert.equal([...names("denied")].sort(), ["account2.blob.example", "server2.database.example"]);
  });

  test("says so in its report", () => {
    const text = textReport(summary);
    assert.match(text, /account2\.blob\.example +pe-sql +3/);
    assert.match(text, /Rules that are not name-filtered: pls-front\/dns/);
  });
});

suite("A replay that looks at every request", (test) => {
  const configuration = configurationWith(everyRequest);
  const cases: [string, string[][], Record<string, number>, Record<string, number>][] = [
    [
      "is right about requests that all are for its resource",
      [[get(OWN)], [get(OWN)], [get(OWN)]],
      { identical: 4 },
      {},
    ],
    ["and that came in pieces", [[get(OWN)], [get(OWN).slice(0, 9), get(OWN).slice(9)]], { identical: 3 }, {}],
    [
      "is right about one that is for another",
      [[get(OWN)], [get(OTHER)], [get(OWN)]],
      { identical: 2, refused: 2 },
      { "resource-denied": 2 },
    ],
    [
      "is right about one that can be read in two ways",
      [[get(OWN)], [get(OWN, "Content-Length: 1\r\nContent-Length: 2\r\n")], [get(OWN)]],
      { identical: 2, refused: 2 },
      { "request-ambiguous": 2 },
    ],
    [
      "is right about one that leaves HTTP",
      [[get(OWN)], [get(OWN, "Upgrade: h2c\r\n")], ["\x01\x02"]],
      { identical: 2, refused: 2 },
      { "stream-opaque": 2 },
    ],
  ];
  for (const [name, requests, counts, expected] of cases)
    test(name, async () => {
      const { replies, drops } = await replayLines(connection(requests), { configuration });
      const mirrored = (counts.identical ?? 0) + (drops["reply-refused"] === undefined ? (counts.refused ?? 0) : 0);
      assert.equal(replies, { mirrored, identical: 0, different: 0, unmatched: 0, refused: 0, ...counts });
      const { "reply-refused": _, "no-flow": __, ...own } = drops;
      assert.equal(own, expected);
    });

  test("is right about segments that were sent again, while they were held and after", async () => {
    const lines = connection([[get(OWN)], [get(OWN).slice(0, 9), get(OWN).slice(9)], [get(OTHER)]], 2);
    const { replies, drops } = await replayLines(lines, { configuration });
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 1 });
    assert.equal(drops, { "held-retransmission": 1, "resource-denied": 2, "reply-refused": 1 });
  });
});
