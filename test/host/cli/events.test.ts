// --events on the command line: what is told, and what stays untouched when an event is wrong.

import { existsSync, writeFileSync } from "node:fs";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane, replaySummary, scratch } from "./command.ts";

const file = scratch();

suite("replay --events", (test) => {
  test("tells in JSON what each event did", async () => {
    const { events, replies } = await replaySummary([CAPTURE, "--events", "examples/incident.yaml"]);
    assert.is(events?.length, 6);
    assert.equal(events?.[1], {
      change: "privateEndpoint pe-storage: Rejected",
      seconds: 1.2,
      applied: true,
      flowsCut: 18,
    });
    assert.is(events?.[5]?.applied, false);
    assert.is(replies.different, 0);
  });

  test("of a wrong event: its place, exit code 3, and no output", async () => {
    writeFileSync(file("bad.yaml"), "events:\n  - { at: 1, privateEndpoint: pe-storag, connectionState: Rejected }\n");
    const args = ["--config", CONFIGURATION, "--events", file("bad.yaml"), "--out", file("out.pcapng")];
    const { status, stderr, stdout } = await linkplane(["replay", CAPTURE, ...args]);
    assert.is(status, 3);
    assert.is(stdout, "");
    assert.is(
      stderr,
      `linkplane: ${file("bad.yaml")}:2:31: There is no private endpoint "pe-storag". Did you mean "pe-storage"?\n`,
    );
    assert.not(existsSync(file("out.pcapng")));
  });
});
