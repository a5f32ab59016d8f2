// `npm run judge [words]`: every scenario, or those whose name has these words, through the Linux kernel's NAT and through linkplane.
// Needs root and a few tools, and says so where it cannot run. Ends with status 1 when something is not as the scenarios say.

import { described, judged } from "./judge.ts";
import { hindrance } from "./kernel.ts";
import { SCENARIOS } from "./scenarios.ts";

const words = process.argv.slice(2).join(" ");
const why = await hindrance();
if (why !== undefined) {
  process.stderr.write(`The Linux kernel cannot be asked here: ${why}.\n`);
  process.exit(2);
}

const counts = { same: 0, nothing: 0, differs: 0, faults: 0 };
for (const scenario of SCENARIOS.filter(({ name }) => name.includes(words))) {
  process.stdout.write(`${scenario.name}\n`);
  for (const finding of await judged(scenario)) {
    const { fault, step, kernel } = finding;
    if (fault !== undefined) counts.faults++;
    else if (step.differs !== undefined) counts.differs++;
    else if (kernel.length === 0) counts.nothing++;
    else counts.same++;
    if (fault !== undefined) process.stdout.write(`  ${described(finding)}\n`);
    else if (step.differs !== undefined) process.stdout.write(`  differs: ${step.differs.by}\n`);
  }
}
process.stdout.write(
  `${counts.same} packets left both alike, ${counts.nothing} neither let through, ${counts.differs} differ as docs/conformance.md says, ${counts.faults} are not as said.\n`,
);
process.exitCode = counts.faults === 0 ? 0 : 1;
