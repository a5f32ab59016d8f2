// The pages tell the truth: outputs they show are parts of what their commands print, code is a part of its file, links and
// scripts are there, configurations are accepted.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { configurationPage } from "../../docs/configuration.ts";
import { parseConfiguration } from "../../host/config/index.ts";
import { assert, suite } from "../kit.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGES = ["README.md", "CHANGELOG.md", "examples/README.md", ...listed("docs")];
const EXAMPLE = ["dist/cli.js", "replay", "examples/storage.pcapng", "--config", "examples/storage.yaml"];

/** What a command on a page stands for, without building again. */
const COMMANDS: Record<string, string[]> = {
  "npm start": EXAMPLE,
  "linkplane replay --events examples/incident.yaml": [...EXAMPLE, "--events", "examples/incident.yaml"],
  "linkplane replay --expect": [...EXAMPLE, "--expect", "examples/storage.expect.yaml"],
  "linkplane explain examples/storage.pcapng --packet 55": [
    "dist/cli.js",
    "explain",
    "examples/storage.pcapng",
    "--packet",
    "55",
    "--config",
    "examples/storage.yaml",
  ],
  "node examples/first-packet.mjs": ["examples/first-packet.mjs"],
  "node examples/simulate.mjs": ["examples/simulate.mjs"],
};

function listed(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".md"));
  return names.map((name) => `${folder}/${name}`);
}

const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** Code blocks that say what they show, `kind: subject` in a comment before them. */
function blocks(page: string, kind: string): [subject: string, text: string][] {
  const pattern = new RegExp(`<!-- ${kind}: (.+) -->\n\`\`\`\\w*\n([\\s\\S]*?)\`\`\``, "g");
  return [...read(page).matchAll(pattern)].map(([, subject = "", text = ""]) => [subject, text]);
}

suite("Pages", (test) => {
  const shown = new Set<string>();
  for (const page of PAGES)
    for (const [command, text] of blocks(page, "output")) {
      shown.add(command);
      test(`${page} shows what ${command} prints`, () => {
        const args = COMMANDS[command] ?? [];
        const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
        assert.is(status, 0, stderr);
        assert.ok(stdout.includes(text), stdout);
      });
    }

  test("show the output of every example, and the code they speak of", () => {
    assert.equal([...shown].sort(), Object.keys(COMMANDS).sort());
    const files = PAGES.flatMap((page) => blocks(page, "file"));
    assert.is(files.length, 2);
    for (const [file, text] of files) assert.ok(read(file).includes(text), file);
  });

  test("show parts of files as they are", () => {
    const parts = PAGES.flatMap((page) => blocks(page, "part"));
    assert.ok(parts.length > 0);
    for (const [file, text] of parts) assert.ok(read(file).includes(text), file);
  });

  test("link to what is there", () => {
    let links = 0;
    for (const page of PAGES)
      for (const [, target = ""] of read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^https?:/.test(target)) continue;
        links++;
        assert.ok(existsSync(join(ROOT, dirname(page), target)), `${page}: ${target}`);
      }
    assert.ok(links > 45, `${links} links`);
  });

  test("name scripts that package.json has", () => {
    const { scripts } = JSON.parse(read("package.json"));
    for (const page of PAGES)
      for (const [, script = ""] of read(page).matchAll(/npm run ([\w:]+)/g))
        assert.ok(script in scripts, `${page}: ${script}`);
  });

  test("examples/migration.md is what its command writes", () => {
    const capture = ["migration.pcapng", "--config", "migration.yaml", "--as", "pe-blob=20.60.1.2"];
    const args = [join(ROOT, "dist/cli.js"), "replay", ...capture, "--report", "-", "--quiet"];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: join(ROOT, "examples"),
      encoding: "utf8",
    });
    assert.equal([status, stderr], [0, ""]);
    assert.is(stdout, read("examples/migration.md"));
  });

  test("show configurations that are accepted", () => {
    const yaml = PAGES.flatMap((page) =>
      [...read(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text),
    );
    assert.ok(yaml.length > 0);
    for (const text of yaml) parseConfiguration(text, "page");
  });

  test("docs/configuration.md has the fields that the schema has", () => {
    const page = read("docs/configuration.md");
    assert.is(page, configurationPage(page), "npm run docs makes it anew");
    for (const [, name, meaning] of page.matchAll(/^\| `(\w+)` \|[^|]*\|[^|]*\| (.*)\|$/gm))
      assert.ok(meaning !== "", `${name} is not explained`);
  });
});
