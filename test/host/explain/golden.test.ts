// A packet of every verdict reason, explained: as people read it, and as programs do.

import { readdirSync, readFileSync } from "node:fs";
import { ADMISSION } from "../../../host/explain/admission.ts";
import { FRAGMENTS } from "../../../host/explain/fragment.ts";
import { TRANSLATION } from "../../../host/explain/translation.ts";
import { REASONS } from "../../../host/reasons.ts";
import { assert, suite } from "../../kit.ts";
import { FLOW_REASONS } from "../../../host/expect/flow-reasons.ts";
import { CASES, ELSEWHERE, nameOf, prepared } from "./cases.ts";
import { FOLDER, written } from "./golden.ts";
import { explained, REPLAYED, type Replayed } from "./replayed.ts";

const read = (name: string): string => readFileSync(FOLDER + name, "utf8");

suite("An explanation", (test) => {
  for (const each of CASES)
    test(`of ${nameOf(each)}`, async () => {
      const { plane, packet } = await prepared(each);
      const explanation = plane.explain(packet);
      assert.is(explanation.reason, each.reason);
      const { txt, json } = written(explanation);
      assert.is(txt, read(`${nameOf(each)}.txt`));
      assert.is(json, read(`${nameOf(each)}.json`));
    });

  for (const each of REPLAYED)
    test(`of a packet in a capture: ${each.name}`, async () => {
      const { txt, json } = written(await explained(each));
      assert.is(txt, read(`${each.name}.txt`));
      assert.is(json, read(`${each.name}.json`));
      if (ELSEWHERE.includes(each.name)) assert.ok(txt.includes(each.name), txt);
    });

  test("tells what became of a held packet, and what refused the request of a reply", async () => {
    const told = (name: string) => explained(REPLAYED.find((each) => each.name === name) as Replayed);
    assert.is((await told("held-let-go")).later, "let go with packet 6");
    assert.is((await told("held-let-go-ipv6")).later, "let go with packet 5");
    assert.is((await told("fragment-let-go-ipv6")).later, "let go with packet 2");
    assert.match((await told("held-discarded")).later ?? "", /packet 5 had its flow refused as resource-denied/);
    const [{ looked } = { looked: {} }] = (await told("reply-of-refused")).steps;
    assert.equal(looked, { request: "connection-pending", packet: 1 });
  });

  test("is there of every reason, and nothing else is", () => {
    const replayed = REPLAYED.map(({ name }) => name);
    const names = REASONS.map(({ name }) => name);
    const own = names.filter((name) => !ELSEWHERE.includes(name));
    assert.equal(
      CASES.filter(({ name }) => name === undefined)
        .map(({ reason }) => reason)
        .sort(),
      own.sort(),
    );
    for (const name of ELSEWHERE) assert.ok(replayed.includes(name), name);
    const all = [...new Set([...names, ...replayed, ...CASES.map(nameOf)])];
    assert.equal(readdirSync(FOLDER).sort(), all.flatMap((name) => [`${name}.json`, `${name}.txt`]).sort());
  });

  test("has a denied flow of those reasons that expectations may give for one, and of no others", async () => {
    for (const each of CASES) {
      const { plane, packet } = await prepared(each);
      assert.is(plane.explain(packet).deniedFlow !== null, FLOW_REASONS.denied.includes(each.reason), each.reason);
    }
  });

  test("says what to change, of every reason that stops a packet", () => {
    for (const { name, verdict, remedy } of REASONS) if (verdict !== "forward") assert.ok(remedy !== "", name);
  });

  test("knows no stage that its page does not tell of, and the other way", () => {
    const page = readFileSync(new URL("../../../docs/explain.md", import.meta.url), "utf8");
    const [, table = ""] = /## Stages\n([\s\S]*?)\n## /.exec(page) ?? [];
    const told = table
      .split("\n")
      .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    const known = new Set([
      ...Object.values({ ...ADMISSION, ...FRAGMENTS, ...TRANSLATION }).map(({ stage }) => stage),
      "replay",
    ]);
    assert.equal(told.sort(), [...known].sort());
  });

  test("names the stage that stopped the packet", async () => {
    for (const each of CASES) {
      const { plane, packet } = await prepared(each);
      const { steps, verdict, reason } = plane.explain(packet);
      const stopped = steps.map((step) => step.reason).filter((name) => name !== undefined);
      if (verdict === "forward") assert.equal(stopped, [], reason);
      else assert.equal([...new Set(stopped)], [reason]);
    }
  });
});
