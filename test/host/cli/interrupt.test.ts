// Exit code 130: SIGINT while a pipe is read that nobody closes. What was done so far is written and summarised.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { readAll } from "../capture/bytes.ts";
import { conversation, pcapOf } from "../replay/conversation.ts";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, ended, type Ended, type Running, scratch, start } from "./command.ts";

const file = scratch();
/** One conversation over and over, so far apart that the flow of the one before has ended, and is written to the flow log. */
const CONVERSATIONS = 20;
const APART_SECONDS = 600;
const BEFORE = pcapOf(Array.from({ length: CONVERSATIONS }, (_, i) => conversation(APART_SECONDS * i)).flat());
const FILE_HEADER = 24;
const AFTER = pcapOf(conversation(APART_SECONDS * CONVERSATIONS)).subarray(FILE_HEADER);
const LATE_MILLISECONDS = 5_000;

/** Interrupts a live replay when its first flows have come out of it; `late` when it went on for LATE_MILLISECONDS after that. */
async function interrupted(
  name: string,
  after: (child: Running) => NodeJS.Timeout | undefined,
): Promise<Ended & { late: boolean }> {
  const outputs = ["--flows", "-", "--out", file(name), "--json"];
  const child = start(["replay", "-", "--config", CONFIGURATION, ...outputs]);
  child.stdin.on("error", () => {});
  child.stdin.write(BEFORE);
  let feeding: NodeJS.Timeout | undefined;
  let patience: NodeJS.Timeout | undefined;
  let late = false;
  child.stdout.once("data", () => {
    child.kill("SIGINT");
    feeding = after(child);
    patience = setTimeout(() => {
      late = true;
      child.stdin.destroy();
    }, LATE_MILLISECONDS);
  });
  const end = await ended(child);
  clearInterval(feeding);
  clearTimeout(patience);
  return { ...end, late };
}

/** Waits until a command has filled the pipe that its standard output is; nothing of it is taken. */
async function stalled(child: Running): Promise<void> {
  child.stdin.end();
  await new Promise((resolve) => child.stdout.once("readable", resolve));
}

async function check(name: string, { status, stdout, stderr, late }: Ended & { late: boolean }): Promise<void> {
  assert.is(status, 130, stderr);
  const summary = JSON.parse(stderr) as ReplaySummary;
  assert.is(summary.interrupted, true);
  assert.ok(summary.packets.read >= CONVERSATIONS * 8);
  assert.is(summary.captures[0]?.packets, summary.packets.read);
  assert.is(summary.captures[0]?.damaged, null, "a pipe that was left is no damaged capture");
  const flows = stdout.trimEnd().split("\n");
  assert.is(flows.length, summary.flows.created);
  const { packets, reader } = await readAll(readFileSync(file(name)));
  assert.is(reader.damage, undefined);
  assert.is(packets.length, 2 * summary.packets.forwarded);
  assert.not(late, "it went on until the pipe was closed");
}

suite("Exit code 130, interrupted", (test) => {
  test("while packets keep coming", async () => {
    await check(
      "busy.pcapng",
      await interrupted("busy.pcapng", ({ stdin }) => setInterval(() => stdin.write(AFTER), 20)),
    );
  });

  test("while nobody takes what is written to standard output", async () => {
    const child = start(["replay", CAPTURE, "--config", CONFIGURATION, "--out", "-", "--json"]);
    const stderr = text(child.stderr);
    await stalled(child);
    const late = setTimeout(() => child.kill("SIGKILL"), LATE_MILLISECONDS);
    child.kill("SIGINT");
    const status = await new Promise((resolve) => child.on("exit", resolve));
    clearTimeout(late);
    child.stdout.destroy();
    assert.is(status, 130, await stderr);
    const [summary = "", message = ""] = (await stderr).split(/^(?=linkplane: )/m);
    const { interrupted: was, unfinished, packets } = JSON.parse(summary) as ReplaySummary;
    assert.equal([was, unfinished, packets.read], [true, true, 742]);
    assert.match(message, /^linkplane: Interrupted while nobody took what was written: an output is not whole\.\n$/);
  });

  const pipe = file("pipe");
  const made = spawnSync("mkfifo", [pipe]).status === 0;

  test.skipUnless(made, "there is no mkfifo", "while a named pipe gives nothing", async () => {
    const child = start(["replay", pipe, "--config", CONFIGURATION, "--flows", "-", "--json"]);
    child.stdin.end();
    // Opens once the command has opened its end.
    const writer = await open(pipe, "w");
    await writer.write(BEFORE);
    const end = ended(child);
    child.stdout.once("data", () => child.kill("SIGINT"));
    const { status, stderr } = await end;
    await writer.close();
    assert.is(status, 130, stderr);
    assert.is((JSON.parse(stderr) as ReplaySummary).interrupted, true);
  });

  test("while nothing comes", async () => {
    await check("idle.pcapng", await interrupted("idle.pcapng", () => undefined));
  });
});
