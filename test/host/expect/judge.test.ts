// Flows judged by expectations.

import { type Judgement, Judge, failed } from "../../../host/expect/judge.ts";
import { parseExpectations } from "../../../host/expect/read.ts";
import { FLOW_REASONS } from "../../../host/expect/flow-reasons.ts";
import { REASONS } from "../../../host/reasons.ts";
import { ConfigurationError } from "../../../host/config/problem.ts";
import type { FlowLine } from "../../../host/replay/summary.ts";
import { expectationsText } from "../../../host/report/expectations.ts";
import { identifying, OTHER, OWN } from "../../conformance/first-message-kit.ts";
import { CLIENT, DUAL, PENDING, withIpv6 } from "../../conformance/ipv6-kit.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, type Line, replayLines } from "../replay/conversation.ts";
import { connection, get } from "../replay/requests.ts";

/** An approved endpoint's HTTPS, a pending one's, and a port without a rule. */
const LINES: Line[] = [
  ...conversation(0),
  ...conversation(1, "10.1.0.10:5000", "10.1.0.5:443"),
  [2, "tcp 10.1.0.9:5001 > 10.1.0.4:8443 S seq=1"],
];

/** The same of IPv6 clients, at a dual-stack endpoint and at one whose connection is pending. */
const SIX_LINES: Line[] = [
  ...conversation(0, `${CLIENT}:5000`, `${DUAL}:443`),
  [1, `tcp [fd00:1::a]:5000 > ${PENDING}:443 S`],
  ...conversation(2),
];

const SIX_ROWS: [text: string, outcome: string][] = [
  ['{ verdict: allowed, client: "fd00:1::9" }', "met"],
  ['{ verdict: denied, client: "fd00:1::9" }', "contrary"],
  ['{ verdict: denied, client: "fd00:1::a/127", endpoint: six-pending }', "met"],
  ['{ verdict: allowed, client: "fd00:1::/64" }', "contrary"],
  ['{ verdict: allowed, client: "::/0", endpoint: dual }', "met"],
  ["{ verdict: allowed, client: 0.0.0.0/0 }", "met"],
  ['{ verdict: allowed, client: "fd00:2::/64" }', "no-traffic"],
];

async function judged(text: string): Promise<Judgement[]> {
  const judge = new Judge(parseExpectations(`expectations:\n  - ${text}\n`, configurationWith()));
  await replayLines(LINES, { onFlow: (line: FlowLine) => judge.flow(line) });
  return judge.judgements();
}

const outcome = async (text: string): Promise<string> => (await judged(text))[0]?.outcome ?? "";

/** Expectation, and its outcome. */
const ROWS: [text: string, outcome: string][] = [
  ["{ verdict: allowed, endpoint: shop-approved, port: 443 }", "met"],
  ["{ verdict: allowed, endpoint: shop-approved }", "contrary"],
  ["{ verdict: denied, endpoint: shop-pending, reason: connection-pending }", "met"],
  ["{ verdict: denied, endpoint: shop-pending, reason: no-rule }", "contrary"],
  ["{ verdict: denied, client: 10.1.0.10 }", "met"],
  ["{ verdict: denied, client: 10.1.0.8/31, port: 8443 }", "met"],
  ["{ verdict: allowed, client: 10.1.0.8/31, port: 443, network: shop }", "met"],
  ["{ verdict: allowed, client: 10.1.0.12/30 }", "no-traffic"],
  ["{ verdict: allowed, network: lab }", "no-traffic"],
  ["{ verdict: allowed, protocol: udp }", "no-traffic"],
  ["{ verdict: allowed, name: www.example }", "no-traffic"],
  ["{ verdict: allowed, protocol: udp, optional: true }", "skipped"],
];

/** A client that asks for the endpoint's own resource, and one that asks for another's: its flow is opened, and then refused. */
const NAMED: Line[] = [
  ...connection([[get(OWN)]]),
  ...connection([[get(OTHER)]]).map(([at, line]): Line => [at, line.replaceAll("10.1.0.9", "10.1.0.10")]),
].sort((a, b) => a[0] - b[0]);

const NAMED_ROWS: [text: string, outcome: string][] = [
  ["{ verdict: denied, client: 10.1.0.10 }", "met"],
  ["{ verdict: allowed, client: 10.1.0.10 }", "contrary"],
  ["{ verdict: denied, client: 10.1.0.10, reason: resource-denied }", "met"],
  ["{ verdict: allowed, client: 10.1.0.9 }", "met"],
  ["{ verdict: denied, client: 10.1.0.9 }", "contrary"],
];

suite("Expectations", (test) => {
  for (const [text, expected] of SIX_ROWS)
    test(`with IPv6 clients: ${text} is ${expected}`, async () => {
      const configuration = configurationWith(withIpv6);
      const judge = new Judge(parseExpectations(`expectations:\n  - ${text}\n`, configuration));
      await replayLines(SIX_LINES, { configuration, onFlow: (line: FlowLine) => judge.flow(line) });
      assert.is(judge.judgements()[0]?.outcome, expected);
    });

  for (const [text, expected] of NAMED_ROWS)
    test(`of flows that are refused for what they ask for: ${text}`, async () => {
      const configuration = configurationWith(identifying("http"));
      const judge = new Judge(parseExpectations(`expectations:\n  - ${text}\n`, configuration));
      await replayLines(NAMED, { configuration, onFlow: (line: FlowLine) => judge.flow(line) });
      assert.is(judge.judgements()[0]?.outcome, expected);
    });

  for (const [text, expected] of ROWS) test(text, async () => assert.is(await outcome(text), expected));

  test("what was otherwise is listed, with what to change", async () => {
    const judgements = await judged("{ verdict: allowed, endpoint: shop-pending }");
    assert.equal(judgements.map(failed), [true]);
    const text = expectationsText(judgements);
    assert.match(
      text,
      /^Expectations: 0 met, 1 not met\n {2}FAIL {2}allowed: any client > shop-pending \(1 of 1 flow /,
    );
    assert.match(text, /10\.1\.0\.10:5000 > shop-pending:443\/tcp: denied, connection-pending\n {10}Ask the owner/);
  });

  test("that no flow meets fail", async () =>
    assert.match(
      expectationsText(await judged("{ verdict: allowed, protocol: udp }")),
      /no flow of the capture is meant/,
    ));

  test("that a flow without a record may break are no success", async () => {
    const configuration = configurationWith((it) => {
      identifying("http")(it);
      it.settings.maxDenied = 0;
    });
    const rows: [text: string, outcome: string][] = [
      ["{ verdict: allowed }", "unrecorded"],
      ["{ verdict: allowed, client: 10.1.0.77, optional: true }", "unrecorded"],
      ["{ verdict: denied, client: 10.1.0.10 }", "no-traffic"],
      ["{ verdict: denied, client: 10.1.0.9 }", "contrary"],
      ["{ verdict: denied, client: 10.1.0.77, optional: true }", "skipped"],
    ];
    const text = rows.map(([each]) => `  - ${each}\n`).join("");
    const judge = new Judge(parseExpectations(`expectations:\n${text}`, configuration));
    const { flows } = await replayLines(NAMED, { configuration, onFlow: (line: FlowLine) => judge.flow(line) });
    assert.ok(flows.unrecorded > 0);
    const judgements = judge.judgements(flows.unrecorded);
    assert.equal(
      judgements.map(({ outcome: each }) => each),
      rows.map(([, each]) => each),
    );
    assert.equal(judgements.map(failed), [true, true, true, true, false]);
    assert.match(
      expectationsText(judgements),
      /FAIL {2}allowed: .*\n {10}refused packets left no record .* settings\.maxDenied/,
    );
  });

  test("know every reason that a flow can have", () => {
    const names = REASONS.map(({ name }) => name);
    for (const name of Object.values(FLOW_REASONS).flat()) assert.ok(names.includes(name), name);
  });

  test("a client of an expectation made in code that is no address is refused", () =>
    assert.throws(
      () => new Judge([{ verdict: "allowed", client: "10.1.0", optional: false }]),
      /client "10\.1\.0" is no address and no block/,
    ));

  for (const [text, message] of [
    ["{ verdict: allowed, endpoint: shop-aproved }", /^expectations:2:35: .* "shop-aproved"\. Did you mean/],
    ["{ verdict: denied, reason: no-rules }", /^expectations:2:32: .*Did you mean "no-rule"/],
    ["{ verdict: allowed, client: 10.1.0.9/24 }", /^expectations:2:33: This is no address and no block/],
    [
      "{ verdict: allowed, reason: no-rule }",
      /^expectations:2:33: No flow is allowed as no-rule\. Set verdict to denied, or leave reason out\.$/,
    ],
    [
      "{ verdict: denied, reason: new-flow }",
      /^expectations:2:32: No flow is denied as new-flow\. Set verdict to allowed/,
    ],
    [
      "{ verdict: denied, reason: icmp-echo }",
      /^expectations:2:32: icmp-echo is about single packets, .* connection-pending/,
    ],
    ["{ endpoint: shop-approved }", /^expectations:2:5: The field "verdict" is missing/],
  ] as const)
    test(`a mistake in ${text} has its place`, () =>
      assert.throws(
        () => parseExpectations(`expectations:\n  - ${text}\n`, configurationWith()),
        (error: unknown) => error instanceof ConfigurationError && message.test(error.format()),
      ));
});
