// Frames that were sent to more stations than one, which nothing answers.

import type { LinkName } from "../plane.ts";
import type { Dice } from "./dice.ts";

/** Where a link header says so, and by which bytes. */
const GROUPS: Partial<Record<LinkName, [at: number, bytes: number[]]>> = {
  ethernet: [0, [0xff, 0x01, 0x33]],
  sll: [1, [1, 2, 3, 4]],
  sll2: [10, [1, 2, 3, 4]],
};

/** A link header, now and then that of a frame to a group. */
export function perhapsToGroup(header: number[], link: LinkName, dice: Dice): number[] {
  const group = GROUPS[link];
  if (group === undefined || !dice.chance(4)) return header;
  const [at, bytes] = group;
  header[at] = dice.pick(bytes);
  return header;
}
