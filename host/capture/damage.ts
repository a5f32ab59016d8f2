// Damage of a capture: what is wrong, at which packet and byte, and what can be done.

import { LinkplaneError } from "../errors.ts";

/** Frames longer than this are damage unless the file announces a larger snaplen, as capture tools have it. */
export const FRAME_LIMIT = 262_144;

/** `packet` counts from 1 and is the first that could not be read; `place` is that of its record. */
export function damageAt(file: string, packet: number, place: string, sentence: string): LinkplaneError {
  return new LinkplaneError("CAPTURE_DAMAGED", sentence, {
    where: `${file}: packet ${packet} at ${place}`,
    remedy: "Everything before it was read; mend or shorten the file, for example with editcap.",
  });
}
