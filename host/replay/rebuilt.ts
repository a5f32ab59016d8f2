// A captured reply as its backend must have sent it, and what has to come out of the plane for that.

import type { Conversation } from "./conversation.ts";
import { returned, withChecksum } from "./family.ts";
import type { FrameView } from "./frame.ts";
import { changesFamily } from "./mirror.ts";
import type { CapturedFrame, FeedParts } from "./parts.ts";
import { readdress } from "./readdress.ts";
import type { Role } from "./roles.ts";
import { lowerMss } from "./sizes.ts";
import { isUnfit } from "./unfit.ts";

export interface Rebuilt {
  /** What enters on the provider's side, and its length on the wire. */
  entered: Uint8Array;
  wireLength: number;
  /** What has to leave. */
  due: Uint8Array;
  /** The plane has to drop it, whatever its flow. */
  unfit: boolean;
}

/** Rebuilds the reply in a view, which looks at what enters from then on; the frame's copies are written over. */
export function rebuilt(
  view: FrameView,
  frame: CapturedFrame,
  conversation: Conversation,
  role: Role,
  { mirror, roles, ttlLoss, vlans }: FeedParts,
  copies: readonly [Uint8Array, Uint8Array],
): Rebuilt {
  const [due, entered] = copies;
  const { link, network } = frame;
  const { sizes } = roles;
  const changes = changesFamily(view, conversation);
  const { destination, sourcePort, destinationPort, protocol } = view;
  view.move(due);
  if (changes) returned(view, link);
  const source = role.address;
  readdress(
    view,
    { source, sourcePort: role.frontendPort(sourcePort, protocol), destination, destinationPort },
    ttlLoss - 1,
  );
  const mss = sizes.mss(view.network, role.isSix, role.providerNetwork, role.isServiceSix);
  if (mss !== undefined) lowerMss(view, mss);
  const wire = frame.wireLength - (due.length - view.buffer.length);
  conversation.stream?.tidy(view, wire);
  const whole = !changes || withChecksum(view, wire);
  const left = view.buffer;
  if (changes) view.read(entered, 0, entered.length, link, network, vlans);
  else view.move(entered);
  const sound = mirror.rebuild(conversation, view, link, frame.wireLength, ttlLoss) && whole;
  const wireLength = frame.wireLength - (entered.length - view.buffer.length);
  const isTooBig = sizes.isTooBig(view, view.network, role.isSix);
  const unfit = !sound || isTooBig || isUnfit(view, wireLength, view.ttl + ttlLoss);
  return { entered: view.buffer, wireLength, due: left, unfit };
}
