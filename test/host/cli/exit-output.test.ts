// Exit code 5: what was asked for cannot be written. And what must never be written over: what is read.

import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { assert, bytes, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane, ROOT, scratch } from "./command.ts";

const file = scratch();
const FULL = "/dev/full";

suite("Exit code 5, output", (test) => {
  test.before(() => mkdirSync(file("folder")));

  for (const [option, path, reason] of [
    ["--out", "missing/out.pcapng", "there is no such folder (ENOENT)"],
    ["--flows", "folder", "this is a folder (EISDIR)"],
  ] as const)
    test(`${option} ${path}: ${reason}, before anything is read`, async () => {
      const args = ["replay", CAPTURE, "--config", CONFIGURATION, option, file(path)];
      const { status, stdout, stderr } = await linkplane(args);
      assert.is(status, 5, stderr);
      assert.is(stdout, "");
      assert.ok(stderr.startsWith(`linkplane: ${file(path)}: Writing failed: ${reason}.`), stderr);
      assert.is(stderr.trimEnd().split("\n").length, 1, "only the message");
    });

  test.skipUnless(existsSync(FULL), `there is no ${FULL}`, "a device without space", async () => {
    const { status, stderr } = await linkplane(["replay", CAPTURE, "--config", CONFIGURATION, "--out", FULL]);
    assert.is(status, 5, stderr);
    assert.match(stderr, /^linkplane: \/dev\/full: Writing failed: there is no space left \(ENOSPC\)\./);
  });

  test.skipUnless(existsSync(FULL), `there is no ${FULL}`, "a standard output without space", () => {
    const command = `"${process.execPath}" --import tsx host/cli/main.ts replay ${CAPTURE} --config ${CONFIGURATION}`;
    const { status, stderr } = spawnSync("sh", ["-c", `${command} >${FULL}`], { cwd: ROOT, encoding: "utf8" });
    assert.is(status, 5, stderr);
    assert.match(stderr, /^linkplane: .*ENOSPC/);
    assert.not.match(stderr, /^ +at /m);
  });
});

suite("What is read is not written over", (test) => {
  const capture = readFileSync(join(ROOT, CAPTURE));
  const configuration = readFileSync(join(ROOT, CONFIGURATION));

  test.before.each(() => {
    copyFileSync(join(ROOT, CAPTURE), file("in.pcapng"));
    copyFileSync(join(ROOT, CONFIGURATION), file("in.yaml"));
    for (const name of ["hard-in.pcapng", "soft-in.pcapng"]) rmSync(file(name), { force: true });
    linkSync(file("in.pcapng"), file("hard-in.pcapng"));
    symlinkSync(file("in.pcapng"), file("soft-in.pcapng"));
  });

  for (const [name, outputs] of [
    ["--out is a capture that is read", ["--out", "in.pcapng"]],
    ["--flows is one, by another path", ["--flows", "folder/../in.pcapng"]],
    ["--out is a hard link to one", ["--out", "hard-in.pcapng"]],
    ["--flows is a symbolic link to one", ["--flows", "soft-in.pcapng"]],
    ["--out is the configuration", ["--out", "in.yaml"]],
    ["--out and --flows are one file", ["--out", "both", "--flows", "both"]],
  ] as const)
    test(name, async () => {
      const named = outputs.map((word) => (word.startsWith("--") ? word : `${file("")}/${word}`));
      const args = ["replay", file("in.pcapng"), "--config", file("in.yaml"), ...named];
      const { status, stdout, stderr } = await linkplane(args);
      bytes(readFileSync(file("in.pcapng")), capture, "the capture");
      bytes(readFileSync(file("in.yaml")), configuration, "the configuration");
      assert.ok(status === 2 || status === 5, `exit code ${status}: ${stderr}`);
      assert.is(stdout, "");
      assert.match(stderr, /^linkplane: .*(in\.pcapng|in\.yaml|both)/);
    });

  for (const [name, content] of [
    ["empty", ""],
    ["rubbish", "neither pcap nor pcapng"],
    ["a file header cut short", capture.subarray(0, 20)],
  ] as const)
    test(`outputs that were there stay as they were when the capture is ${name}`, async () => {
      for (const output of ["precious.pcapng", "precious.ndjson"]) writeFileSync(file(output), "precious");
      writeFileSync(file("unreadable"), content);
      const outputs = ["--out", file("precious.pcapng"), "--flows", file("precious.ndjson")];
      const { status, stderr } = await linkplane(["replay", file("unreadable"), "--config", CONFIGURATION, ...outputs]);
      assert.is(status, 4, stderr);
      for (const output of ["precious.pcapng", "precious.ndjson"])
        assert.is(readFileSync(file(output), "utf8"), "precious");
    });

  test("an output that was there stays as it was when the command cannot run", async () => {
    writeFileSync(file("precious.pcapng"), "precious");
    const two = file("two-networks.yaml");
    const moved = configuration
      .toString()
      .replace(/(pe-sql\n.*)consumer-vnet(\n.*)10\.1\.0\.6/, "$1provider-vnet$210.2.9.9");
    writeFileSync(two, moved);
    const { status, stderr } = await linkplane(["replay", CAPTURE, "--config", two, "--out", file("precious.pcapng")]);
    assert.is(status, 2, stderr);
    assert.match(stderr, /CAPTURE@NETWORK: consumer-vnet, provider-vnet/);
    assert.is(readFileSync(file("precious.pcapng"), "utf8"), "precious");
  });
});
