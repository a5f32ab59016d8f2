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
export { configurationJsonSchema } from "./json-schema.ts";
export { normalizeConfiguration } from "./normalize.ts";
export { parseConfiguration } from "./parse.ts";
export { ConfigurationError, type Problem, problemText } from "./problem.ts";
