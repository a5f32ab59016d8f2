// Bundles the worker thread's file for the sources as they are run and tested here: threads do not take the loader that runs
// TypeScript over from whoever starts them. The package has a worker of its own.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

await build({
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "node",
  absWorkingDir: join(dirname(fileURLToPath(import.meta.url)), "../.."),
  entryPoints: ["host/workers/worker.ts"],
  outfile: "build/worker.js",
  // Bundled CommonJS packages ask for Node's modules by require.
  banner: {
    js: 'import { createRequire as linkplaneRequire } from "node:module"; const require = linkplaneRequire(import.meta.url);',
  },
});
