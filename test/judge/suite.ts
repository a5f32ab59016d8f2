// Scenarios as tests. They are skipped where the kernel cannot be asked.

import { assert, suite } from "../kit.ts";
import { described, judged } from "./judge.ts";
import { hindrance } from "./kernel.ts";
import type { Scenario } from "./scenario.ts";

/** A machine that takes longer than this to set the namespaces up is too busy for scenarios that wait for the kernel's clock. */
const BUSY_MILLISECONDS = 4000;

/** Declares a test for each scenario, and one that at least so many packets left. */
export async function judgedSuite(title: string, scenarios: readonly Scenario[], least: number): Promise<void> {
  const why = await hindrance(BUSY_MILLISECONDS);
  suite(title, (test) => {
    let left = 0;
    for (const scenario of scenarios)
      test.skipUnless(why === undefined, why ?? "", scenario.name, async () => {
        for (const finding of await judged(scenario)) {
          assert.ok(finding.fault === undefined, described(finding));
          if (finding.step.differs === undefined) left += finding.kernel.length;
        }
      });
    test.skipUnless(why === undefined, why ?? "", "and packets left them", () =>
      assert.ok(left >= least, `only ${left} packets left both alike`),
    );
  });
}
