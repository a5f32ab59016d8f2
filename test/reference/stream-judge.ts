// Judging a stream of requests (behaviour 14.5).
import type { Endpoint } from "./networks.ts";
import { normal, printable } from "./judge.ts";
import { isBegun, type Line, sizeOf } from "./message/chunked.ts";
import { framingOf } from "./message/framing.ts";
import { readRequest } from "./message/request.ts";

/** Where a flow's stream of requests is. */
export class Stream {
  expects: "request" | Line = "request";
  /** What was read of the line that is expected. */
  line = "";
  /** Bytes of a body still to come. */
  rest = 0;
  forgotten = 0;
  name: string | undefined;
}

export type StreamJudgement =
  | { kind: "more" }
  | { kind: "reason"; reason: string; name?: string | undefined }
  /** `looked`: bytes up to the last one that is not body. */
  | { kind: "passes"; looked: number; after: Pick<Stream, "expects" | "line" | "rest" | "name"> };

type Passing = Extract<StreamJudgement, { kind: "passes" }>;

/** Judges bytes that begin at the edge. */
export function judgeStream(stream: Stream, endpoint: Endpoint, bytes: Uint8Array): StreamJudgement {
  const { expects, line, name } = stream;
  const passing: Passing = { kind: "passes", looked: 0, after: { expects, line, rest: 0, name } };
  const { after } = passing;
  for (let at = 0; at < bytes.length; ) {
    if (after.rest > 0) {
      const come = Math.min(after.rest, bytes.length - at);
      after.rest -= come;
      at += come;
      continue;
    }
    const against = after.expects === "request" ? head(passing, endpoint, bytes, at) : lineByte(passing, bytes, at);
    if (against !== undefined) return against;
    at = passing.looked;
  }
  return passing;
}

function head(passing: Passing, endpoint: Endpoint, bytes: Uint8Array, at: number): StreamJudgement | undefined {
  const { after } = passing;
  const outcome = readRequest(bytes.subarray(at));
  if (outcome.kind === "more" || outcome.kind === "reason") return outcome;
  if (outcome.kind !== "named") throw new Error(`A request is read as ${outcome.kind}.`);
  const name = normal(outcome.name ?? new Uint8Array(0), true);
  if (name === "") return { kind: "reason", reason: "name-missing" };
  if (!endpoint.names.has(name)) return { kind: "reason", reason: "resource-denied", name: printable(name) };
  const framing = framingOf(bytes.subarray(at, at + outcome.size));
  if (framing.kind === "fault") return { kind: "reason", reason: framing.reason };
  after.name = name;
  passing.looked = at + outcome.size;
  if (framing.kind === "length") after.rest = framing.bytes;
  else expect(passing, "size");
  return undefined;
}

function lineByte(passing: Passing, bytes: Uint8Array, at: number): StreamJudgement | undefined {
  const { after } = passing;
  const line = after.expects as Line;
  after.line += String.fromCharCode(bytes[at] as number);
  if (!isBegun(line, after.line)) return { kind: "reason", reason: "request-ambiguous" };
  passing.looked = at + 1;
  if (!after.line.endsWith("\n")) return undefined;
  if (line === "end") expect(passing, "size");
  else if (line === "trailer") expect(passing, after.line === "\r\n" ? "request" : "trailer");
  else {
    after.rest = sizeOf(after.line);
    expect(passing, after.rest === 0 ? "trailer" : "end");
  }
  return undefined;
}

function expect({ after }: Passing, what: Stream["expects"]): void {
  after.expects = what;
  after.line = "";
}
