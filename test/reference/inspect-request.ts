// A client's packet of an inspected flow (behaviour 14.1).
import type { Flow } from "./flow.ts";
import { forward, note, translated } from "./forward.ts";
import type { Hold, Segment } from "./hold.ts";
import { conclude, hasAcknowledged, type Inspection, isBefore, leaving, letGo, refuseFlow } from "./inspection.ts";
import { type Found, judge } from "./judge.ts";
import { MESSAGE_MOST } from "./message/outcome.ts";
import type { Arrival, Decision, Path } from "./path.ts";
import { heldBehind } from "./proxy.ts";
import { withoutData } from "./shorten.ts";
import { inspectStream } from "./stream.ts";
import { SYN, type Transport, URG } from "./transport.ts";

const SEGMENTS_MOST = 64;
const HEADERS_MOST = 4096;

/** The packet at hand and its flow. */
export class Request {
  readonly path: Path;
  readonly arrival: Arrival;
  readonly transport: Transport;
  readonly flow: Flow;
  readonly inspection: Inspection;
  readonly reason: string;

  constructor(path: Path, arrival: Arrival, transport: Transport, flow: Flow, reason: string) {
    this.path = path;
    this.arrival = arrival;
    this.transport = transport;
    this.flow = flow;
    this.inspection = flow.inspection as Inspection;
    this.reason = reason;
  }

  forward(): Decision {
    forward(this.path, this.arrival, this.transport, this.flow);
    return { reason: this.reason, flow: this.flow.number };
  }

  drop(reason: string): Decision {
    return { reason, flow: this.flow.number, droppedAt: this.flow.endpoint.name };
  }

  against(reason: string, name: string | undefined, offset: number): Decision {
    const { identification } = this.path.settings;
    const choices: Record<string, string> = {
      "name-missing": identification.missingName,
      "protocol-unexpected": identification.unexpectedProtocol,
      "http2-prior-knowledge": identification.http2PriorKnowledge,
      "first-message-too-long": identification.messageTooLong,
      "hold-pool-full": identification.holdPoolFull,
    };
    if (choices[reason] !== "allow") return refuseFlow(this.path, this.arrival, this.flow, reason, name);
    return this.passAll(offset);
  }

  passAll(offset: number): Decision {
    const decision = this.passWith(leaving(this.inspection.hold, true), offset);
    conclude(this.path, this.flow);
    return decision;
  }

  /** Sends the packet in its place among held segments. */
  passWith(segments: Segment[], offset: number): Decision {
    letGo(
      this.path,
      this.flow,
      segments.filter((segment) => segment.offset <= offset),
    );
    const decision = this.forward();
    letGo(
      this.path,
      this.flow,
      segments.filter((segment) => segment.offset > offset),
    );
    return decision;
  }

  /** Writes what judging found to the flow. */
  commit(found: Found): void {
    const { inspection, flow } = this;
    if (found.named && found.encrypted && !inspection.encrypted) this.path.counters.names.encrypted++;
    inspection.judged = (inspection.judged + found.taken) >>> 0;
    inspection.expects = found.expects;
    inspection.early = found.early;
    inspection.encrypted = found.encrypted;
    if (found.name !== undefined) flow.name = found.name;
    if (!found.hello || found.expects !== "after") return;
    inspection.retry = false;
    inspection.answer = flow.toConsumer.sequenceEnd;
  }
}

export function inspectRequest(
  path: Path,
  arrival: Arrival,
  transport: Transport,
  flow: Flow,
  reason: string,
): Decision {
  const request = new Request(path, arrival, transport, flow, reason);
  const { inspection } = request;
  const { data } = transport;
  if (transport.sequence === undefined || data === undefined) return request.drop("truncated");
  const syn = (transport.flags & SYN) !== 0;
  const first = (transport.sequence.number + (syn ? 1 : 0)) >>> 0;
  if (inspection.start === undefined) {
    inspection.start = first;
    inspection.judged = first;
    if (inspection.stream !== undefined) inspection.stream.forgotten = first;
  } else if (syn && first !== inspection.start) return request.drop("segments-conflict");
  if (data.length === 0) return request.forward();
  if (syn) {
    const without = withoutData(arrival, transport);
    if (without === undefined) return request.drop("truncated");
    return new Request(path, without.arrival, without.transport, flow, reason).forward();
  }
  note(path, "consumer", transport, flow);
  if (transport.flags & URG) return request.against("segments-conflict", undefined, 0);
  if (inspection.stream !== undefined)
    return inspectStream(request, inspection.stream, transport.sequence.number, data);
  return inspectData(request, transport.sequence.number, data);
}

function inspectData(request: Request, first: number, data: { length: number; bytes: Uint8Array }): Decision {
  const { inspection, flow } = request;
  const { judged, expects, hold } = inspection;
  const end = (first + data.length) >>> 0;
  if (!isBefore(judged, end) && hasAcknowledged(flow, end)) return request.forward();
  if (expects === "answer" && !isBefore(first, judged)) return request.forward();
  if (data.bytes.length < data.length) return request.drop("truncated");
  const from = hold?.from ?? judged;
  if (isBefore(first, from) && !hasAcknowledged(flow, from)) return request.drop("held-retransmission");
  if (hold === undefined && first === judged) return judgeAsItIs(request, data.bytes);
  const left = isBefore(first, from) ? (from - first) >>> 0 : 0;
  if (left >= data.length) return request.drop("held-retransmission");
  return add(request, (first + left - from) >>> 0, data.bytes.subarray(left), from);
}

function judged(request: Request, bytes: Uint8Array) {
  const { inspection, flow, path } = request;
  return judge(inspection, flow.name, flow.endpoint, path.settings.identification, bytes);
}

function judgeAsItIs(request: Request, bytes: Uint8Array): Decision {
  const { inspection, flow, path } = request;
  const before = inspection.judged;
  const judgement = judged(request, bytes);
  if (judgement.kind === "more") return add(request, 0, bytes, before);
  if (judgement.kind === "reason") return request.against(judgement.reason, judgement.name, 0);
  request.commit(judgement.found);
  if (judgement.kind === "all") return request.passAll(0);
  const decision = request.forward();
  const { taken } = judgement.found;
  if (taken > MESSAGE_MOST) return decision;
  const hold = path.holds.take(flow, before);
  if (hold !== undefined) enter(hold, 0, bytes.subarray(0, taken));
  return decision;
}

function enter(hold: Hold, offset: number, bytes: Uint8Array): void {
  bytes.forEach((byte, i) => hold.bytes.set(offset + i, byte));
}

function add(request: Request, offset: number, bytes: Uint8Array, from: number): Decision {
  const { inspection, flow, path } = request;
  const hold = inspection.hold ?? path.holds.take(flow, from);
  if (hold === undefined) return request.against("hold-pool-full", undefined, offset);
  const differs = bytes.some((byte, i) => (hold.bytes.get(offset + i) ?? byte) !== byte);
  if (differs) return request.against("segments-conflict", undefined, offset);
  const passed = (inspection.judged - from) >>> 0;
  const end = offset + bytes.length;
  if (inspection.expects === "answer" || end <= passed) return request.forward();
  if (bytes.every((_, i) => hold.bytes.has(offset + i))) return request.drop("held-retransmission");
  if (end > MESSAGE_MOST) return request.against("first-message-too-long", undefined, offset);
  path.holds.renew(hold);
  const before = hold.reach;
  enter(hold, offset, bytes);
  const { reach } = hold;
  if (reach === before) return wait(request, hold, offset, bytes.length);
  const judgement = judged(request, hold.part(passed, reach));
  if (judgement.kind === "more") return wait(request, hold, offset, bytes.length);
  if (judgement.kind === "reason") return request.against(judgement.reason, judgement.name, offset);
  request.commit(judgement.found);
  if (judgement.kind === "all") return request.passAll(offset);
  if (judgement.found.expects !== "answer") return request.passWith(leaving(hold, false), offset);
  const decision = request.passWith(leaving(hold, true), offset);
  hold.forgetBehind(reach);
  return decision;
}

export function wait(request: Request, hold: Hold, offset: number, length: number): Decision {
  const { arrival, flow } = request;
  const { bytes, ip, transport } = translated(arrival, request.transport, flow);
  const end = ip.at + ip.totalLength;
  const head = end - length;
  if (hold.segments.length === SEGMENTS_MOST || hold.headers + head > HEADERS_MOST)
    return request.against("first-message-too-long", undefined, offset);
  hold.headers += head;
  const frame = heldBehind(flow, transport, bytes).slice(0, end);
  hold.segments.push({ offset, length, frame, wireLength: arrival.wireLength, ip, tcp: transport.at });
  return { reason: "awaiting-name", flow: flow.number };
}
