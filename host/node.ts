// linkplane/node: replays and files, for programs that run on Node.

export { type FileSink, type FileSource, fileSink, fileSource } from "./capture/file.ts";
export { gunzipped } from "./capture/gzip.ts";
export type { Bypass, BypassKnown } from "./dns/bypass.ts";
export type { AskedName, WrongAnswer } from "./dns/watch.ts";
export type { Expectation } from "./expect/expectation.ts";
export { type Contrary, failed as judgementFailed, Judge, type Judgement } from "./expect/judge.ts";
export { parseExpectations } from "./expect/read.ts";
export type { FailingFlows, MigrationReport, Silence, WorkingFlows } from "./replay/migration.ts";
export type {
  EndpointAlias,
  ReplayExplanation,
  ReplayInput,
  ReplayOptions,
  ReplayOutput,
  ReplayProgress,
} from "./replay/options.ts";
export { replay } from "./replay/replay.ts";
export type { BusyDestination, CaptureSummary, FlowLine, ReplayEvent, ReplaySummary } from "./replay/summary.ts";
export type { WorkerOptions } from "./workers/crew.ts";
export { createWorkerPlane, WorkerPlane } from "./workers/plane.ts";
