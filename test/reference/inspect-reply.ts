// A server's packet of an inspected flow (behaviour 14.3).
import type { Flow } from "./flow.ts";
import { forward, note } from "./forward.ts";
import { conclude, hasAcknowledged, type Inspection, isBefore, leaving, letGo, refuseFlow } from "./inspection.ts";
import type { Arrival, Decision, Path } from "./path.ts";
import { ACK, type Transport } from "./transport.ts";

const HANDSHAKE = 22;
const SERVER_HELLO = 2;
const TOLD = 43;
const RANDOM_AT = 11;
/** The random of a HelloRetryRequest (RFC 8446, 4.1.3). */
const RETRY = Buffer.from("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C", "hex");

export function inspectReply(path: Path, arrival: Arrival, transport: Transport, flow: Flow): Decision {
  const refused = observeReply(path, arrival, transport, flow);
  if (refused !== undefined) return refused;
  forward(path, arrival, transport, flow);
  return { reason: "forwarded", flow: flow.number };
}

/** What a server's packet says of an inspected flow, before it goes its way; the decision when it ends the flow. */
export function observeReply(path: Path, arrival: Arrival, transport: Transport, flow: Flow): Decision | undefined {
  const inspection = flow.inspection as Inspection;
  const { sequence } = transport;
  if (sequence !== undefined) {
    const speaksOfOther =
      path.settings.identification.otherBeginning === "deny" &&
      (transport.flags & ACK) !== 0 &&
      inspection.start !== undefined &&
      inspection.judged === inspection.start &&
      !flow.midStream &&
      sequence.acknowledgement !== inspection.start;
    if (speaksOfOther) return refuseFlow(path, arrival, flow, "segments-conflict");
    note(path, "provider", transport, flow);
    if (inspection.stream === undefined) conclusions(path, transport, flow, inspection);
    else forgetAcknowledged(path, flow, inspection);
  }
  return undefined;
}

/** Forgets what the server has acknowledged. */
function forgetAcknowledged(path: Path, { toConsumer: { acknowledged } }: Flow, { hold }: Inspection): void {
  if (hold === undefined) return;
  const { remembered, segments } = hold;
  const isOver = ({ sequence, bytes }: (typeof remembered)[number]): boolean =>
    acknowledged !== undefined && !isBefore(acknowledged, (sequence + bytes.length) >>> 0);
  while (remembered[0] !== undefined && isOver(remembered[0])) remembered.shift();
  if (remembered.length === 0 && segments.length === 0) path.holds.giveBack(hold);
}

function conclusions(path: Path, transport: Transport, flow: Flow, inspection: Inspection): void {
  const answered = inspection.expects === "after" && isAnswer(transport, inspection);
  if (!hasAcknowledged(flow, inspection.judged)) return;
  const { hold } = inspection;
  if (answered || inspection.expects === "answer") {
    letGo(path, flow, leaving(hold, true));
    conclude(path, flow);
  } else if (hold?.segments.length === 0) path.holds.giveBack(hold);
}

function isAnswer({ sequence, data }: Transport, inspection: Inspection): boolean {
  const bytes = data?.bytes ?? new Uint8Array(0);
  if (inspection.retry || bytes.length === 0 || sequence === undefined) return false;
  inspection.answer ??= sequence.number;
  const left = (inspection.answer - sequence.number) >>> 0;
  if (isBefore(inspection.answer, sequence.number) || left >= bytes.length) return false;
  const said = bytes.subarray(left);
  if (said[0] !== HANDSHAKE) return true;
  if (said.length < TOLD) return false;
  const retry = said[5] === SERVER_HELLO && Buffer.compare(said.subarray(RANDOM_AT, TOLD), RETRY) === 0;
  if (retry) {
    inspection.retry = true;
    inspection.answer = undefined;
  }
  return !retry;
}
