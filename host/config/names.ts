// The table of names that a resource and group may be asked for by.

import * as Abi from "../abi.ts";
import { rulesOf } from "./service-rules.ts";
import type { Configuration, PrivateEndpoint } from "./configuration.ts";
import type { TableImage } from "./image.ts";
import { keyOf, type Numbered } from "./numbering.ts";
import { formsOf } from "./zones.ts";

/** FNV-1a over the group, then the name's bytes; the core looks up by the same rule (assembly/name/allowed.ts). */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** One name that one resource and group may be asked for by. */
export interface AllowedName {
  group: number;
  name: string;
  /** Its own number. */
  number: number;
}

/** Whether some rule looks at every request. */
export const looksAtEveryRequest = ({ loadBalancers }: Configuration): boolean =>
  loadBalancers.some(({ loadBalancingRules }) => loadBalancingRules.some(({ everyRequest = false }) => everyRequest));

/** Whether some rule identifies by name. */
export const identifiesByName = ({ loadBalancers }: Configuration): boolean =>
  loadBalancers.some(({ loadBalancingRules }) =>
    loadBalancingRules.some(({ identify = "address" }) => identify !== "address"),
  );

/** Rules of services with resources that do not look at names, as `service/rule`. */
export function unfilteredRules({ privateLinkServices, loadBalancers }: Configuration): string[] {
  return privateLinkServices
    .filter(({ resources = [] }) => resources.length > 0)
    .flatMap((service) => {
      const rules = rulesOf(service, loadBalancers)
        .filter(({ rule: { identify = "address" } }) => identify === "address")
        .map(({ rule }) => `${service.name}/${rule.name}`);
      return [...new Set(rules)];
    });
}

/** Gives the number of an endpoint's resource and group, from 1 up; 0 when it is mapped to none. */
export function groupsOf({ privateLinkServices }: Configuration): (endpoint: PrivateEndpoint) => number {
  const numbers = new Map<string, number>();
  for (const { name: service, resources = [] } of privateLinkServices)
    for (const { name, groupId } of resources) numbers.set(keyOf(service, name, groupId), numbers.size + 1);
  return ({ privateLinkService, resource, groupId }) =>
    resource === undefined ? 0 : (numbers.get(keyOf(privateLinkService, resource, groupId)) ?? 0);
}

/** Names of all resources, in both forms, each once for its resource and group. */
export function allowedNames({ privateLinkServices }: Configuration, numbered: Numbered<string>): AllowedName[] {
  const resources = privateLinkServices.flatMap(({ name: service, resources: list = [] }) =>
    list.map(({ name, groupId, names }) => ({ key: keyOf(service, name, groupId), names })),
  );
  return resources.flatMap(({ key, names }, index) =>
    [...new Set(names.flatMap(formsOf))].map((name) => ({
      group: index + 1,
      name,
      number: numbered.number(keyOf(key, name), name),
    })),
  );
}

/** Writes the open-addressing table, at most half full, and the texts it refers to. */
export function writeNames(image: TableImage, names: readonly AllowedName[]): void {
  const places = 2 ** Math.ceil(Math.log2(Math.max(names.length * 2, 4)));
  const section = image.section(places * Abi.NAME_ENTRY_SIZE);
  const encoded = names.map(({ name }) => new TextEncoder().encode(name));
  const texts = image.section(encoded.reduce((sum, { length }) => sum + length, 1));
  let end = 0;
  names.forEach(({ group, number }, index) => {
    const text = encoded[index] as Uint8Array;
    const hash = hashOf(group, text);
    let place = hash & (places - 1);
    const entry = () => section + place * Abi.NAME_ENTRY_SIZE;
    while (image.readU16(entry() + Abi.NAME_ENTRY_GROUP) !== 0) place = (place + 1) & (places - 1);
    image.u32(entry() + Abi.NAME_ENTRY_HASH, hash);
    image.u16(entry() + Abi.NAME_ENTRY_GROUP, group);
    image.u16(entry() + Abi.NAME_ENTRY_LENGTH, text.length);
    image.u32(entry() + Abi.NAME_ENTRY_TEXT, end);
    image.u32(entry() + Abi.NAME_ENTRY_INDEX, number);
    image.copy(texts + end, text);
    end += text.length;
  });
  image.u32(Abi.TABLES_NAMES, section);
  image.u32(Abi.TABLES_NAME_MASK, places - 1);
  image.u32(Abi.TABLES_NAME_TEXTS, texts);
}

/** Writes which reasons about first messages are let through. */
export function writeSwitches(image: TableImage, { settings: { identification } }: Configuration): void {
  const switches: [number, "allow" | "deny"][] = [
    [Abi.REASON_NAME_MISSING, identification.missingName],
    [Abi.REASON_NAME_ENCRYPTED, identification.encryptedName],
    [Abi.REASON_PROTOCOL_UNEXPECTED, identification.unexpectedProtocol],
    [Abi.REASON_HTTP2_PRIOR_KNOWLEDGE, identification.http2PriorKnowledge],
    [Abi.REASON_FIRST_MESSAGE_TOO_LONG, identification.messageTooLong],
    [Abi.REASON_HOLD_POOL_FULL, identification.holdPoolFull],
  ];
  const bits = switches.filter(([, choice]) => choice === "allow").map(([reason]) => reason - Abi.REASON_AWAITING_NAME);
  image.u32(
    Abi.TABLES_NAME_ALLOW,
    bits.reduce((sum, bit) => sum | (1 << bit), 0),
  );
}

function hashOf(group: number, text: Uint8Array): number {
  let hash = Math.imul(BASIS ^ (group & 0xff), PRIME);
  hash = Math.imul(hash ^ (group >> 8), PRIME);
  for (const byte of text) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}
