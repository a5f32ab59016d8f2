// A client's data on a flow every request of which is looked at (behaviour 14.5).
import type { Hold } from "./hold.ts";
import { type Request, wait } from "./inspect-request.ts";
import { hasAcknowledged, isBefore } from "./inspection.ts";
import { MESSAGE_MOST } from "./message/outcome.ts";
import type { Decision } from "./path.ts";
import { judgeStream, type Stream, type StreamJudgement } from "./stream-judge.ts";

const STRETCHES_MOST = 64;

/** How far one sequence number is behind another; negative before it. */
const behind = (one: number, other: number): number => (one - other) | 0;

export function inspectStream(
  request: Request,
  stream: Stream,
  first: number,
  data: { length: number; bytes: Uint8Array },
): Decision {
  const { inspection, flow } = request;
  const { forgotten, rest } = stream;
  const { hold } = inspection;
  if (isBefore(first, forgotten) && !hasAcknowledged(flow, forgotten)) return request.drop("held-retransmission");
  const further = behind((first + data.length) >>> 0, inspection.judged);
  const overlapping = (hold?.remembered ?? []).filter(({ sequence, bytes }) => {
    const from = behind(sequence, first);
    return from < data.length && from + bytes.length > 0;
  });
  const whole = data.bytes.length >= data.length;
  if (!whole && (overlapping.length > 0 || further > rest)) return request.drop("truncated");
  const differs = overlapping.some(({ sequence, bytes }) => {
    const from = behind(sequence, first);
    return bytes.some((byte, i) => (data.bytes[from + i] ?? byte) !== byte);
  });
  if (differs) return request.against("segments-conflict", undefined, 0);
  if (further <= rest) {
    if (further > 0) {
      inspection.judged = (inspection.judged + further) >>> 0;
      stream.rest -= further;
    }
    return request.forward();
  }
  const edge = (inspection.judged + rest) >>> 0;
  const ahead = behind(first, edge);
  const bytes = data.bytes.subarray(Math.max(0, -ahead));
  if (ahead <= 0 && (hold?.segments.length ?? 0) === 0) {
    const judgement = judgeStream(stream, flow.endpoint, bytes);
    if (judgement.kind === "reason") return request.against(judgement.reason, judgement.name, 0);
    if (judgement.kind === "passes") {
      const decision = request.forward();
      pass(request, stream, edge, bytes, judgement);
      return decision;
    }
  }
  return gather(request, stream, edge, ahead, bytes);
}

/** Writes to the flow what came of bytes at the edge, and remembers them. */
function pass(
  { inspection, flow, path }: Request,
  stream: Stream,
  edge: number,
  bytes: Uint8Array,
  { after, looked }: Extract<StreamJudgement, { kind: "passes" }>,
): void {
  Object.assign(stream, after);
  if (after.name !== undefined) flow.name = after.name;
  inspection.judged = (edge + bytes.length) >>> 0;
  const end = (edge + looked) >>> 0;
  const place = inspection.hold ?? (looked <= MESSAGE_MOST ? path.holds.take(flow, edge) : undefined);
  if (place === undefined || looked > MESSAGE_MOST) {
    place?.remembered.splice(0);
    stream.forgotten = end;
    return;
  }
  const { remembered } = place;
  const size = (): number => remembered.reduce((sum, stretch) => sum + stretch.bytes.length, 0);
  while (remembered.length === STRETCHES_MOST || size() + looked > MESSAGE_MOST) {
    const oldest = remembered.shift();
    if (oldest !== undefined) stream.forgotten = (oldest.sequence + oldest.bytes.length) >>> 0;
  }
  remembered.push({ sequence: edge, bytes: bytes.slice(0, looked) });
}

/** Adds bytes to what is held; the packet's data begin `ahead` behind the edge, or before it. */
function gather(request: Request, stream: Stream, edge: number, ahead: number, bytes: Uint8Array): Decision {
  const { inspection, flow, path } = request;
  const hold = inspection.hold ?? path.holds.take(flow, edge);
  if (hold === undefined) return request.against("hold-pool-full", undefined, 0);
  if (hold.segments.length === 0) hold.restart(edge);
  const offset = behind(edge, hold.from) + Math.max(ahead, 0);
  const differs = bytes.some((byte, i) => (hold.bytes.get(offset + i) ?? byte) !== byte);
  if (differs) return request.against("segments-conflict", undefined, offset);
  if (ahead >= 0 && bytes.every((_, i) => hold.bytes.has(offset + i))) return request.drop("held-retransmission");
  if (offset + bytes.length > MESSAGE_MOST) return request.against("first-message-too-long", undefined, offset);
  path.holds.renew(hold);
  bytes.forEach((byte, i) => hold.bytes.set(offset + i, byte));
  const found = judgeHeld(request, stream, hold, offset);
  if (found.kind === "more") return wait(request, hold, offset, bytes.length);
  if (found.kind === "reason") return request.against(found.reason, found.name, offset);
  const limit = behind(inspection.judged, hold.from) + stream.rest;
  const going = hold.segments
    .filter((segment) => segment.offset + segment.length <= limit)
    .sort((one, other) => one.offset - other.offset);
  for (const segment of going) hold.segments.splice(hold.segments.indexOf(segment), 1);
  return request.passWith(going, offset);
}

/** Judges what is known at the edge, if the byte at `offset` is among it, and at the edges that follow. */
function judgeHeld(request: Request, stream: Stream, hold: Hold, offset: number): StreamJudgement | { kind: "passed" } {
  const { inspection, flow } = request;
  let result: StreamJudgement | { kind: "passed" } = { kind: "more" };
  for (;;) {
    const from = behind(inspection.judged, hold.from) + stream.rest;
    let to = from;
    while (hold.bytes.has(to)) to++;
    if (to === from || (result.kind === "more" && to <= offset)) return result;
    const edge = (inspection.judged + stream.rest) >>> 0;
    const bytes = hold.part(from, to);
    const judgement = judgeStream(stream, flow.endpoint, bytes);
    if (judgement.kind === "more") return result;
    if (judgement.kind === "reason") return judgement;
    pass(request, stream, edge, bytes, judgement);
    result = { kind: "passed" };
  }
}
