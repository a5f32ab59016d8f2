// The package as people get it: packed, installed into an empty folder without a network, used there.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, suite } from "./kit.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "linkplane-package-"));

/** Runs a command in the folder; what it prints. Throws with that when it fails. */
function run(command: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}
const script = (source: string): string => run(process.execPath, ["--input-type=module", "-e", source]);

/** Compiles a program of one file in the folder, strictly. Throws with the compiler's words. */
function compiled(file: string, source: string): void {
  writeFileSync(join(folder, file), source);
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "es2022",
    lib: ["es2023", "dom"],
    types: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
  run(process.execPath, [compiler, "-p", "tsconfig.json"]);
}

const CONFIGURATION = `{
  virtualNetworks: [{ name: "app" }, { name: "provider" }],
  privateEndpoints: [{ name: "pe", virtualNetwork: "app", privateIPAddress: "10.1.0.4", privateLinkService: "service" }],
  privateLinkServices: [{ name: "service", virtualNetwork: "provider", loadBalancer: "lb", natAddresses: ["10.2.0.10"] }],
  loadBalancers: [{ name: "lb",
    frontendIPConfigurations: [{ name: "front", privateIPAddress: "10.2.0.5" }],
    backendAddressPools: [{ name: "pool", backends: [{ address: "10.2.1.1" }] }],
    loadBalancingRules: [{ name: "https", frontendIPConfiguration: "front", backendAddressPool: "pool", protocol: "Tcp", frontendPort: 443 }] }],
}`;
const SYN =
  "020000000002020000000001080045000028000140004006000000000000".slice(0, 52) +
  "0a0100090a010004138801bb000000000000000050020000000000000";

suite("The package", (test) => {
  test.before(() => {
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const tarball = packed.trim().split("\n").at(-1) as string;
    writeFileSync(join(folder, "package.json"), '{ "name": "empty", "type": "module", "private": true }');
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", `./${tarball}`]);
  });
  test.after(() => rmSync(folder, { recursive: true, force: true }));

  test("installs with nothing beside it, without a network", () => {
    assert.equal(
      readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith(".")),
      ["linkplane"],
    );
  });

  test("brings the pages, and not the programs that make them", () => {
    const pages = readdirSync(join(folder, "node_modules", "linkplane", "docs"));
    assert.ok(pages.includes("captures.md") && pages.includes("cli"));
    assert.equal(
      pages.filter((name) => name.endsWith(".ts")),
      [],
    );
  });

  test("its command runs", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert.is(run("node_modules/.bin/linkplane", ["--version"]).trim(), version);
    const examples = join("node_modules", "linkplane", "examples");
    const args = ["replay", join(examples, "storage.pcapng"), "--config", join(examples, "storage.yaml"), "--json"];
    const summary = JSON.parse(run("node_modules/.bin/linkplane", args));
    assert.is(summary.replies.different, 0);
    assert.ok(summary.replies.identical > 100);
  });

  test("its library makes a plane of a plain object and translates a packet", () => {
    const output = script(`
      import { createPlane } from "linkplane";
      const plane = await createPlane(${CONFIGURATION});
      const { verdict, reason, out } = plane.processFrame(Buffer.from("${SYN}", "hex"), { time: 0n });
      console.log(verdict, reason, out.map(({ side, bytes }) => side + bytes.length).join());
    `);
    assert.is(output.trim(), "forward new-flow provider54");
  });

  test("mistakes in the object come back, all at once", () => {
    const output = script(`
      import { createPlane } from "linkplane";
      const error = await createPlane({ virtualNetworks: [], privateEndpoint: [] }).catch((thrown) => thrown);
      console.log(error.code, error.problems.length > 3, error.format().includes('Did you mean "privateEndpoints"?'));
    `);
    assert.is(output.trim(), "CONFIG_INVALID true true");
  });

  test("its other entries, the Wasm module and the schema are there", () => {
    const output = script(`
      import { readFileSync } from "node:fs";
      import { parseConfiguration } from "linkplane/config";
      import { openCapture, memorySource } from "linkplane/capture";
      import { replay, fileSource } from "linkplane/node";
      const wasm = readFileSync(new URL(import.meta.resolve("linkplane/linkplane.wasm")));
      const schema = readFileSync(new URL(import.meta.resolve("linkplane/schema.json")));
      const types = [parseConfiguration, openCapture, memorySource, replay, fileSource].map((f) => typeof f);
      console.log(new Set(types).size, WebAssembly.validate(wasm), JSON.parse(schema).title);
    `);
    assert.is(output.trim(), "1 true linkplane configuration");
  });

  test("its types resolve in a strict program that has nothing else", () => {
    compiled(
      "use.ts",
      `import { createPlane, type Result } from "linkplane";
       import { parseConfiguration } from "linkplane/config";
       import { openCapture, type FrameBatch } from "linkplane/capture";
       export async function use(text: string): Promise<Result> {
         const plane = await createPlane(parseConfiguration(text, "x.yaml"));
         return plane.processFrame(new Uint8Array(60), { time: 0n, side: "consumer" });
       }
       export type Both = [typeof openCapture, FrameBatch];`,
    );
  });

  test("its types judge a replay's flows by expectations, in a strict program", () => {
    compiled(
      "judge.ts",
      `import { parseConfiguration } from "linkplane/config";
       import { type Expectation, Judge, type Judgement, judgementFailed, parseExpectations, replay } from "linkplane/node";
       import type { ReplayOptions, WrongAnswer } from "linkplane/node";
       export async function judge(text: string, wanted: string, options: ReplayOptions): Promise<Judgement[]> {
         const configuration = parseConfiguration(text, "x.yaml");
         const expectations: Expectation[] = parseExpectations(wanted, configuration, "x.expect.yaml");
         expectations.push({ verdict: "denied", client: "10.0.0.0/8", optional: true });
         const judge = new Judge(expectations);
         const { wrongAnswers } = await replay({ ...options, configuration, onFlow: (line) => judge.flow(line) });
         const wrong: WrongAnswer[] = wrongAnswers ?? [];
         return wrong.length > 0 ? [] : judge.judgements().filter(judgementFailed);
       }
       const unsure: Expectation = parseExpectations("", parseConfiguration(""))[0]!;
       // @ts-expect-error A verdict is one of two words: were Expectation any, this would pass.
       export const impossible: "perhaps" = unsure.verdict;`,
    );
  });

  test("its types name no package: what is bundled is not installed beside it", () => {
    const types = join(folder, "node_modules/linkplane/dist/types");
    const files = readdirSync(types, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".d.ts"));
    assert.ok(files.length > 20);
    const foreign = files.flatMap((file) =>
      [...readFileSync(join(types, file), "utf8").matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(?!\.)([^"]+)"/g)].map(
        ([, name]) => `${file}: ${name}`,
      ),
    );
    assert.equal(foreign, []);
  });

  test("every path it exports exists", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const paths = Object.values(exports).flatMap((entry) =>
      typeof entry === "string" ? [entry] : Object.values(entry as object),
    );
    for (const path of paths)
      assert.ok(existsSync(join(folder, "node_modules/linkplane", path as string)), String(path));
  });
});

suite("The library entry needs nothing of Node's", (test) => {
  const reached = (file: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    const source = readFileSync(join(root, "dist", file), "utf8");
    for (const [, name = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"(\.\/[^"]+)"/g)) reached(name.slice(2), seen);
    return seen;
  };

  for (const entry of ["index.js", "config.js", "capture.js"])
    test(`no file reached from ${entry} imports a module that is not its own`, () => {
      for (const file of reached(entry)) {
        const source = readFileSync(join(root, "dist", file), "utf8");
        const foreign = [
          ...source.matchAll(/^\s*(?:import|export)\b[^;]*?from\s*"([^"]+)"|import\(\s*"([^"]+)"\s*\)/gm),
        ]
          .map(([, a, b]) => a ?? b ?? "")
          .filter((name) => !name.startsWith("./"));
        assert.equal(foreign, [], file);
      }
    });

  test("it runs in a context that has only what the web has", () => {
    writeFileSync(join(root, "dist", "web-context.test.mjs"), WEB_CONTEXT);
    try {
      const args = ["--experimental-vm-modules", "--no-warnings", join(root, "dist", "web-context.test.mjs")];
      assert.is(execFileSync(process.execPath, args, { encoding: "utf8" }).trim(), "forward new-flow 1");
    } finally {
      rmSync(join(root, "dist", "web-context.test.mjs"));
    }
  });
});

/** Links the built library in a fresh context: no process, no Buffer, no require, no module but its own files. */
const WEB_CONTEXT = `
import { readFileSync } from "node:fs";
import vm from "node:vm";
const context = vm.createContext({ WebAssembly, atob, crypto, TextDecoder, TextEncoder, result: {} });
const modules = new Map();
const load = (name) => {
  const file = name.replace("./", "");
  if (!modules.has(file))
    modules.set(file, new vm.SourceTextModule(readFileSync(new URL(file, import.meta.url), "utf8"), {
      context, identifier: file,
      importModuleDynamically: async (specifier) => ready(load(specifier)),
    }));
  return modules.get(file);
};
const ready = async (module) => {
  if (module.status === "unlinked") await module.link((specifier) => load(specifier));
  await module.evaluate();
  return module;
};
const main = new vm.SourceTextModule(\`
  import { createPlane } from "./index.js";
  const plane = await createPlane(${CONFIGURATION});
  const frame = Uint8Array.from("${SYN}".match(/../g), (byte) => Number.parseInt(byte, 16));
  const { verdict, reason, out } = plane.processFrame(frame, { time: 0n });
  result.text = [verdict, reason, out.length].join(" ");
\`, { context, identifier: "main" });
await main.link((specifier) => load(specifier));
await main.evaluate();
console.log(context.result.text);
`;
