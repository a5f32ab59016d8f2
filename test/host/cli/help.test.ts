// Help: the files of docs/cli are what is printed, and they name the options there are.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, linkplane, ROOT } from "./command.ts";

const FOLDER = join(ROOT, "docs", "cli");
const HELP_FILES = readdirSync(FOLDER).sort();
const WIDTH = 128;
const helpOf = (name: string): string => readFileSync(join(FOLDER, `${name}.txt`), "utf8");

/** Options that a help text describes: `--out FILE` at the beginning of a line. */
function described(text: string): string[] {
  return [...text.matchAll(/^ {2}(--[a-z-]+(?: [A-Z]\S*)?)/gm)].map(([, option = ""]) => option).sort();
}

suite("Help", (test) => {
  for (const helpFile of HELP_FILES) {
    const name = helpFile.replace(/\.txt$/, "");
    test(`--help of ${name} is docs/cli/${helpFile}, on standard output`, async () => {
      const { status, stdout, stderr } = await linkplane([...(name === "linkplane" ? [] : [name]), "--help"]);
      assert.is(stdout, helpOf(name));
      assert.is(stderr, "");
      assert.is(status, 0);
    });
  }

  test("comes without arguments too", async () => {
    const { status, stdout, stderr } = await linkplane([]);
    assert.equal({ status, stdout, stderr }, { status: 0, stdout: helpOf("linkplane"), stderr: "" });
  });

  test("has every option that is registered, with a value where it takes one, and no other; every command too", async () => {
    process.argv.push("--linkplane-as-module");
    const { commandLine } = await import("../../../host/cli/main.ts");
    const program = commandLine();
    for (const command of [program, ...program.commands]) {
      const registered = command.options.map(({ long, flags, required }) => ({
        long,
        value: /<(\w+)>/.exec(flags)?.[1],
        required,
      }));
      const options = described(helpOf(command.name()));
      assert.equal(
        options.map((option) => option.split(" ")[0]).filter((option) => option !== "--help"),
        registered.map(({ long }) => long as string).sort(),
        command.name(),
      );
      for (const { long, value } of registered)
        assert.is(
          options.find((option) => option.split(" ")[0] === long)?.includes(" ") ?? false,
          value !== undefined,
          `${command.name()} ${long}`,
        );
    }
    const commands = program.commands.map((command) => command.name());
    assert.equal(
      [...helpOf("linkplane").matchAll(/^ {2}([a-z]+) [A-Z[]/gm)].map(([, command]) => command),
      commands,
    );
    assert.equal(HELP_FILES, [...commands, "linkplane"].map((command) => `${command}.txt`).sort());
  });

  test("says each exit code there is", async () => {
    const { EXIT } = await import("../../../host/cli/exit.ts");
    const codes = /Exit codes: (.*)\./.exec(helpOf("linkplane"))?.[1] ?? "";
    assert.equal(
      codes.split(", ").map((code) => Number(code.split(" ")[0])),
      Object.values(EXIT),
    );
  });

  test("fits a terminal and names no file that is not there", () => {
    for (const helpFile of HELP_FILES) {
      const text = readFileSync(join(FOLDER, helpFile), "utf8");
      for (const line of text.split("\n")) assert.ok(line.length <= WIDTH, `${helpFile}: ${line}`);
      for (const [, path = ""] of text.matchAll(/\((docs\/\S+)\)/g)) readFileSync(join(ROOT, path));
    }
  });

  for (const args of [["replay", CAPTURE], ["chek"]])
    test(`is named by a usage error: linkplane ${args.join(" ")}`, async () => {
      const { status, stdout, stderr } = await linkplane(args);
      assert.is(status, 2);
      assert.is(stdout, "");
      assert.match(stderr, /--help/);
      for (const line of stderr.trimEnd().split("\n")) assert.match(line, /^linkplane: /);
    });
});

suite("--version", (test) => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

  test("prints the version of the package alone", async () => {
    const { status, stdout, stderr } = await linkplane(["--version"]);
    assert.equal({ status, stdout, stderr }, { status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("with --json says what Node and what core it is", async () => {
    const { status, stdout } = await linkplane(["--version", "--json"]);
    assert.is(status, 0);
    const { linkplane: own, node, core } = JSON.parse(stdout);
    assert.is(own, version);
    assert.is(node, process.versions.node);
    assert.match(core.sha256, /^[0-9a-f]{64}$/);
    assert.ok(core.bytes > 1000);
  });
});
