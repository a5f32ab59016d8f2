// What each profile says of the settings that a file leaves out, and that a file's own count before it.

import { readFileSync } from "node:fs";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { assert, suite } from "../../kit.ts";
import { valueOf } from "./sample.ts";

const PAGE = readFileSync(new URL("../../../docs/behaviour.md", import.meta.url), "utf8");
const PROFILES = ["azure", "aws", "gcp", "rfc"] as const;

const settingsOf = (settings: object) => normalizeConfiguration({ ...(valueOf() as object), settings }).settings;

/** Rows of the table in docs/behaviour.md, section 20.1: a field and its value for each profile. */
function stated(): [field: string, values: string[]][] {
  const [, section = ""] = PAGE.split("### 20.1");
  return [...section.matchAll(/^\| `(\w+Seconds)` \|(.*)\|$/gm)].map(([, field = "", cells = ""]) => [
    field,
    cells.split("|").map((cell) => cell.trim()),
  ]);
}

suite("Profiles", (test) => {
  PROFILES.forEach((profile, column) => {
    test(`${profile} is as docs/behaviour.md says`, () => {
      const { timers, portQuarantineSeconds } = settingsOf({ profile });
      const all: Record<string, number> = { ...timers, portQuarantineSeconds };
      const rows = stated();
      assert.equal(
        Object.fromEntries(rows.map(([field]) => [field, String(all[field] ?? "-")])),
        Object.fromEntries(rows.map(([field, values]) => [field, values[column]])),
      );
      assert.ok(rows.length >= 8);
    });
  });

  test("rfc has no timeout below what RFC 5382, 7857, 4787 and 6888 ask", () => {
    const { timers, portQuarantineSeconds } = settingsOf({ profile: "rfc" });
    assert.ok(timers.tcpIdleSeconds >= 7440);
    const { tcpOpeningSeconds, tcpHalfClosedSeconds = 0, tcpClosingSeconds, tcpResetSeconds } = timers;
    assert.ok(Math.min(tcpOpeningSeconds, tcpHalfClosedSeconds, tcpClosingSeconds, tcpResetSeconds) >= 240);
    assert.ok(timers.udpIdleSeconds >= 300);
    assert.ok(portQuarantineSeconds >= 120);
  });

  test("what the file says counts before the profile, the rest of it stays", () => {
    const { timers, portQuarantineSeconds } = settingsOf({
      profile: "rfc",
      portQuarantineSeconds: 0,
      timers: { tcpIdleSeconds: 300, tcpHalfClosedSeconds: 5 },
    });
    assert.is(portQuarantineSeconds, 0);
    assert.equal(
      [timers.tcpIdleSeconds, timers.tcpHalfClosedSeconds, timers.tcpOpeningSeconds, timers.udpIdleSeconds],
      [300, 5, 240, 300],
    );
  });
});
