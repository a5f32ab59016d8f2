// The command line. Commands are loaded when called, so that help and version cost nothing else.

import { Command, CommanderError } from "commander";
import { EXIT, isClosedPipe, report } from "./exit.ts";
import { helpText, packageVersion } from "./help.ts";

/** The whole command line; tests read its options. */
export function commandLine(): Command {
  const program = command(new Command("linkplane"), "linkplane")
    .option("--version", "")
    .option("--json", "")
    .action(async (options: { version?: boolean; json?: boolean }) => {
      if (options.version === true) await version(options.json === true);
      else process.stdout.write(helpText("linkplane"));
    });
  const collect = (value: string, before: string[]): string[] => [...before, value];
  command(program.command("replay"), "replay")
    .argument("<captures...>")
    .requiredOption("--config <file>")
    .option("--out <file>")
    .option("--out-side <side>")
    .option("--flows <file>")
    .option("--as <alias>", "", collect, [])
    .option("--side <side>")
    .option("--verify-checksums")
    .option("--json")
    .option("--limit <n>")
    .option("--quiet")
    .action(async (captures, options) => {
      process.exitCode = await (await import("./replay.ts")).replayCommand(captures, options);
    });
  command(program.command("check"), "check")
    .argument("<file>")
    .option("--json")
    .option("--verbose")
    .action(async (file, options) => {
      process.exitCode = await (await import("./check.ts")).checkCommand(file, options);
    });
  return program;
}

/** Gives a command its help file and our way of ending. */
function command(made: Command, name: string): Command {
  made.createHelp = () => Object.assign(new Command().createHelp(), { formatHelp: () => helpText(name) });
  return made
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(`linkplane: ${text.replace(/^error: /, "")}`) })
    .showSuggestionAfterError(true)
    .enablePositionalOptions();
}

async function version(json: boolean): Promise<void> {
  if (!json) {
    process.stdout.write(`${packageVersion()}\n`);
    return;
  }
  const { createHash } = await import("node:crypto");
  const { moduleBytes } = await import("../module.ts");
  const bytes = moduleBytes();
  const core = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  process.stdout.write(`${JSON.stringify({ linkplane: packageVersion(), node: process.versions.node, core })}\n`);
}

/** Runs a command line; sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on("error", (error) => {
    if (isClosedPipe(error)) process.exit(EXIT.done);
    throw error;
  });
  try {
    await commandLine().parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    else process.exitCode = report(error);
  }
}

if (!process.argv.includes("--linkplane-as-module")) await main(process.argv.slice(2));
