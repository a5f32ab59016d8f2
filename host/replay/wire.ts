// Writing the consumer's leg of what the plane forwarded beside it, of requests as they entered, of replies as they left; and the
// provider's leg, which is made of that.

import * as Abi from "../abi.ts";
import { addressNumber } from "../config/address.ts";
import type { ConsumerLeg } from "../dash/consumer-leg.ts";
import { Frontends } from "../dash/frontends.ts";
import type { LegPacket } from "../dash/packet.ts";
import { openedLeg } from "../dash/provider-leg.ts";
import type { LinkName } from "../links.ts";
import { emissionAt } from "../result.ts";
import type { Conversation } from "./conversation.ts";
import type { FeedParts } from "./parts.ts";
import { isSixNumber } from "./address-book.ts";
import { FrameView } from "./frame.ts";
import { KIND_REPLY, type Pending } from "./pending.ts";
import { readdress } from "./readdress.ts";

const NO_VLANS = (): undefined => undefined;
const PORTS = 65_536;

/** Gives a recording its third interface. */
export class Wire {
  private readonly leg: ConsumerLeg;
  private readonly parts: FeedParts;
  private readonly pending: Pending;
  private readonly view = new FrameView();
  private readonly frontends: Frontends;
  /** Some service puts PROXY headers in front of streams: what was held has other numbers then. */
  private readonly announces: boolean;

  constructor(leg: ConsumerLeg, parts: FeedParts, pending: Pending) {
    this.leg = leg;
    this.parts = parts;
    this.pending = pending;
    this.frontends = new Frontends(parts.plane.configuration);
    this.announces = parts.plane.core.control(Abi.CONTROL_PROXIES) > 0;
  }

  /** Writes what of a packet is on the leg, and of those that were held until it came; `left` is the packet, if it was forwarded. */
  settle(at: number, first: number, emits: number, left: Uint8Array | undefined): void {
    const { leg, pending } = this;
    const { core } = this.parts.plane;
    const about = pending.conversation[at];
    if (about === undefined) return;
    const { endpoint } = about;
    const link = pending.link[at] ?? "other";
    for (let i = first; i < first + emits; i++) {
      if (core.u8(core.emit(i) + Abi.EMIT_CAUSE) !== Abi.CAUSE_HELD) continue;
      const sent = this.announces ? undefined : this.asSent(about, emissionAt(core, i).bytes, link);
      if (sent === undefined) leg.leaveOut(endpoint);
      else
        this.write(at, about, leg.request(sent, link, core.u32(core.emit(i) + Abi.EMIT_WIRE_LENGTH), endpoint), false);
    }
    if (left === undefined) return;
    const wireLength = pending.wireLength[at] as number;
    if (pending.kind[at] === KIND_REPLY) this.write(at, about, leg.reply(left, link, wireLength, endpoint), true);
    else this.write(at, about, leg.request(pending.frame[at] as Uint8Array, link, wireLength, endpoint), false);
  }

  private write(at: number, about: Conversation, packet: LegPacket | undefined, isReply: boolean): void {
    const { pending } = this;
    if (packet === undefined) return;
    const { recording } = this.parts;
    const [timeLow, timeHigh] = [pending.timeLow[at] as number, pending.timeHigh[at] as number];
    const interfaceId = pending.interfaceId[at] as number;
    const opened = this.opened(packet, about, isReply);
    const legs = isReply ? [opened, packet] : [packet, opened];
    for (const leg of legs)
      if (leg !== undefined)
        recording?.writeWire(interfaceId, leg === packet ? "consumer" : "provider", leg, {
          timeLow,
          timeHigh,
          wireLength: leg.wireLength,
        });
  }

  /** The same packet on the provider's leg. */
  private opened(packet: LegPacket, { endpoint, service, protocol, nat, natPort }: Conversation, isReply: boolean) {
    const frontend = this.frontends.of(endpoint, protocol, service % PORTS);
    if (frontend === undefined) return undefined;
    this.leg.summary.provider[isReply ? "toConsumer" : "toService"]++;
    return openedLeg(packet, { nat, natPort, frontend }, isReply);
  }

  /** A client's packet as it was before its translation; the frame is changed. */
  private asSent({ client, service, endpoint }: Conversation, frame: Uint8Array, link: LinkName) {
    const { view } = this;
    if (!view.read(frame, 0, frame.length, link, 0, NO_VLANS) || (frame[view.ip] as number) >> 4 !== 4)
      return undefined;
    const address = this.parts.plane.names.endpointAddresses[endpoint] as string;
    const from = { source: Math.floor(client / PORTS), sourcePort: client % PORTS };
    if (isSixNumber(from.source)) return undefined;
    readdress(view, { ...from, destination: addressNumber(address), destinationPort: service % PORTS }, 1);
    return frame;
  }
}
