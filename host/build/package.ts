// Builds the package: four entries and the command line, each bundled with what it needs, so that installing it needs neither
// a compiler nor other packages; the Wasm module; type declarations; the licences of what was bundled.

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { writeDeclarations } from "./declarations.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const dist = join(root, "dist");
const COMMON = {
  bundle: true,
  format: "esm",
  target: "es2022",
  metafile: true,
  legalComments: "none",
  // Node parses all of a file before any of it runs; names stay, for traces.
  minifyWhitespace: true,
  minifySyntax: true,
  absWorkingDir: root,
} as const;

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

// No node: module may be reached from these: the platform knows none.
const portable = await build({
  ...COMMON,
  entryPoints: { index: "host/index.ts", config: "host/config/index.ts", capture: "host/capture/index.ts" },
  outdir: "dist",
  splitting: true,
  platform: "browser",
  chunkNames: "chunk-[hash]",
});
const node = await build({
  ...COMMON,
  // The worker is a file of its own, beside whichever chunk starts it.
  entryPoints: { node: "host/node.ts", cli: "host/cli/entry.ts", worker: "host/workers/worker.ts" },
  outdir: "dist",
  splitting: true,
  platform: "node",
  chunkNames: "node-[hash]",
  // Bundled CommonJS packages ask for Node's modules by require.
  banner: {
    js: 'import { createRequire as linkplaneRequire } from "node:module"; const require = linkplaneRequire(import.meta.url);',
  },
});

const cli = join(dist, "cli.js");
writeFileSync(cli, `#!/usr/bin/env node\n${readFileSync(cli, "utf8")}`);
chmodSync(cli, 0o755);
copyFileSync(join(root, "build/core.wasm"), join(dist, "linkplane.wasm"));
writeFileSync(join(dist, "THIRD-PARTY.txt"), licences([portable.metafile, node.metafile]));
writeDeclarations(root, join(dist, "types"));

/** Licence texts of the packages whose code went into the bundles. */
function licences(metafiles: Metafile[]): string {
  const packages = new Set<string>();
  for (const { inputs } of metafiles)
    for (const input of Object.keys(inputs)) {
      const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
      if (name !== undefined) packages.add(name);
    }
  return [...packages].sort().map(licence).join("\n");
}

function licence(name: string): string {
  const folder = join(root, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "LICENCE"].find((text) =>
    existsSync(join(folder, text)),
  );
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n\n${"-".repeat(80)}\n`;
}
