// Where the kernel's NAT and linkplane do not do the same, docs/conformance.md says why.

import { readFileSync } from "node:fs";
import { assert, suite } from "../kit.ts";
import { SCENARIOS } from "./scenarios.ts";

const page = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");
const [, section = ""] = page.split("## Where the Linux kernel's NAT differs\n");
const [table = ""] = section.split("\n## ");

suite("Differences from the Linux kernel's NAT", (test) => {
  test("are each explained, and no other is", () => {
    const found = new Set(SCENARIOS.flatMap(({ steps }) => steps.flatMap(({ differs }) => differs?.by ?? [])));
    const rows = [...table.matchAll(/^\| (.+?) \|/gm)].map(([, name = ""]) => name).filter((name) => name !== "rule");
    assert.equal([...found].sort(), rows.sort());
  });
});
