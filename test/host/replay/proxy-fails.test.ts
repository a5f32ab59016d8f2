// PROXY headers that are wrong, missing or not due are found out by the mirror, and so are numbers behind them.

import * as Abi from "../../../host/abi.ts";
import type { Core } from "../../../host/core.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { announcing } from "../../conformance/proxy-kit.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, type Line, replayLines } from "./conversation.ts";
import { tamperedPlane } from "./tampered.ts";

const HEADERS = 14 + 20 + 20;
const MTU_SMALL = 576;
const LONG: Line = [0.02, `tcp 10.1.0.9:5000 > 10.1.0.4:443 PA seq=101 ack=901 data=${"x".repeat(530)}`];

/** Another client's handshake, whose answer has the batch go first: what is tampered with then is in force behind it. */
const PAUSE = conversation(0.021, "10.1.0.9:5001")
  .slice(0, 2)
  .map(([, text], i): Line => [0.021 + i / 1000, text]);

/** Where the first flow's header is remembered. */
const stream = (core: Core): number => core.region(Abi.REGION_PROXIES);
const marks = (core: Core): number => core.u8(stream(core) + Abi.PROXY_MARKS);
const headerHasLeft = (core: Core): boolean => (marks(core) & Abi.PROXY_LEFT) !== 0;
const setMarks = (core: Core, value: number): void => {
  core.bytes[stream(core) + Abi.PROXY_MARKS] = value;
};

/** The emit that a header is in, if the last batch has one. */
function headed(core: Core): number | undefined {
  for (let i = 0; i < core.emitCount; i++) {
    const emit = core.emit(i);
    if (core.u32(emit + Abi.EMIT_HEAD_LENGTH) > HEADERS) return emit;
  }
  return undefined;
}

/** Flips a byte of the header, at an offset into it. */
const spoil =
  (at: number) =>
  (core: Core): void => {
    const emit = headed(core);
    if (emit === undefined) return;
    const byte = core.u32(emit + Abi.EMIT_HEAD) + HEADERS + at;
    core.bytes[byte] = (core.bytes[byte] as number) ^ 1;
  };

/** Does something once, when the header has left. */
function afterwards(change: (core: Core) => void): (core: Core) => void {
  let done = false;
  return (core) => {
    if (done || !headerHasLeft(core)) return;
    done = true;
    change(core);
  };
}

/** Does something once, before the header has left. */
function before(change: (core: Core) => void): (core: Core) => void {
  let done = false;
  return (core) => {
    if (done || (marks(core) & Abi.PROXY_STARTED) === 0) return;
    done = true;
    change(core);
  };
}

/** Leaves the header's own packet out. */
function withhold(core: Core): void {
  for (let i = 0; i < Abi.BATCH_MAX; i++) {
    const verdict = core.verdict(i);
    if (core.u32(verdict + Abi.VERDICT_EMITS) !== 2) continue;
    const word = verdict >>> 2;
    core.words[word + Abi.VERDICT_FIRST_EMIT / 4] = core.u32(verdict + Abi.VERDICT_FIRST_EMIT) + 1;
    core.words[word + Abi.VERDICT_EMITS / 4] = 1;
  }
}

suite("The mirror finds a wrong PROXY header out:", (test) => {
  const cases: [name: string, tamper: (core: Core) => void, own?: boolean][] = [
    ["another signature", spoil(6)],
    ["another client", spoil(16)],
    ["another endpoint", spoil(23)],
    ["another port", spoil(25)],
    ["another identifier", spoil(32)],
    ["the same in a packet of its own", spoil(32), true],
    ["a packet of its own that is missing", withhold, true],
    ["none at all", before((core) => setMarks(core, Abi.PROXY_STARTED | Abi.PROXY_LEFT | Abi.PROXY_ACKNOWLEDGED))],
    ["a second one", afterwards((core) => setMarks(core, Abi.PROXY_STARTED))],
    [
      "numbers behind a longer one",
      afterwards((core) => {
        core.bytes[stream(core) + Abi.PROXY_LENGTH] = 37;
      }),
    ],
    [
      "numbers as if there were none",
      afterwards((core) => {
        core.bytes[stream(core) + Abi.PROXY_LENGTH] = 0;
      }),
    ],
    [
      "a beginning that is another",
      afterwards((core) => {
        core.words[stream(core) >>> 2] = 150;
      }),
    ],
  ];
  for (const [name, tamper, own = false] of cases)
    test(name, async () => {
      const { replies } = await replayed(tamper, own);
      assert.ok(replies.different > 0, JSON.stringify(replies));
    });

  for (const own of [false, true])
    test(`and none that is right${own ? ", in a packet of its own" : ""}`, async () => {
      const { replies, generated } = await replayed(() => {}, own);
      assert.equal(replies, { mirrored: 4, identical: 4, different: 0, unmatched: 0, refused: 0 });
      assert.is(generated.proxyHeader, 1);
    });
});

/** Replays a conversation, whose first packet with data has the header leave in a packet of its own or not. */
async function replayed(tamper: (core: Core) => void, own: boolean): Promise<ReplaySummary> {
  const [syn, answer, acknowledgement, question, ...rest] = conversation() as [Line, Line, Line, Line, ...Line[]];
  const opening = [syn, answer, ...(own ? [LONG] : [acknowledgement])];
  const capture = [...opening, ...PAUSE, ...(own ? [] : [question]), ...rest];
  const small = announcing("azure", ({ virtualNetworks }) => {
    for (const network of virtualNetworks) network.mtu = MTU_SMALL;
  });
  const plane = await tamperedPlane(tamper, small);
  return replayLines(capture, { plane, configuration: configurationWith(small) });
}
