// Options that change nothing in a run are named on standard error; those that do are not.

import { readFileSync, writeFileSync } from "node:fs";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane, ROOT, scratch } from "./command.ts";

const file = scratch()("named.yaml");

const REPLAY = ["replay", CAPTURE, "--config", CONFIGURATION, "--quiet"];

suite("Options without effect", (test) => {
  test("--no-compare where packets are compared all the same", async () => {
    const { status, stderr } = await linkplane([...REPLAY, "--no-compare", "--as", "pe-storage=20.60.1.2"]);
    assert.is(status, 0);
    assert.match(stderr, /^linkplane: Replies were compared all the same: --no-compare /);
  });

  test("--no-compare where names are known, which nobody looks for then", async () => {
    const configuration = readFileSync(`${ROOT}/${CONFIGURATION}`, "utf8")
      .replace("groupId: blob", "groupId: blob\n    resource: account1")
      .replace("natAddresses:", "resources: [{ name: account1, groupId: blob }]\n    natAddresses:");
    writeFileSync(file, configuration);
    const { status, stderr } = await linkplane(["replay", CAPTURE, "--config", file, "--quiet", "--no-compare"]);
    assert.is(status, 0);
    assert.is(
      stderr,
      "linkplane: DNS answers and traffic past endpoints were not looked for. Leave out --no-compare for them.\n",
    );
  });

  test("more workers than shards", async () => {
    const { status, stderr } = await linkplane([...REPLAY, "--workers", "2"]);
    assert.is(status, 0);
    assert.is(stderr, "linkplane: One worker was started, as there are shards. Raise settings.shards for more.\n");
  });

  test("nothing is said of options that did what they say", async () => {
    const { stderr } = await linkplane([...REPLAY, "--no-compare"]);
    assert.is(stderr, "");
  });
});
