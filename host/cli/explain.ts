// linkplane explain: why a packet of a capture, or a flow's first packets, are let through or not.

import type { Configuration } from "../config/configuration.ts";
import { endOf } from "../config/end.ts";
import { isSix } from "../config/ipv6.ts";
import { addressesOfEndpoint } from "../config/prefix.ts";
import type { Explanation } from "../explain/explanation.ts";
import { type AskedFlow, explainFlow, identifyOf } from "../explain/flow.ts";
import { LinkplaneError } from "../errors.ts";
import { createPlane } from "../plane.ts";
import type { EndpointAlias, ReplayExplanation } from "../replay/options.ts";
import { replay } from "../replay/replay.ts";
import { explanationText } from "../report/explanation.ts";
import { aliasesOf, captureAndNetwork, countOf, networkOf, sideOf } from "./arguments.ts";
import { readConfiguration, readEvents } from "./configuration.ts";
import { EXIT, STANDARD_INPUT_MARK, usageError } from "./exit.ts";
import { OpenFiles, refuseClashes } from "./files.ts";

export interface ExplainArguments {
  config: string;
  packet?: string;
  flow?: string;
  name?: string;
  network?: string;
  as: string[];
  events?: string;
  side?: string;
  json?: boolean;
}

/** A client and where it goes, `address:port > address:port / protocol`. */
const FLOW = /^\s*(\S+?)\s*>\s*(\S+?)\s*\/\s*(tcp|udp)\s*$/i;

/** Runs the command; its exit code. */
export async function explainCommand(capture: string | undefined, args: ExplainArguments): Promise<number> {
  if ((capture === undefined) === (args.flow === undefined))
    throw usageError("Nothing says what to explain, or two things do.", "Give a CAPTURE with --packet N, or --flow.");
  if (capture !== undefined && args.packet === undefined)
    throw usageError(
      "Nothing says which packet of the capture to explain.",
      "Add --packet N, as Wireshark numbers it.",
    );
  refuseOptionsOf(
    capture === undefined ? CAPTURE_ONLY : FLOW_ONLY,
    args,
    capture === undefined ? "--flow" : "a CAPTURE",
  );
  const explanations =
    capture === undefined ? await ofFlow(args.flow as string, args) : [await ofCapture(capture, args)];
  const text = explanations.map(explanationText).join("\n");
  const json = { schema: "linkplane.explain/1", explanations };
  process.stdout.write(args.json === true ? `${JSON.stringify(json, null, 2)}\n` : text);
  return EXIT.done;
}

/** What is said of one packet of a capture, and what of a flow that is not there. */
const CAPTURE_ONLY = ["packet", "events", "side"] as const;
const FLOW_ONLY = ["name"] as const;

function refuseOptionsOf(names: readonly (keyof ExplainArguments)[], args: ExplainArguments, goesWith: string): void {
  const given = names.find((name) => args[name] !== undefined);
  if (given === undefined) return;
  throw usageError(`--${given} does not go with ${goesWith}.`, `Leave it out.`);
}

async function ofFlow(text: string, args: ExplainArguments): Promise<ReplayExplanation[]> {
  const [, from = "", to = "", protocol = ""] = FLOW.exec(text) ?? [];
  const client = endOf(from);
  const endpoint = endOf(to);
  if (!client?.port || !endpoint?.port)
    throw usageError(
      `--flow ${text} is not of the form CLIENT:PORT>ENDPOINT:PORT/PROTOCOL.`,
      'Write --flow "10.0.0.9:5000>10.0.0.4:443/tcp", or "[fd00:1::9]:5000>[fd00:1::4]:443/tcp".',
    );
  if (isSix(client.address) !== isSix(endpoint.address))
    throw usageError(
      `--flow ${text} goes from one family of addresses to the other.`,
      "Give both addresses of the endpoint's network in one family.",
    );
  const configuration = await readConfiguration(args.config);
  const network = networkOf(args.network, configuration) ?? onlyNetwork(configuration);
  const asked: AskedFlow = {
    protocol: protocol.toLowerCase() as "tcp" | "udp",
    client: client.address,
    clientPort: client.port,
    endpoint: endpointAt(endpoint.address, endpoint.port, aliasesOf(args.as, configuration), configuration),
    endpointPort: endpoint.port,
    network,
    ...(args.name === undefined ? {} : { name: args.name }),
  };
  const explanations = explainFlow(await createPlane(configuration, { midStream: "admit" }), asked);
  for (const sentence of nameAdvice(args.name, explanations)) process.stderr.write(`linkplane: ${sentence}\n`);
  return explanations;
}

/** The endpoint's address that an address stands for, or itself. */
function endpointAt(
  address: string,
  port: number,
  aliases: readonly EndpointAlias[],
  { privateEndpoints }: Configuration,
): string {
  const alias = aliases.find((each) => each.address === address && (each.port ?? port) === port);
  const own = privateEndpoints.find(({ name }) => name === alias?.endpoint);
  return (own && addressesOfEndpoint(own).find((each) => isSix(each) === isSix(address))) ?? address;
}

/** What the last explanation leaves open, or --name did not change. */
function nameAdvice(name: string | undefined, explanations: readonly Explanation[]): string[] {
  const identify = identifyOf(explanations);
  if (explanations[0]?.verdict !== "forward") return [];
  if (name === undefined && identify !== "address")
    return [
      `The rule identifies by name (${identify}), which is not decided yet. Add --name HOST to have the client ask for one.`,
    ];
  if (name !== undefined && identify === "address") return ["--name had no effect: the flow's rule reads no names."];
  return [];
}

/** The network that all endpoints lie in. */
function onlyNetwork({ privateEndpoints }: Configuration): string {
  const networks = [...new Set(privateEndpoints.map(({ virtualNetwork }) => virtualNetwork))];
  if (networks.length === 1) return networks[0] as string;
  throw usageError("Endpoints lie in more than one network.", `Add --network, one of: ${networks.join(", ")}.`);
}

async function ofCapture(word: string, args: ExplainArguments): Promise<ReplayExplanation> {
  const packet = countOf(args.packet, "--packet", "a packet") as number;
  const named = word.replace(STANDARD_INPUT_MARK, "");
  const texts = [args.config, args.events].filter((file) => file !== undefined);
  refuseClashes([...texts, ...(named === "-" ? [named] : [])], []);
  const configuration = await readConfiguration(args.config);
  const { file, network = args.network } = captureAndNetwork(named, configuration);
  networkOf(network, configuration);
  const events = args.events === undefined ? [] : await readEvents(args.events, configuration);
  const files = new OpenFiles();
  try {
    const source = await files.source(file);
    let explanation: ReplayExplanation | undefined;
    const summary = await replay({
      configuration,
      inputs: [{ file, source, ...(network === undefined ? {} : { network }) }],
      aliases: aliasesOf(args.as, configuration),
      side: sideOf(args.side, "--side") ?? "consumer",
      events,
      explain: { packet, take: (taken) => (explanation = taken) },
    });
    if (explanation !== undefined) return explanation;
    const [captured] = summary.captures;
    throw new LinkplaneError(
      captured?.damaged == null ? "USAGE" : "CAPTURE_DAMAGED",
      `${file} has no packet ${packet}: ${captured?.packets ?? 0} could be read.`,
      { remedy: captured?.damaged ?? "Give the number of one of its packets, as Wireshark counts them." },
    );
  } finally {
    await files.close(true);
  }
}
