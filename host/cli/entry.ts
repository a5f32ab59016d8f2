// Where the command begins. Scripts ask for the version before anything else, so that is answered without the parser of
// arguments, whose loading takes longer than all the rest of it.

import { packageVersion } from "./help.ts";

if (process.argv.length === 3 && process.argv[2] === "--version") process.stdout.write(`${packageVersion()}\n`);
else await import("./main.ts");
