// What becomes of a packet that an explanation is about and that was held: let go, or discarded, and with which packet.

import * as Abi from "../abi.ts";
import type { Core } from "../core.ts";
import { notesOf } from "../explain/notes.ts";
import { ENDS } from "../explain/admission.ts";
import type { LinkName } from "../links.ts";
import { REASONS } from "../reasons.ts";
import { emissionAt, resultAt } from "../result.ts";
import { AddressBook } from "./address-book.ts";
import { FrameView, PROTOCOL_TCP, TCP } from "./frame.ts";

/** One held packet. */
export class HeldPacket {
  /** Number of its flow; -1 for a fragment, whose flow is not known yet. */
  private readonly flow: number;
  private readonly flowsOfShard: number;
  private readonly data: string;
  private readonly link: LinkName;

  /** The packet that a core's last run held; `frame` is it as it entered, `flowsOfShard` how many flows a shard has. */
  constructor(core: Core, frame: Uint8Array, link: LinkName, flowsOfShard: number) {
    this.flow = resultAt(core, 0).flow;
    this.flowsOfShard = flowsOfShard;
    this.link = link;
    this.data = dataOf(frame, link);
  }

  /** What the core's last run, of packet `number` alone and traced, did to it; undefined: it waits on. */
  fateIn(core: Core, number: number): string | undefined {
    for (let i = 0; i < core.emitCount; i++) {
      const { cause, flow, bytes } = emissionAt(core, i);
      const isOwn = this.flow < 0 || flow === this.flow;
      if (cause === "held" && isOwn && dataOf(bytes, this.link) === this.data) return `let go with packet ${number}`;
    }
    if (this.flow < 0) return undefined;
    const shard = core.shards[Math.floor(this.flow / this.flowsOfShard)] as Core;
    const own = this.flow % this.flowsOfShard;
    const ended = notesOf(shard).find(({ stage, values }) => stage === Abi.STAGE_ENDED && values[0] === own);
    if (ended === undefined) return undefined;
    const end = ended.values[1] as number;
    if (end === Abi.END_REFUSED)
      return `discarded: packet ${number} had its flow refused as ${resultAt(core, 0).reason}`;
    const { sentence = "" } = REASONS.find(({ name }) => name === INCOMPLETE) ?? {};
    return `discarded before packet ${number}, when its flow ended (${ENDS[end]}): ${INCOMPLETE}. ${sentence}`;
  }
}

const INCOMPLETE = "first-message-incomplete";
/** What there is to say when the capture ends first. */
export const NEVER_LET_GO = "the rest never came before the capture ended, or was refused: it never left";

/** What is behind a packet's headers, which its translation leaves alone, one character a byte. */
function dataOf(frame: Uint8Array, link: LinkName): string {
  const view = new FrameView(new AddressBook());
  view.read(frame, 0, frame.length, link, 0, () => undefined);
  const { l4, end, protocol, fragmentOffset } = view;
  const isSegment = protocol === PROTOCOL_TCP && fragmentOffset === 0;
  const header = isSegment ? ((frame[l4 + TCP.offset] ?? 0) >> 4) * 4 : 0;
  return String.fromCharCode(...frame.subarray(l4 + header, end));
}
