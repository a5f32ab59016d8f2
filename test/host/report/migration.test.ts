// The migration report: every kind of line, from small captures, and as text.

import type { Configuration } from "../../../host/config/configuration.ts";
import { replay } from "../../../host/replay/replay.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { migrationText } from "../../../host/report/migration.ts";
import { textReport } from "../../../host/report/text.ts";
import { identifying, OTHER, OWN } from "../../conformance/first-message-kit.ts";
import { withIpv6 } from "../../conformance/ipv6-kit.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, inputOf, type Line } from "../replay/conversation.ts";
import { connection, get } from "../replay/requests.ts";

const AT_443 = "10.1.0.4:443";

async function migrated(
  lines: Line[],
  change: (configuration: Configuration) => void = () => {},
): Promise<ReplaySummary> {
  return replay({ configuration: configurationWith(change), inputs: [inputOf(lines)], migration: true });
}

/** A connection that says nothing for so many seconds. */
const pausing = (client: string, pause: number, at = AT_443): Line[] => [
  ...conversation(0, client, at).slice(0, 5),
  [pause, `tcp ${client} > ${at} PA seq=109 ack=907 data=more`],
  [pause + 0.1, `tcp ${at} > ${client} PA seq=907 ack=113 data=again ttl=55`],
];

suite("A migration report", (test) => {
  test("counts what would work by endpoint and port: clients, flows, both directions", async () => {
    const lines = [...conversation(0), ...conversation(1, "10.1.0.9:5001"), ...conversation(2, "10.1.0.8:5000")];
    const { migration } = await migrated(lines);
    assert.equal(migration?.works, [
      { endpoint: "shop-approved", port: 443, protocol: "tcp", clients: 2, flows: 3, packets: 24, bytes: 1338 },
    ]);
    assert.equal([migration?.fails, migration?.silences], [[], []]);
    assert.equal(
      [migration?.first, migration?.last],
      ["1970-01-01T00:00:00.000000000Z", "1970-01-01T00:00:02.070000000Z"],
    );
  });

  test("says what would not, why, to whom, and where in the capture", async () => {
    const to = (host: number, port: number, client = "10.1.0.9"): string =>
      `tcp ${client}:5000 > 10.1.0.${host}:${port} S`;
    const lines: Line[] = [
      [0, to(5, 443)],
      [1, to(5, 443)],
      [2, to(5, 80, "10.1.0.8")],
      [3, to(4, 22)],
      [4, "icmp 10.1.0.9 > 10.1.0.4"],
    ];
    const { migration } = await migrated(lines);
    const short = migration?.fails.map(({ sentence, remedy, ...rest }) => ({
      ...rest,
      said: sentence !== "" && remedy !== "",
    }));
    assert.equal(short, [
      {
        endpoint: "shop-approved",
        reason: "no-rule",
        ports: ["22/tcp"],
        clients: ["10.1.0.9"],
        flows: 1,
        packets: 1,
        packet: 4,
        said: true,
      },
      {
        endpoint: "shop-approved",
        reason: "icmp-echo",
        ports: [],
        clients: [],
        flows: 0,
        packets: 1,
        packet: 5,
        said: true,
      },
      {
        endpoint: "shop-pending",
        reason: "connection-pending",
        ports: ["443/tcp", "80/tcp"],
        clients: ["10.1.0.9", "10.1.0.8"],
        flows: 2,
        packets: 3,
        packet: 1,
        said: true,
      },
    ]);
  });

  test("does not say that a flow would work that is opened and refused for what it asks for", async () => {
    const lines: Line[] = [
      ...connection([[get(OWN)]]),
      ...connection([[get(OTHER)]]).map(([at, line]): Line => [at, line.replaceAll("10.1.0.9", "10.1.0.10")]),
    ].sort((a, b) => a[0] - b[0]);
    const summary = await migrated(lines, identifying("http"));
    assert.equal(
      summary.migration?.works.map(({ clients, flows }) => [clients, flows]),
      [[1, 1]],
    );
    assert.equal(
      summary.migration?.fails.map(({ reason, clients, flows }) => [reason, clients, flows]),
      [
        ["resource-denied", ["10.1.0.10"], 1],
        ["reply-refused", [], 0],
      ],
    );
    const text = migrationText(summary, "plan.yaml");
    assert.match(
      text,
      /\n- 1 flow would work\.\n- 1 flow would be refused, for 1 reason: 1 packet and 1 of replies\.\n/,
    );
  });

  test("lists pauses that are longer than the idle timeout, with the longest and how often", async () => {
    const twice: Line[] = [...pausing("10.1.0.9:5000", 400), [900, `tcp 10.1.0.9:5000 > ${AT_443} A seq=113 ack=912`]];
    const { migration } = await migrated([...twice, ...pausing("10.1.0.8:5000", 200)].sort((a, b) => a[0] - b[0]));
    const [row, ...others] = migration?.silences ?? [];
    assert.equal(others, []);
    assert.equal(
      [row?.client, row?.endpoint, row?.port, row?.timeoutSeconds, row?.times],
      ["10.1.0.9:5000", "shop-approved", 443, 300, 2],
    );
    assert.ok((row?.seconds ?? 0) > 499 && (row?.seconds ?? 0) < 500);
  });

  test("lists those of IPv6 clients, and of an address that stands for the endpoint's", async () => {
    const lines = pausing("[fd00:1::9]:5000", 400, "[2603:1030::4]:443");
    const { migration, replies } = await replay({
      configuration: configurationWith(withIpv6),
      inputs: [inputOf(lines)],
      aliases: [{ endpoint: "dual", address: "2603:1030::4" }],
      migration: true,
    });
    assert.equal(
      migration?.silences.map(({ client, endpoint, port, times }) => [client, endpoint, port, times]),
      [["[fd00:1::9]:5000", "dual", 443, 1]],
    );
    assert.equal([migration?.works.map(({ endpoint }) => endpoint), replies.different], [["dual"], 0]);
  });

  test("does not take a connection that was closed, or never answered, for a pausing one", async () => {
    const again: Line[] = [...conversation(0), ...conversation(400)];
    const unanswered: Line[] = [
      [0, `tcp 10.1.0.8:5000 > ${AT_443} S`],
      [500, `tcp 10.1.0.8:5000 > ${AT_443} S`],
    ];
    const { migration } = await migrated([...again, ...unanswered].sort((a, b) => a[0] - b[0]));
    assert.equal(migration?.silences, []);
  });

  test("compares replies, whatever else was asked", async () => {
    const configuration = configurationWith();
    const inputs = [inputOf(conversation(0))];
    const { replies, migration } = await replay({ configuration, inputs, migration: true, compare: false });
    assert.is(replies.compared, undefined);
    assert.is(migration?.works.length, 1);
  });

  test("as text: a section for each part, and names that hold a bar stay in their cell", async () => {
    const odd = (configuration: Configuration): void => {
      Object.assign(configuration.privateEndpoints[0] as object, { name: "shop|approved" });
    };
    const lines: Line[] = [...pausing("10.1.0.9:5000", 400), [401, "tcp 10.1.0.9:6000 > 10.1.0.5:443 S"]];
    const text = migrationText(await migrated(lines, odd), "plan.yaml");
    for (const section of [
      "In short",
      "What would work",
      "What would not, and why",
      "Connections needed",
      "Pauses that the idle timeout would cut",
    ])
      assert.ok(text.includes(`\n## ${section}\n`), section);
    assert.match(text, /^\| shop\\\|approved \| 443\/tcp \|/m);
    assert.match(text, /`test\.pcap`, 8 packets, through `plan\.yaml`/);
    assert.ok(!text.includes("What goes past"), "there is nothing to say about that");
  });

  test("says that refused packets left no record of their flows", async () => {
    const lines: Line[] = [[0, "tcp 10.1.0.9:6000 > 10.1.0.5:443 S"]];
    const summary = await migrated(lines, (it) => void (it.settings.maxDenied = 0));
    assert.match(
      migrationText(summary, "plan.yaml"),
      /\n- 1 refused packet left no record of its flow and is in no count /,
    );
    assert.match(textReport(summary), /\n {2}1 refused packet left no record of its flow: raise settings\.maxDenied\n/);
  });

  test("of a capture without packets says so", async () => {
    const text = migrationText(await migrated([]), "plan.yaml");
    assert.match(text, /## What would work\n\nNo flow of the capture\./);
    assert.match(text, /## In short\n\n- No packet of the capture is for an endpoint, .*`--as ENDPOINT=ADDRESS`\.\n/);
    assert.ok(!text.includes("Nothing would be refused"));
  });
});
