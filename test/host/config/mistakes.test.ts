// Every kind of mistake: what is said, and where it points. A row of the tables is one kind.

import { readdirSync } from "node:fs";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { parseConfiguration } from "../../../host/config/parse.ts";
import { problemText } from "../../../host/config/problem.ts";
import { assert, suite } from "../../kit.ts";
import { ACCESS_CONTRADICTIONS, ACCESS_SHAPES } from "./access-mistakes.ts";
import { DASH_MISTAKES } from "./dash-mistakes.ts";
import { DNS_MISTAKES } from "./dns-mistakes.ts";
import { messagesOf } from "./messages.ts";
import { REFERENCE_MISTAKES } from "./reference-mistakes.ts";
import { ADVICE, complaint, edited, SAMPLE, valueOf } from "./sample.ts";
import { SHAPE_MISTAKES } from "./shape-mistakes.ts";
import { TUNNEL_MISTAKES } from "./tunnel-mistakes.ts";

const MISTAKES = [
  ...SHAPE_MISTAKES,
  ...ACCESS_SHAPES,
  ...REFERENCE_MISTAKES,
  ...ACCESS_CONTRADICTIONS,
  ...DNS_MISTAKES,
  ...TUNNEL_MISTAKES,
  ...DASH_MISTAKES,
];
/** Of YAML itself: syntax.test.ts. The sum of all: all-at-once.test.ts. Too much for a plane: totals.test.ts. Of changes: change.test.ts. Of resources: identification.test.ts. Of events: events.test.ts. Of inbound NAT rules: nat-rules.test.ts. */
const ELSEWHERE = [
  "family-mistakes.ts",
  "document.ts",
  "change.ts",
  "events.ts",
  "events-schema.ts",
  "event-mistakes.ts",
  "problem.ts",
  "totals.ts",
  "identification.ts",
  "nat-rule-mistakes.ts",
];

suite("A mistake", (test) => {
  test("the sample holds none, as YAML, as JSON and as an object", () => {
    assert.equal(
      complaint(() => parseConfiguration(SAMPLE, "sample.yaml")),
      { code: "ACCEPTED", problems: [] },
    );
    const json = JSON.stringify(valueOf());
    assert.equal(parseConfiguration(json, "sample.json"), parseConfiguration(SAMPLE, "sample.yaml"));
    assert.equal(normalizeConfiguration(valueOf()), parseConfiguration(SAMPLE, "sample.yaml"));
  });

  for (const [change, to, message] of MISTAKES) {
    const { text, line, column } = edited(change, to);
    test(`at ${line}:${column}: ${message}`, () => {
      const { code, problems } = complaint(() => parseConfiguration(text, "sample.yaml"));
      assert.equal(problems.map(problemText), [`sample.yaml:${line}:${column}: ${message}`]);
      assert.is(code, "CONFIG_INVALID");
      assert.match(message, ADVICE);
    });
  }

  test("of a number of NAT addresses: a service has one to eight", () => {
    for (const [count, accepted] of [
      [0, false],
      [1, true],
      [8, true],
      [9, false],
    ] as const) {
      const addresses = Array.from({ length: count }, (_, i) => `10.2.1.${4 + i}`);
      const { text } = edited("[10.2.1.4, 10.2.1.5]", `^[${addresses.join(", ")}]`);
      const { code } = complaint(() => parseConfiguration(text, "sample.yaml"));
      assert.is(code, accepted ? "ACCEPTED" : "CONFIG_INVALID", `${count} addresses`);
    }
  });

  test("is the same in JSON, at the same token", () => {
    for (const [change, to] of MISTAKES) {
      const { text, line, column } = edited(change, to);
      const json = JSON.stringify(valueOf(text), null, 2);
      const fromYaml = complaint(() => parseConfiguration(text, "sample")).problems;
      const fromJson = complaint(() => parseConfiguration(json, "sample")).problems;
      assert.equal(fromJson.map(pathAndMessage), fromYaml.map(pathAndMessage));
      const there = json.split("\n")[(fromJson[0]?.line ?? 0) - 1]?.slice((fromJson[0]?.column ?? 0) - 1) ?? "";
      const token = text.split("\n")[line - 1]?.slice(column - 1) ?? "";
      assert.is(firstWord(there), firstWord(token), `${change} -> ${to}`);
    }
  });

  test("is the same in an object, which has no lines", () => {
    for (const [change, to] of MISTAKES) {
      const { text } = edited(change, to);
      const fromYaml = complaint(() => parseConfiguration(text, "sample.yaml")).problems;
      const { code, problems } = complaint(() => normalizeConfiguration(valueOf(text)));
      assert.equal(
        problems,
        fromYaml.map((problem) => ({ ...problem, file: "configuration", line: 0, column: 0 })),
      );
      assert.is(code, "CONFIG_INVALID");
    }
  });

  test("of every kind that the sources know is among the rows", () => {
    const files = readdirSync(new URL("../../../host/config/", import.meta.url)).filter((file) => file.endsWith(".ts"));
    const kinds = files.filter((file) => !ELSEWHERE.includes(file)).flatMap(messagesOf);
    assert.ok(kinds.length >= 34, `only ${kinds.length} messages were found in the sources`);
    const missing = kinds.filter((kind) => !MISTAKES.some(([, , message]) => kind.test(message)));
    assert.equal(missing.map(String), []);
  });
});

function pathAndMessage({ path, message }: { path: string; message: string }): string {
  return `${path}: ${message}`;
}

/** The first word or bracket of a text, quotes left out; a block of YAML, where names come first, begins where braces would. */
function firstWord(text: string): string {
  if (text.startsWith("name: ")) return "{";
  return /^[{[]|[^\s"',:[\]{}]*/.exec(text.replace(/^"/, ""))?.[0] ?? "";
}
