// Type declarations of the package's entries and of what they name. Those of everything else stay out, and with them the types of
// libraries that are bundled and not installed.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const PROJECT = "host/build/tsconfig.json";
/** What a declaration takes from another: `from "./x.ts"`, `import("./x.ts")`, `import "./x.ts"`. */
const RELATIVE = /(?:\bfrom|\bimport)\s*\(?\s*"(\.{1,2}\/[^"]+)\.[jt]s"/g;
const DECLARATION = ".d.ts";

/** Writes the declarations of `root`'s entries to `folder`. */
export function writeDeclarations(root: string, folder: string): void {
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", ".", "--outDir", folder];
  execFileSync(process.execPath, [compiler, "-p", PROJECT, ...options], { cwd: root, stdio: "inherit" });
  const { files } = JSON.parse(readFileSync(join(root, PROJECT), "utf8")) as { files: string[] };
  const kept = new Set<string>();
  for (const file of files) reach(join(folder, dirname(PROJECT), file.replace(/\.ts$/, DECLARATION)), kept);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const file = join(folder, name);
    if (file.endsWith(DECLARATION) && !kept.has(file)) rmSync(file);
  }
}

/** Adds a declaration and all that it takes from others. */
function reach(file: string, reached: Set<string>): void {
  if (reached.has(file)) return;
  reached.add(file);
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(RELATIVE))
    reach(join(dirname(file), `${name}${DECLARATION}`), reached);
}
