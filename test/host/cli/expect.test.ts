// replay --expect, as a shell runs it.

import { writeFileSync } from "node:fs";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane, scratch } from "./command.ts";

const file = scratch()("expect.yaml");
const replay = (expectations: string, ...more: string[]) =>
  linkplane(["replay", CAPTURE, "--config", CONFIGURATION, "--expect", expectations, ...more]);

suite("replay --expect", (test) => {
  test("ends with 0 when everything is so", async () => {
    const { status, stdout } = await replay("examples/storage.expect.yaml");
    assert.is(status, 0);
    assert.match(stdout, /^Expectations: 3 met, 0 not met, 1 without traffic$/m);
  });

  test("ends with 1 when something is not so, and says what in JSON", async () => {
    writeFileSync(file, "expectations: [{ verdict: allowed, endpoint: pe-vault }]\n");
    const { status, stdout } = await replay(file, "--json");
    assert.is(status, 1);
    const [judgement] = JSON.parse(stdout).expectations;
    assert.is(judgement.outcome, "contrary");
    assert.is(judgement.contraryFlows, 5);
    assert.is(judgement.contrary[0].reason, "connection-pending");
  });

  test("with --quiet lists what is not so, and says nothing when all is", async () => {
    writeFileSync(file, "expectations: [{ verdict: allowed, endpoint: pe-vault }]\n");
    const { status, stdout } = await replay(file, "--quiet");
    assert.is(status, 1);
    assert.match(
      stdout,
      /^Expectations: 0 met, 1 not met\n {2}FAIL {2}allowed: any client > pe-vault \(5 of 5 flows otherwise\)\n/,
    );
    assert.is((await replay("examples/storage.expect.yaml", "--quiet")).stdout, "");
  });

  test("ends with 3 when the file is wrong, with its place", async () => {
    writeFileSync(file, "expectations: []\n");
    const { status, stderr } = await replay(file);
    assert.is(status, 3);
    assert.match(stderr, /expect\.yaml:1:15: There is no expectation\. Add one\./);
  });
});
