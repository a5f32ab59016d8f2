// The packet of a capture that somebody asks about: explained when its turn comes, and followed if it is held.

import { explanationOf } from "../explain/explanation.ts";
import { packetText } from "../explain/packet-text.ts";
import type { Step } from "../explain/stage.ts";
import { openedTunnel } from "../explain/tunnel.ts";
import type { Plane } from "../plane.ts";
import { ShardNumbers } from "../shards/numbers.ts";
import type { Feed } from "./feed.ts";
import { HeldPacket, NEVER_LET_GO } from "./held-packet.ts";
import type { ReplayExplanation, ReplayOptions } from "./options.ts";
import type { CapturedFrame } from "./parts.ts";
import type { Opened } from "./tunnels.ts";
import { refusedByReplay } from "./refusal.ts";

export class AskedPacket {
  private readonly explain: NonNullable<ReplayOptions["explain"]>;
  private readonly feed: Feed;
  /** The explanation of a packet that is held, and that packet. */
  private open: { explanation: ReplayExplanation; packet: HeldPacket } | undefined;
  /** The explanation was given. */
  answered = false;

  constructor(explain: NonNullable<ReplayOptions["explain"]>, feed: Feed) {
    this.explain = explain;
    this.feed = feed;
  }

  /** Feeds the next frame. */
  frame(frame: CapturedFrame): void {
    const { open, feed } = this;
    if (open !== undefined) {
      const fate = feed.traced(frame, () => open.packet.fateIn(feed.parts.plane.core, frame.number));
      if (typeof fate === "string") this.answer({ ...open.explanation, later: fate });
    } else if (frame.number < this.explain.packet) {
      feed.frame(frame);
    } else {
      this.take(frame);
    }
  }

  /** The capture has no more frames. */
  end(): void {
    if (this.open !== undefined && !this.answered) this.answer({ ...this.open.explanation, later: NEVER_LET_GO });
  }

  /** Takes the frame that is asked about. */
  private take(frame: CapturedFrame): void {
    const { plane, tunnels } = this.feed.parts;
    const opening = tunnels.open(frame);
    const inner = opening.is === "opened" ? opening.opened : undefined;
    const { bytes, link } = inner?.frame ?? frame;
    const seen = this.feed.traced(
      frame,
      (entered): ReplayExplanation => {
        const told = explanationOf(plane.core, plane, bytes, link, entered);
        if (inner !== undefined) told.steps.unshift(tunnelStep(inner, plane));
        const as = packetText(entered, link);
        const explanation = { ...told, ...(as === told.packet ? {} : { entered: as }) };
        const { flows } = new ShardNumbers(plane.configuration.settings);
        if (told.verdict === "held")
          this.open = { explanation, packet: new HeldPacket(plane.core, entered, link, flows) };
        return explanation;
      },
      opening,
    );
    if (!("verdict" in seen)) this.answer(refusedByReplay(frame, seen));
    else if (this.open === undefined) this.answer(seen);
  }

  private answer(explanation: ReplayExplanation): void {
    this.answered = true;
    this.explain.take(explanation);
  }
}

/** What was opened before the plane saw what is in it. */
function tunnelStep({ frame, type, source, destination, identifier, named }: Opened, { names }: Plane): Step {
  const network = named === undefined ? undefined : names.networks[named];
  return openedTunnel({ type, source, destination, identifier, network, bytes: frame.wireLength });
}
