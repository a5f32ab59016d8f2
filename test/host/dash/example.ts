// A configuration whose first endpoint has the mapping of SONiC-DASH's worked example.

import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import type { DashMapping } from "../../../host/config/dash-mapping.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";

/** The worked example of private-link-service.md. */
export const EXAMPLE: DashMapping = {
  plUnderlaySip: "2.2.2.1",
  underlayDip: "3.3.3.1",
  encapsulation: "nvgre",
  tunnelKey: 100,
  plSip: "88::",
  plSipMask: "ff::",
  overlaySip: "9900::",
  overlaySipMask: "ffff:ffff:ffff:ffff:ffff:ffff::",
  overlayDip: "1122:3344:5566:7788::303:301",
  overlayDipMask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

/** The base configuration with a mapping for its first endpoint. */
export function mapped(dash: DashMapping): Configuration {
  const configuration = baseConfiguration();
  Object.assign(configuration.privateEndpoints[0] as object, { dash });
  return markChecked(configuration);
}
