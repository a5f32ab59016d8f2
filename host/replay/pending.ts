// Frames given to the core and not yet handled: what the replay has to know of each once its verdict is there. Parallel
// arrays, written over by the next batch.

import { BATCH_MAX } from "../abi.ts";
import type { LinkName } from "../links.ts";
import type { Conversation } from "./conversation.ts";
import type { Datagram } from "./fragments.ts";

export const KIND_OTHER = 0;
export const KIND_REQUEST = 1;
export const KIND_REPLY = 2;
/** A fragment that is not the first one of a request. */
export const KIND_FRAGMENT = 3;

/** Whether the packet itself is so that the plane has to drop it; of a first fragment others of its datagram decide, too. */
export const FIT = 0;
export const UNFIT = 1;
export const MAYBE_FIT = 2;

/** The frames of one batch in the order they were placed. */
export class Pending {
  count = 0;
  readonly kind = new Uint8Array(BATCH_MAX);
  /** Side of the plane the frame entered on. */
  readonly side = new Uint8Array(BATCH_MAX);
  /** 1 when it entered as captured behind the plane, to be turned back. */
  readonly turned = new Uint8Array(BATCH_MAX);
  /** Its number in its capture. */
  readonly number = new Float64Array(BATCH_MAX);
  readonly interfaceId = new Uint32Array(BATCH_MAX);
  readonly link: LinkName[] = [];
  /** The frame as it entered the plane, untouched by it. */
  readonly frame: Uint8Array[] = [];
  /** Of a reply: the frame that has to come out. */
  readonly expected: (Uint8Array | undefined)[] = [];
  readonly wireLength = new Uint32Array(BATCH_MAX);
  readonly timeLow = new Uint32Array(BATCH_MAX);
  readonly timeHigh = new Uint32Array(BATCH_MAX);
  /** Of a request or reply. */
  readonly conversation: (Conversation | undefined)[] = [];
  /** The plane's time when it handles the frame, nanoseconds since the first. */
  readonly clock = new Float64Array(BATCH_MAX);
  /** The least that the clock of its shard can be then. */
  readonly since = new Float64Array(BATCH_MAX);
  /** Number of the endpoint that a packet of no conversation is charged to, or -1. */
  readonly endpoint = new Int32Array(BATCH_MAX);
  /** Of a request or reply: its TCP flags. */
  readonly flags = new Uint8Array(BATCH_MAX);
  /** Of a fragment. */
  readonly datagram: (Datagram | undefined)[] = [];
  /** Of a request or reply: FIT, UNFIT or MAYBE_FIT. */
  readonly unfit = new Uint8Array(BATCH_MAX);
}
