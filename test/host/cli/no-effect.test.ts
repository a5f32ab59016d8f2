// Options that change nothing in a run are named on standard error; those that do are not.

import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane } from "./command.ts";

const REPLAY = ["replay", CAPTURE, "--config", CONFIGURATION, "--quiet"];

suite("Options without effect", (test) => {
  test("--no-compare where packets are compared all the same", async () => {
    const { status, stderr } = await linkplane([...REPLAY, "--no-compare", "--as", "pe-storage=20.60.1.2"]);
    assert.is(status, 0);
    assert.match(stderr, /^linkplane: Replies were compared all the same: --no-compare /);
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
