// linkplane/config: reading and checking configurations.

export { isAddress } from "./address.ts";
export type {
  Backend,
  BackendAddressPool,
  Configuration,
  FrontendIPConfiguration,
  LoadBalancer,
  LoadBalancingRule,
  PrivateEndpoint,
  PrivateLinkService,
  Settings,
  Timers,
  VirtualNetwork,
} from "./configuration.ts";
export type { Change, ConfigurationEvent } from "./event.ts";
export { changed } from "./event.ts";
export type { EventTime } from "./event-time.ts";
export { parseEvents } from "./events.ts";
export { configurationJsonSchema, eventsJsonSchema } from "./json-schema.ts";
export { normalizeConfiguration } from "./normalize.ts";
export { parseConfiguration } from "./parse.ts";
export { ConfigurationError, type Problem, problemText } from "./problem.ts";
