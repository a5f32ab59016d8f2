// A configuration whose first endpoint has the mapping of SONiC-DASH's worked example.

import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import type { DashMapping } from "../../../host/config/dash-mapping.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";

export { WORKED_EXAMPLE as EXAMPLE } from "../../../bench/leaving.ts";

/** The base configuration with a mapping for its first endpoint. */
export function mapped(dash: DashMapping): Configuration {
  const configuration = baseConfiguration();
  Object.assign(configuration.privateEndpoints[0] as object, { dash });
  return markChecked(configuration);
}
