import * as Abi from "../../../assembly/abi.ts";
import type { Core } from "../../../host/core.ts";
import { createPlane, type Plane } from "../../../host/plane.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, replayLines } from "./conversation.ts";

/** A plane whose core is tampered with after every batch, as a bug in it would. */
async function tamperedPlane(tamper: (core: Core) => void): Promise<Plane> {
  const configuration = configurationWith(({ settings }) => {
    settings.endpointSources = "admit";
    settings.midStream = "admit";
  });
  const plane = await createPlane(configuration);
  const run = plane.core.run.bind(plane.core);
  plane.core.run = (): number => {
    const handled = run();
    tamper(plane.core);
    return handled;
  };
  return plane;
}

const request = (core: Core): number => core.region(Abi.REGION_RECORDS);
const reply = (core: Core): number => request(core) + Abi.REC_SIZE;

suite("The mirror finds a wrong plane out", (test) => {
  const cases: [string, (core: Core) => void][] = [
    ["a wrong checksum delta of replies", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE + 2)],
    ["a wrong IP delta of replies", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE)],
    ["a wrong port of the endpoint", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE + 12)],
    ["a wrong port of the client", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE + 14)],
    ["a wrong address of the client", (core) => flip(core, reply(core) + Abi.REC_TEMPLATE + 8)],
    ["a reply key that no reply has", (core) => flip(core, reply(core) + Abi.REC_KEY + 12)],
    ["replies that leave on the provider's side", sendBack],
    ["requests that leave with a wrong checksum", spoilRequests],
  ];
  for (const [name, tamper] of cases) {
    test(name, async () => {
      const { replies } = await replayLines(conversation(), { plane: await tamperedPlane(tamper) });
      assert.ok(replies.different > 0, JSON.stringify(replies));
    });
  }

  test("and an untouched one right", async () => {
    const { replies } = await replayLines(conversation(), { plane: await tamperedPlane(() => {}) });
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
  });
});

const flipped = new WeakMap<Core, number>();

/** Changes a byte once, as soon as it is there. */
function flip(core: Core, at: number): void {
  if (flipped.get(core) === at || core.u32(request(core)) === 0) return;
  flipped.set(core, at);
  core.bytes[at] = (core.bytes[at] as number) ^ 0x80;
}

function sendBack(core: Core): void {
  for (let i = 0; i < core.emitCount; i++) core.bytes[core.emit(i) + Abi.EMIT_SIDE] = Abi.SIDE_PROVIDER;
}

/** Changes a byte of the TCP checksum of every frame that leaves towards the provider. */
function spoilRequests(core: Core): void {
  for (let i = 0; i < core.emitCount; i++) {
    const emit = core.emit(i);
    if (core.u8(emit + Abi.EMIT_SIDE) !== Abi.SIDE_PROVIDER) continue;
    const checksum = core.u32(emit + Abi.EMIT_BODY) + 14 + 20 + 16;
    core.bytes[checksum] = (core.bytes[checksum] as number) ^ 1;
  }
}
