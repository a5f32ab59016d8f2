// The README's commands do what it shows: the outputs on the page are parts of what they print, the code a part of the file.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, suite } from "../kit.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const README = readFileSync(`${ROOT}README.md`, "utf8");

/** What a command on the page stands for: `npm start` without building again. */
const COMMANDS: Record<string, string[]> = {
  "npm start": ["dist/cli.js", "replay", "examples/storage.pcapng", "--config", "examples/storage.yaml"],
  "node examples/first-packet.mjs": ["examples/first-packet.mjs"],
};

/** Code blocks that say what they show, `kind: subject` in a comment before them. */
function blocks(kind: string): [subject: string, text: string][] {
  const pattern = new RegExp(`<!-- ${kind}: (.+) -->\n\`\`\`\\w*\n([\\s\\S]*?)\`\`\``, "g");
  return [...README.matchAll(pattern)].map(([, subject = "", text = ""]) => [subject, text]);
}

suite("The README", (test) => {
  for (const [command, shown] of blocks("output"))
    test(`shows what is printed by ${command}`, () => {
      const { stdout, stderr, status } = spawnSync(process.execPath, COMMANDS[command] ?? [], {
        cwd: ROOT,
        encoding: "utf8",
      });
      assert.is(status, 0, stderr);
      assert.ok(stdout.includes(shown), stdout);
    });

  test("shows both kinds of output and the code of the example", () => {
    assert.equal(
      blocks("output").map(([command]) => command),
      Object.keys(COMMANDS),
    );
    const files = blocks("file");
    assert.is(files.length, 1);
    for (const [file, shown] of files) assert.ok(readFileSync(ROOT + file, "utf8").includes(shown), file);
  });

  test("links to what is there", () => {
    const targets = [...README.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target = ""]) => target);
    assert.ok(targets.length > 8);
    for (const target of targets.filter((each) => !each.startsWith("http")))
      assert.ok(existsSync(ROOT + target), target);
  });

  test("names scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
    for (const [, script = ""] of README.matchAll(/npm (?:run )?(start|test|bench|fuzz)\b/g))
      assert.ok(script in scripts);
  });
});
