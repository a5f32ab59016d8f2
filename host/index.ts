// linkplane: a Private Link data path. The library entry: no node: module is imported from here.

export type { Configuration, Settings, Timers } from "./config/configuration.ts";
export type { BackendCounters, EndpointCounters, NatPoolCounters, PlaneCounters, ReasonCounts } from "./counters.ts";
export { type ErrorCode, LinkplaneError } from "./errors.ts";
export type { Departure, Explanation } from "./explain/explanation.ts";
export type { Step } from "./explain/stage.ts";
export type { Flow, FlowEnd, FlowState, Traffic } from "./flows.ts";
export type { LinkName } from "./links.ts";
export { coreModule } from "./module.ts";
export {
  type Cause,
  createPlane,
  type Emission,
  type Packet,
  Plane,
  type PlaneOptions,
  type Result,
  type Side,
} from "./plane.ts";
export type { RefusedName } from "./refused.ts";
export { REASONS, type Reason, type Verdict } from "./reasons.ts";
