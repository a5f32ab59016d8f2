// Records of established flows, 64 bytes each and two a flow as in the core, taken over from it.

import * as Abi from "../../host/abi.ts";
import type { Core } from "../../host/core.ts";
import { alignedBuffer } from "./aligned.ts";

/** Words of a record: the key first, then what replaces it; a time is a double. */
export const RECORD = Abi.REC_SIZE / 4;
export const KEY_ABOUT = Abi.REC_KEY / 4; // side + 1, protocol, network
export const KEY_SOURCE = KEY_ABOUT + 1;
export const KEY_DESTINATION = KEY_ABOUT + 2;
export const KEY_PORTS = KEY_ABOUT + 3;
export const DELTAS = Abi.REC_TEMPLATE / 4;
export const NEW_SOURCE = DELTAS + Abi.TEMPLATE_SOURCE / 4;
export const NEW_DESTINATION = DELTAS + Abi.TEMPLATE_DESTINATION / 4;
export const NEW_PORTS = DELTAS + Abi.TEMPLATE_PORTS / 4;
/** Endpoint, backend. */
export const OWNERS = Abi.REC_ENDPOINT / 4;
/** Flags seen, timer, epoch, a byte to touch. */
export const SEEN = Abi.REC_SEEN / 4;
export const LAST_SEEN = Abi.REC_LAST_SEEN / 8;
export const SEQUENCE_END = Abi.REC_SEQUENCE_END / 4;
export const ACKNOWLEDGED = Abi.REC_ACKNOWLEDGED / 4;
export const PACKETS = Abi.REC_PACKETS / 4;
export const BYTES = Abi.REC_BYTES / 4;

/** Both directions of every flow, a flow's request first; a flow's number is the index of the pair. */
export class Records {
  readonly words: Int32Array<ArrayBuffer>;
  /** The same bytes as doubles. */
  readonly times: Float64Array<ArrayBuffer>;
  readonly count: number;

  /** All flows of the core must be alive. */
  constructor(core: Core) {
    const from = core.region(Abi.REGION_RECORDS);
    this.count = 2 * core.control(Abi.CONTROL_FLOW_TOP);
    const buffer = alignedBuffer(this.count * Abi.REC_SIZE);
    this.words = new Int32Array(buffer);
    this.times = new Float64Array(buffer);
    this.words.set(new Int32Array(core.bytes.buffer, from, this.count * RECORD));
    for (let record = 0; record < this.count; record++) {
      const lastSeen = Number(core.u64(from + record * Abi.REC_SIZE + Abi.REC_LAST_SEEN));
      this.times[(record * RECORD) / 2 + LAST_SEEN] = lastSeen;
    }
  }
}
