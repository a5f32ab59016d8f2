// What became of a fragment, told.

import * as Abi from "../abi.ts";
import type { Telling } from "./stage.ts";

/** What is done with it, by FRAGMENT_. */
const FATES: Record<number, string> = {
  [Abi.FRAGMENT_FIRST]: "the first, which has the ports",
  [Abi.FRAGMENT_FOLLOWS]: "it goes the way of the first one",
  [Abi.FRAGMENT_HELD]: "it waits for the first one",
  [Abi.FRAGMENT_LET_GO]: "it waited, and leaves behind the first one",
};

/** An identification as Wireshark writes it. */
export const identificationText = (identification: number): string =>
  `0x${identification.toString(16).padStart(4, "0")}`;

/** By stage. */
export const FRAGMENTS: Record<number, Telling> = {
  [Abi.STAGE_FRAGMENT]: {
    stage: "fragment",
    tell([from = 0, to = 0, last = 0, identification = 0, what = 0, waiting = 0], _, { reason }) {
      if (what === Abi.FRAGMENT_DISCARDED)
        return { decided: `${waiting} that waited ${waiting === 1 ? "ends" : "end"} here`, looked: { waiting } };
      const datagram = identificationText(identification);
      const place = `bytes ${from} to ${to} of datagram ${datagram}${last === 1 ? ", the last" : ""}`;
      const fate = reason !== undefined && what !== Abi.FRAGMENT_HELD ? "" : `: ${FATES[what] ?? ""}`;
      const among = what === Abi.FRAGMENT_HELD ? `, one of ${waiting}` : "";
      return { decided: place + fate + among, looked: { datagram, from, to, last: last === 1, waiting } };
    },
  },
};
