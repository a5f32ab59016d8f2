// docs/reasons.md: a row for every reason, and a test that provokes it.

import { readFileSync } from "node:fs";
import { reasonsPage } from "../../docs/reasons.ts";
import { REASONS } from "../../host/reasons.ts";
import { assert, suite } from "../kit.ts";

const page = readFileSync(new URL("../../docs/reasons.md", import.meta.url), "utf8");

suite("docs/reasons.md", (test) => {
  test("is what `npm run docs` makes", () => assert.is(page, reasonsPage()));

  test("names a test that provokes each reason", () => {
    for (const { name } of REASONS) {
      const [, file = ""] = new RegExp(`^\\| \`${name}\` .*\\]\\(\\.\\./(test/.*)\\) \\|$`, "m").exec(page) ?? [];
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
      assert.match(source, new RegExp(`[ "]${name}[ "\`:]`), `${file} does not provoke ${name}`);
    }
  });

  test("says of every refusal what to do", () => {
    const idle = REASONS.filter(
      ({ verdict, remedy, name }) => verdict === "drop" && remedy === "" && !name.startsWith("bad-"),
    );
    assert.equal(
      idle.map(({ name }) => name).filter((name) => name !== "protocol" && name !== "no-flow"),
      [],
    );
  });

  test("tells every dropped packet's owner what happened; passes and drops by mistake what to change", () => {
    for (const { name, sentence } of REASONS) assert.match(sentence, /^[A-Z].*\.$/, name);
  });
});
