// linkplane/node: replays and files, for programs that run on Node.

export { type FileSink, type FileSource, fileSink, fileSource } from "./capture/file.ts";
export { gunzipped } from "./capture/gzip.ts";
export type { EndpointAlias, ReplayInput, ReplayOptions, ReplayOutput, ReplayProgress } from "./replay/options.ts";
export { replay } from "./replay/replay.ts";
export type { BusyDestination, CaptureSummary, FlowLine, ReplayEvent, ReplaySummary } from "./replay/summary.ts";
export type { WorkerOptions } from "./workers/crew.ts";
export { createWorkerPlane, WorkerPlane } from "./workers/plane.ts";
