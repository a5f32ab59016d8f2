// Texts that are no YAML, and YAML that is read in unusual ways.

import { parseConfiguration } from "../../../host/config/parse.ts";
import { problemText } from "../../../host/config/problem.ts";
import { assert, suite } from "../../kit.ts";
import { complaint, edited, SAMPLE, valueOf } from "./sample.ts";

const CHECK = "Check the indentation and the quotes around it.";

/** What is replaced, by what (a caret where the reader stops), and what it says first. */
const BROKEN: [change: string, to: string, message: string][] = [
  [
    "groupId: blob",
    "groupId: blob\n    ^groupId: file",
    "This field is here for the second time. Remove or rename one of them.",
  ],
  ["    groupId: blob", "^\tgroupId: blob", "Tabs are not allowed as indentation. Use spaces."],
  ["[440-443]\n", '["440-443]\n^', `Missing closing "quote. ${CHECK}`],
  ["groupId: blob", "groupId: ^@blob", `Plain value cannot start with reserved character @. ${CHECK}`],
];

/** Not a configuration at all. */
const NONE: [text: string, message: string][] = [
  ["- virtualNetworks", "Fields belong here, not a list. Write each as name: value."],
  ["virtualNetworks", 'Fields belong here, not "virtualNetworks". Write each as name: value.'],
  ["7", "Fields belong here, not 7. Write each as name: value."],
];

const problemsOf = (text: string) => complaint(() => parseConfiguration(text, "sample.yaml"));

suite("Broken YAML", (test) => {
  for (const [change, to, message] of BROKEN)
    test(message, () => {
      const { text, line, column } = edited(change, to);
      const { code, problems } = problemsOf(text);
      assert.is(code, "CONFIG_SYNTAX");
      assert.ok(
        problems.map(problemText).includes(`sample.yaml:${line}:${column}: ${message}`),
        problems.map(problemText).join("\n"),
      );
    });

  test("in JSON", () => {
    const json = JSON.stringify(valueOf(), null, 2);
    const cut = problemsOf(json.slice(0, -1));
    assert.is(cut.code, "CONFIG_SYNTAX");
    assert.is(cut.problems[0]?.line, json.split("\n").length);
    assert.is(problemsOf(json.replace('"groupId"', '"name": 1, "groupId"')).code, "CONFIG_SYNTAX");
  });

  test("an alias that stands for nothing is a problem with its place", () => {
    const { text, line, column } = edited("groupId: blob", "groupId: ^*nothing");
    const { problems } = problemsOf(text);
    assert.equal([problems[0]?.line, problems[0]?.column], [line, column]);
  });

  test("aliases that multiply are a problem, not a crash", () => {
    const level = (name: string, of: string): string => `${name}: &${name} [${Array(10).fill(of).join(", ")}]\n`;
    const bomb = `${level("a", "1")}${level("b", "*a")}${level("c", "*b")}${level("d", "*c")}${level("e", "*d")}`;
    assert.is.not(problemsOf(`${bomb}${SAMPLE}`).code, "ACCEPTED");
  });

  test("a second document is refused in words about the file", () => {
    const { code, problems } = problemsOf(`${SAMPLE}---\n${SAMPLE}`);
    assert.is(code, "CONFIG_SYNTAX");
    assert.is(problems[0]?.line, SAMPLE.split("\n").length);
    assert.not.match(problems[0]?.message ?? "", /parseAllDocuments/);
  });
});

suite("YAML that holds no configuration", (test) => {
  for (const [text, message] of NONE)
    test(JSON.stringify(text), () => {
      assert.equal(problemsOf(text).problems.map(problemText), [`sample.yaml:1:1: ${message}`]);
    });

  test("a file that is no text", () => {
    const { code, problems } = problemsOf("\n\r\r\n\0\0\0");
    assert.is(code, "CONFIG_SYNTAX");
    assert.equal(problems.map(problemText), [
      "sample.yaml:1:1: This is no text file. Give the configuration, in YAML or JSON.",
    ]);
  });

  test("an empty file lacks every list", () => {
    for (const text of ["", "\n", "# nothing\n", "{}", "null"]) {
      const missing = problemsOf(text).problems.map(problemText);
      const lists = ["virtualNetworks", "privateEndpoints", "privateLinkServices", "loadBalancers"];
      assert.is(missing.length, lists.length, text);
      lists.forEach((list, i) => assert.match(missing[i] ?? "", `The field "${list}" is missing. Add it.`));
    }
  });
});

suite("Unusual YAML", (test) => {
  const { text, line, column } = edited("groupId: blob", "^grupId: blob");
  for (const [name, changed] of [
    ["line ends of Windows", text.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\ufeff${text}`],
    ["no line end at the end", text.trimEnd()],
  ] as const)
    test(`${name} moves no mistake`, () => {
      const { problems } = problemsOf(changed);
      assert.equal(
        problems.map((problem) => [problem.line, problem.column]),
        [[line, column]],
      );
    });

  test("anchors and aliases stand for what they name", () => {
    const shared = SAMPLE.replace("[10.1.0.0/16]", "*blocks").replace(
      "[10.1.0.0/16, 10.9.0.0/16]",
      "&blocks [10.1.0.0/16]",
    );
    assert.equal(parseConfiguration(shared, "s").virtualNetworks[1]?.addressSpace, ["10.1.0.0/16"]);
  });

  test("a key that is no text points at itself", () => {
    for (const key of ["5: x", "true: x"]) {
      const odd = edited("groupId: blob", `^${key}`);
      const { problems } = problemsOf(odd.text);
      assert.equal([problems[0]?.line, problems[0]?.column], [odd.line, odd.column], key);
    }
  });
});
