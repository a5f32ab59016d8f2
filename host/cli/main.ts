// The command line. Commands are loaded when called, so that help and version cost nothing else.

import { Command, CommanderError } from "commander";
import { failed } from "../capture/failed.ts";
import { adviceFor } from "../config/nearest.ts";
import { EXIT, report, STANDARD_INPUT_MARK, usageError } from "./exit.ts";
import { helpText, packageVersion } from "./help.ts";

const COMMANDS = ["replay", "explain", "check", "resolve", "bench"];

/** The whole command line; tests read its options. */
export function commandLine(): Command {
  const program = command(new Command("linkplane"), "linkplane")
    .argument("[words...]")
    .option("--version", "")
    .option("--json", "")
    .action(async (words: string[], options: { version?: boolean; json?: boolean }) => {
      if (options.version === true) await version(options.json === true);
      else process.stdout.write(helpText(commandOf(words)));
    });
  const collect = (value: string, before: string[]): string[] => [...before, value];
  command(program.command("replay"), "replay")
    .argument("<captures...>")
    .requiredOption("--config <file>")
    .option("--out <file>")
    .option("--out-side <side>")
    .option("--wire <form>")
    .option("--flows <file>")
    .option("--expect <file>")
    .option("--report <file>")
    .option("--as <alias>", "", collect, [])
    .option("--events <file>")
    .option("--side <side>")
    .option("--verify-checksums")
    .option("--no-compare")
    .option("--json")
    .option("--limit <n>")
    .option("--workers <n>")
    .option("--quiet")
    .action(async (captures, options) => {
      process.exitCode = await (await import("./replay.ts")).replayCommand(captures, options);
    });
  addExplain(program, collect);
  command(program.command("check"), "check")
    .argument("<file>")
    .option("--json")
    .option("--verbose")
    .action(async (file, options) => {
      process.exitCode = await (await import("./check.ts")).checkCommand(file, options);
    });
  addResolve(program);
  command(program.command("bench"), "bench")
    .option("--flows <list>")
    .option("--rounds <n>")
    .option("--json")
    .action(async (options) => {
      process.exitCode = await (await import("./bench.ts")).benchCommand(options);
    });
  return program;
}

function addResolve(program: Command): void {
  command(program.command("resolve"), "resolve")
    .argument("<name>")
    .requiredOption("--config <file>")
    .requiredOption("--network <network>")
    .option("--json")
    .action(async (name, options) => {
      process.exitCode = await (await import("./resolve.ts")).resolveCommand(name, options);
    });
}

function addExplain(program: Command, collect: (value: string, before: string[]) => string[]): void {
  command(program.command("explain"), "explain")
    .argument("[capture]")
    .requiredOption("--config <file>")
    .option("--packet <n>")
    .option("--flow <tuple>")
    .option("--name <host>")
    .option("--network <network>")
    .option("--as <alias>", "", collect, [])
    .option("--events <file>")
    .option("--side <side>")
    .option("--json")
    .action(async (capture, options) => {
      process.exitCode = await (await import("./explain.ts")).explainCommand(capture, options);
    });
}

/** The command whose help is asked for: none, `help`, or `help COMMAND`. Other words are no command. */
function commandOf(words: readonly string[]): string {
  const [first, named] = words;
  if (first === undefined) return "linkplane";
  const wanted = first === "help" ? named : first;
  if (first === "help" && (wanted === undefined || COMMANDS.includes(wanted))) return wanted ?? "linkplane";
  throw usageError(`There is no command "${wanted}".`, `${adviceFor(wanted ?? "", COMMANDS)} See linkplane --help.`);
}

/** Gives a command its help file and our way of ending. */
function command(made: Command, name: string): Command {
  const full = name === "linkplane" ? name : `linkplane ${name}`;
  made.createHelp = () => Object.assign(new Command().createHelp(), { formatHelp: () => helpText(name) });
  return made
    .exitOverride()
    .configureOutput({
      outputError: (text) => {
        const lines = text
          .replace(/^error: /, "")
          .trimEnd()
          .split("\n");
        for (const line of [...lines, `See ${full} --help.`]) process.stderr.write(`linkplane: ${line}\n`);
      },
    })
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

/** `-@NETWORK` looks like an option to the parser of arguments; a mark that no argument can hold keeps it from being one. */
function standardInput(word: string): string {
  return word.startsWith("-@") ? STANDARD_INPUT_MARK + word : word;
}

/** Runs a command line; sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(report(failed("-", error))));
  try {
    await commandLine().parseAsync(args.map(standardInput), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    else process.exitCode = report(error);
  }
}

if (!process.argv.includes("--linkplane-as-module")) await main(process.argv.slice(2));
