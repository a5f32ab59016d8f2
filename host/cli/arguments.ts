// What several commands are told in the same way: captures and their networks, addresses that stand for endpoints, sides, counts.

import { existsSync } from "node:fs";
import type { Configuration } from "../config/configuration.ts";
import { endOf } from "../config/end.ts";
import { adviceFor } from "../config/nearest.ts";
import type { Side } from "../plane.ts";
import type { EndpointAlias } from "../replay/options.ts";
import { usageError } from "./exit.ts";

/** Splits CAPTURE@NETWORK; a file whose name has an @ in it is that file. */
export function captureAndNetwork(
  capture: string,
  { virtualNetworks }: Configuration,
): { file: string; network?: string } {
  const at = capture.lastIndexOf("@");
  if (at < 0 || existsSync(capture)) return { file: capture };
  const network = capture.slice(at + 1);
  const names = virtualNetworks.map(({ name }) => name);
  if (names.includes(network)) return { file: capture.slice(0, at), network };
  throw usageError(`There is no file "${capture}", and no virtual network "${network}".`, adviceFor(network, names));
}

/** Reads every --as; an address stands for one endpoint. */
export function aliasesOf(texts: readonly string[], configuration: Configuration): EndpointAlias[] {
  const aliases = texts.map((text) => aliasOf(text, configuration));
  const owners = new Map<string, string>();
  for (const { endpoint, address, port } of aliases) {
    const key = `${address}:${port ?? "any"}`;
    const owner = owners.get(key);
    if (owner !== undefined && owner !== endpoint)
      throw usageError(`--as has ${address} stand for "${owner}" and for "${endpoint}".`, "Leave one, or name ports.");
    owners.set(key, endpoint);
  }
  return aliases;
}

/** Reads ENDPOINT=ADDRESS[:PORT]; an IPv6 address with a port stands in brackets. */
function aliasOf(text: string, { privateEndpoints }: Configuration): EndpointAlias {
  const [, endpoint = "", place = ""] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  if (endpoint === "")
    throw usageError(
      `--as ${text} is not of the form ENDPOINT=ADDRESS[:PORT].`,
      "Write --as pe-storage=20.60.1.2:443.",
    );
  const names = privateEndpoints.map(({ name }) => name);
  if (!names.includes(endpoint)) throw usageError(`--as names no endpoint "${endpoint}".`, adviceFor(endpoint, names));
  const end = endOf(place);
  if (end === undefined)
    throw usageError(
      `--as has no address "${place}".`,
      "Write 20.60.1.2, 20.60.1.2:443, 2603:1030::4 or [2603:1030::4]:443; ports are 1 to 65535.",
    );
  if (end.port === 0) throw usageError("--as has no port 0.", "Ports are 1 to 65535.");
  return { endpoint, ...end };
}

export function sideOf(text: string | undefined, option: string): Side | undefined {
  if (text === undefined || text === "consumer" || text === "provider") return text;
  throw usageError(`${option} cannot be "${text}".`, "Use consumer or provider.");
}

export function countOf(text: string | undefined, option: string, things: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw usageError(`${option} cannot be "${text}".`, `Give a number of ${things}, 1 or more.`);
}

/** A network that was named, if it is one. */
export function networkOf(name: string | undefined, { virtualNetworks }: Configuration): string | undefined {
  const names = virtualNetworks.map((network) => network.name);
  if (name === undefined || names.includes(name)) return name;
  throw usageError(`There is no virtual network "${name}".`, adviceFor(name, names));
}
