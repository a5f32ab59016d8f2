// Link types: LINKTYPE_ numbers of capture files, names people read, numbers of the core.

import { LINK_ETHERNET, LINK_NULL, LINK_OTHER, LINK_RAW, LINK_SLL, LINK_SLL2 } from "./abi.ts";

export type LinkName = "ethernet" | "raw" | "null" | "sll" | "sll2" | "other";

const NUMBERS: Record<LinkName, number> = {
  ethernet: LINK_ETHERNET,
  raw: LINK_RAW,
  null: LINK_NULL,
  sll: LINK_SLL,
  sll2: LINK_SLL2,
  other: LINK_OTHER,
};

/** LINKTYPE_ numbers (https://www.tcpdump.org/linktypes.html): 12 and 14 are what some systems wrote for raw IP. */
const CAPTURED = new Map<number, LinkName>([
  [0, "null"],
  [108, "null"],
  [1, "ethernet"],
  [12, "raw"],
  [14, "raw"],
  [101, "raw"],
  [228, "raw"],
  [229, "raw"],
  [113, "sll"],
  [276, "sll2"],
]);

/** The number that a written file has for a link type. */
const WRITTEN: Record<LinkName, number> = { ethernet: 1, raw: 101, null: 0, sll: 113, sll2: 276, other: 147 };
export const linkTypeOf = (name: LinkName): number => WRITTEN[name];

/** Every name. */
export const LINK_NAMES = Object.keys(NUMBERS) as readonly LinkName[];

export const isLinkName = (name: string): name is LinkName => Object.hasOwn(NUMBERS, name);

/** Number by which the core knows a link type. */
export const linkNumber = (name: LinkName): number => NUMBERS[name];

/** Name of a capture file's link type; `other` for those the plane does not read. */
export const linkName = (linkType: number): LinkName => CAPTURED.get(linkType) ?? "other";
