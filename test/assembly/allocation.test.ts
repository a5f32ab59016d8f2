// Nothing is allocated on the way of a packet: not in linear memory, which only configure grows, and not by the host's engine
// for a call.

import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as Abi from "../../host/abi.ts";
import { markChecked } from "../../host/config/configuration.ts";
import type { Core } from "../../host/core.ts";
import { placeBatch } from "../../host/measure/batch.ts";
import { randomOrder, recordTape, type Tape } from "../../host/measure/tape.ts";
import { establish, PLAIN } from "../../host/measure/traffic.ts";
import { createPlane } from "../../host/plane.ts";
import { assert, bytes, suite } from "../kit.ts";
import { randomConfiguration } from "../random/configuration.ts";
import { Dice } from "../random/dice.ts";
import { Traffic } from "../random/traffic.ts";
import { reached } from "./reached.ts";

const HOT = ["process", "advance", "nextDeadline"];
/** Behind the static data, which are the descriptors of a lane (assembly/tunnel/lane.ts): where a heap would begin. */
const HEAP_AT = 65_536 + Abi.LANE * 16;
const CALLS = 1_000;
const BATCH = 64;
const CONFIGURATIONS = 6;
const PACKETS = 3_000;
/** The smallest object there is takes this many bytes. */
const LEAST_OBJECT = 12;
const ATTEMPTS = 5;

const GROWING = `(module (memory 1)
  (func $rare (drop (memory.grow (i32.const 1))))
  (func $process (if (i32.load (i32.const 0)) (then (call $rare))))
  (export "process" (func $process)))`;
const CALLING = `(module (import "host" "log" (func $log))
  (func $process (call $log))
  (export "process" (func $process)))`;

suite("The module", (test) => {
  test("grows memory in configure, and where packets pass never; calls nothing outside, throws nothing", async () => {
    const found = await reached(readFileSync(new URL("../../build/core.wasm", import.meta.url)));
    assert.equal([...(found.get("configure") ?? [])], ["memory.grow"]);
    for (const name of HOT) assert.equal([...(found.get(name) ?? ["missing"])], [], name);
  });

  test("would be found out if it grew memory in a function that process calls", async () => {
    assert.equal([...((await reached(GROWING)).get("process") ?? [])], ["memory.grow"]);
  });

  test("would be found out if it called the host", async () => {
    assert.equal([...((await reached(CALLING)).get("process") ?? [])], ["call $log"]);
  });
});

suite("Linear memory", (test) => {
  test("keeps its size, and nothing where a heap would begin changes, whatever packets do", async () => {
    const met = { expired: 0, denied: 0 };
    const reasons = new Set<string>();
    for (let seed = 1; seed <= CONFIGURATIONS; seed++) {
      const dice = new Dice(seed);
      const plane = await createPlane(markChecked(randomConfiguration(dice)));
      const traffic = new Traffic(dice);
      const { core } = plane;
      const size = core.bytes.byteLength;
      const heap = core.bytes.slice(HEAP_AT, core.ring);
      for (let i = 0; i < PACKETS; i++) {
        const packet = traffic.next();
        const [result] = plane.process([{ ...packet, frame: packet.frame.slice() }]);
        if (result !== undefined) traffic.observe(packet, result);
      }
      assert.is(core.bytes.byteLength, size);
      bytes(core.bytes.subarray(HEAP_AT, core.ring), heap);
      const counters = plane.counters();
      met.expired += counters.flows.expired;
      met.denied += counters.flows.denied;
      for (const [reason, packets] of Object.entries(counters.reasons)) if (packets > 0) reasons.add(reason);
    }
    assert.ok(met.expired > 0 && met.denied > 0, "flows came and went");
    assert.ok(reasons.size > 20, "packets met many reasons");
  });
});

suite("The engine", (test) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;

  /** Bytes by which the heap grows in a call, the least of some attempts: the engine's own housekeeping comes and goes. */
  const growth = (call: () => void): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      collect();
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < CALLS; i++) call();
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / CALLS);
    }
    return least;
  };

  /** A call that handles a batch of established flows' packets, placed by copying within memory. */
  const handling = async (): Promise<{ core: Core; call: () => void }> => {
    const { plane, frames, time } = await establish({ flows: 1000, ...PLAIN });
    const { core } = plane;
    const tape: Tape = recordTape(frames, BATCH);
    placeBatch(core, tape, 0, BATCH, time, 1);
    core.run();
    const fresh = core.ring + BATCH * tape.stride;
    core.bytes.set(tape.bytes, fresh);
    const end = fresh + BATCH * tape.stride;
    const { lengths, sides, stride } = tape;
    const call = (): void => {
      core.bytes.copyWithin(core.ring, fresh, end);
      for (let i = 0; i < BATCH; i++) {
        const length = lengths[i] as number;
        const side = sides[i] as number;
        core.describe(core.ring + i * stride, length, length, side, 0, side, 2, 0);
      }
      if (core.run() !== BATCH || core.emitCount !== BATCH) throw new Error("Not every packet was forwarded.");
    };
    for (let i = 0; i < CALLS; i++) call();
    return { core, call };
  };

  test("allocates nothing for a batch", async () => {
    const { core, call } = await handling();
    const size = core.bytes.byteLength;
    assert.ok(growth(call) < LEAST_OBJECT, `${growth(call)} bytes a call`);
    assert.is(core.bytes.byteLength, size);
  });

  test("would be found out if it allocated one small object", async () => {
    const { call } = await handling();
    const kept = { object: {} };
    const wasteful = (): void => {
      call();
      kept.object = { object: randomOrder };
    };
    for (let i = 0; i < CALLS; i++) wasteful();
    assert.ok(growth(wasteful) >= LEAST_OBJECT, `${growth(wasteful)} bytes a call`);
  });
});
