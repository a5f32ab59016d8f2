// Exit code 2: how the command was called is wrong. Nothing was read, nothing written, nothing on standard output.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ReplayArguments, replayCommand } from "../../../host/cli/replay.ts";
import { LinkplaneError } from "../../../host/errors.ts";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane, ROOT, scratch } from "./command.ts";

const file = scratch();
const REPLAY = ["replay", CAPTURE, "--config", CONFIGURATION];

/** Arguments, and what the message names. */
const CALLS: [string, string[], RegExp][] = [
  ["an option that is nearly one", [...REPLAY, "--limt", "5"], /'--limt'[^]*--limit/],
  ["no --config", ["replay", CAPTURE], /--config/],
  ["no capture", ["replay", "--config", CONFIGURATION], /capture/i],
  ["no file to check", ["check"], /file/i],
  ["an unknown command", ["reply", CAPTURE], /reply[^]*replay/],
  ["a capture without a name", ["replay", "@consumer-vnet", "--config", CONFIGURATION], /capture.* is empty/],
  ["two things from standard input", ["replay", "-", "--config", "-"], /--config.*--expect.* standard input/],
  ["expectations and events from it", [...REPLAY, "--expect", "-", "--events", "-"], /--events.* standard input/],
];

/** Options of replay whose values are wrong, and the message. */
const VALUES: [Partial<ReplayArguments>, RegExp][] = [
  [{ as: ["pe-storage"] }, /--as pe-storage .*ENDPOINT=ADDRESS/],
  [{ as: ["pe-storag=20.60.1.2"] }, /"pe-storag".*pe-storage/],
  [{ as: ["=20.60.1.2"] }, /ENDPOINT=ADDRESS/],
  [{ as: ["pe-storage="] }, /ENDPOINT=ADDRESS/],
  [{ as: ["pe-storage=20.60.1.2:https"] }, /"20\.60\.1\.2:https".*ports are 1 to 65535/],
  [{ as: ["pe-storage=20.60.1:443"] }, /"20\.60\.1:443"/],
  [{ as: ["pe-storage=20.60.1.256"] }, /"20\.60\.1\.256"/],
  [{ as: ["pe-storage=20.60.1.2:0"] }, /port 0.*1 to 65535/],
  [{ as: ["pe-storage=20.60.1.2:65536"] }, /65536.*1 to 65535/],
  [{ as: ["pe-storage=20.60.1.2", "pe=20.60.1.2"] }, /"pe"/],
  [{ side: "client" }, /--side .*"client".*consumer or provider/],
  [{ outSide: "both", out: "never.pcap" }, /--out-side .*"both".*consumer or provider/],
  [{ limit: "0" }, /--limit .*"0"/],
  [{ limit: "-1" }, /--limit .*"-1"/],
  [{ limit: "10k" }, /--limit .*"10k"/],
  [{ limit: "1.5" }, /--limit .*"1\.5"/],
  [{ limit: "" }, /--limit .*""/],
  [{ out: "" }, /--out.*is empty.*file name/],
  [{ flows: "" }, /--flows .*is empty/],
  [{ config: "" }, /--config.* is empty/],
  [{ out: "-", flows: "-" }, /--out.*--flows.*standard output/],
];

suite("Exit code 2, usage", (test) => {
  for (const [name, args, message] of CALLS)
    test(name, async () => {
      const out = args[0] === "replay" ? ["--out", file("never.pcapng")] : [];
      const { status, stdout, stderr } = await linkplane([...args, ...out]);
      assert.is(status, 2, stderr);
      assert.is(stdout, "");
      assert.match(stderr, message);
      assert.match(stderr, /^linkplane: /);
      assert.not(existsSync(file("never.pcapng")), "an output was created");
    });

  for (const [values, message] of VALUES)
    test(JSON.stringify(values), async () => {
      const [capture, config] = [join(ROOT, CAPTURE), join(ROOT, CONFIGURATION)];
      const args: ReplayArguments = { as: [], config, out: file("never.pcapng"), ...values };
      const error: unknown = await replayCommand([capture], args).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.instance(error, LinkplaneError);
      assert.is((error as LinkplaneError).code, "USAGE");
      assert.match((error as LinkplaneError).format(), message);
      assert.not(existsSync(file("never.pcapng")), "an output was created");
    });
});
