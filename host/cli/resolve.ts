// linkplane resolve: what a name resolves to in a network, and why.

import { domain } from "../config/dns-schema.ts";
import { Resolver } from "../dns/resolve.ts";
import { resolutionText } from "../report/resolution.ts";
import { networkOf } from "./arguments.ts";
import { readConfiguration } from "./configuration.ts";
import { EXIT, usageError } from "./exit.ts";

/** Runs the command; its exit code. */
export async function resolveCommand(
  name: string,
  options: { config: string; network: string; json?: boolean },
): Promise<number> {
  if (!domain.safeParse(name).success) throw usageError(`"${name}" is no host name.`, "Write one such as www.example.");
  const configuration = await readConfiguration(options.config);
  networkOf(options.network, configuration);
  const resolution = new Resolver(configuration).resolve(name, options.network);
  const text = options.json === true ? `${JSON.stringify(resolution, null, 2)}\n` : resolutionText(resolution);
  process.stdout.write(text);
  return EXIT.done;
}
