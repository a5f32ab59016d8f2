// linkplane resolve: what a name resolves to in a network, and why.

import { nearest } from "../config/nearest.ts";
import { domain } from "../config/dns-schema.ts";
import { Resolver } from "../dns/resolve.ts";
import { resolutionText } from "../report/resolution.ts";
import { readConfiguration } from "./configuration.ts";
import { EXIT, usageError } from "./exit.ts";

/** Runs the command; its exit code. */
export async function resolveCommand(
  name: string,
  options: { config: string; network: string; json?: boolean },
): Promise<number> {
  if (!domain.safeParse(name).success) throw usageError(`"${name}" is no host name.`, "Write one such as www.example.");
  const configuration = await readConfiguration(options.config);
  const networks = configuration.virtualNetworks.map((network) => network.name);
  if (!networks.includes(options.network)) {
    const near = nearest(options.network, networks);
    const advice = near === undefined ? `Use one of: ${networks.join(", ")}.` : `Did you mean "${near}"?`;
    throw usageError(`There is no virtual network "${options.network}".`, advice);
  }
  const resolution = new Resolver(configuration).resolve(name, options.network);
  const text = options.json === true ? `${JSON.stringify(resolution, null, 2)}\n` : resolutionText(resolution);
  process.stdout.write(text);
  return EXIT.done;
}
