// What goes wrong in a worker comes out as an error, and never as silence.

import { readFileSync } from "node:fs";
import { markChecked } from "../../../host/config/configuration.ts";
import { parseConfiguration } from "../../../host/config/parse.ts";
import { LinkplaneError } from "../../../host/errors.ts";
import { createWorkerPlane, type WorkerPlane } from "../../../host/workers/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";

const SYN = { frame: frameOf("tcp 10.1.0.9:5000 > 10.1.0.4:443 S"), network: "shop", time: 0n };

function configurationWith(settings: object) {
  const configuration = baseConfiguration();
  Object.assign(configuration.settings, { shards: 2, ...settings });
  return markChecked(configuration);
}

async function codeOf(outcome: Promise<unknown>): Promise<string> {
  try {
    await outcome;
  } catch (error) {
    if (error instanceof LinkplaneError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

async function withPlane(use: (plane: WorkerPlane) => Promise<void>): Promise<void> {
  const plane = await createWorkerPlane(configurationWith({}), { workers: 2 });
  try {
    await use(plane);
  } finally {
    await plane.close();
  }
}

suite("Failures of workers", (test) => {
  test("flows that fit no memory", async () => {
    const configuration = configurationWith({ maxFlows: 1_000_000_000 });
    assert.is(await codeOf(createWorkerPlane(configuration, { workers: 2 })), "MEMORY_LIMIT");
  });

  test("a number of workers that there cannot be", async () => {
    for (const workers of [0, -1, 1.5, Number.NaN])
      assert.is(await codeOf(createWorkerPlane(configurationWith({}), { workers })), "USAGE");
  });

  test("rules that identify by name", async () => {
    const text = readFileSync(new URL("../../../examples/filtered.yaml", import.meta.url), "utf8");
    assert.is(await codeOf(createWorkerPlane(parseConfiguration(text), { workers: 1 })), "USAGE");
  });

  test("no more workers than shards are started", () =>
    withPlane(async (plane) => {
      assert.is(plane.workers, 2);
      await plane.close();
      const one = await createWorkerPlane(configurationWith({}), { workers: 9 });
      assert.is(one.workers, 2);
      await one.close();
    }));

  test("packets that are none are refused, and the plane goes on", () =>
    withPlane(async (plane) => {
      assert.is(await codeOf(plane.process([SYN, { ...SYN, network: "shopp" }])), "UNKNOWN_NETWORK");
      assert.is((await plane.process([SYN]))[0]?.reason, "new-flow");
    }));

  test("what the caller throws while frames are out comes back to the caller, and the plane goes on", () =>
    withPlane(async (plane) => {
      const thrown = new Error("enough");
      let filled = 0;
      const stream = plane.stream(
        () => filled++ < 3,
        () => {
          throw thrown;
        },
      );
      assert.is(await stream.catch((error: unknown) => error), thrown);
      assert.is((await plane.process([SYN]))[0]?.reason, "new-flow");
    }));

  test("a worker that dies", () =>
    withPlane(async (plane) => {
      const many = codeOf(plane.process(Array.from({ length: 100_000 }, () => SYN)));
      for (const link of plane["crew"].links) void link["worker"].terminate();
      assert.is(await many, "WORKER_FAILED");
      assert.is(await codeOf(plane.process([SYN])), "WORKER_FAILED");
      assert.is(await codeOf(plane.counters()), "WORKER_FAILED");
    }));

  test("a plane that was closed", () =>
    withPlane(async (plane) => {
      await plane.close();
      assert.is(await codeOf(plane.process([SYN])), "WORKER_FAILED");
      await plane.close();
    }));
});
