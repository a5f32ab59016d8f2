// A plane whose core is tampered with after every batch, as a bug in it would.

import type { Configuration } from "../../../host/config/configuration.ts";
import type { Core } from "../../../host/core.ts";
import { createPlane, type Plane } from "../../../host/plane.ts";
import { configurationWith } from "./conversation.ts";

export async function tamperedPlane(
  tamper: (core: Core) => void,
  change: (configuration: Configuration) => void = () => {},
): Promise<Plane> {
  const configuration = configurationWith((it) => {
    it.settings.endpointSources = "admit";
    it.settings.midStream = "admit";
    change(it);
  });
  const plane = await createPlane(configuration);
  const run = plane.core.run.bind(plane.core);
  plane.core.run = (): number => {
    const handled = run();
    tamper(plane.core);
    return handled;
  };
  return plane;
}
