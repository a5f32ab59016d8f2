// Help texts are files, docs/cli/<command>.txt, shown as they are.

import { readFileSync } from "node:fs";

/** Root of the package: two folders up from the sources, one up from dist. */
function packageFile(path: string): string {
  for (const up of ["../", "../../"]) {
    const url = new URL(up + path, import.meta.url);
    try {
      return readFileSync(url, "utf8");
    } catch {
      // Looked for in the other place.
    }
  }
  throw new Error(`${path} is missing from the package.`);
}

/** Help of a command, `linkplane` for all of them. */
export const helpText = (command: string): string => packageFile(`docs/cli/${command}.txt`);

/** Version of the package. */
export const packageVersion = (): string => JSON.parse(packageFile("package.json")).version;
