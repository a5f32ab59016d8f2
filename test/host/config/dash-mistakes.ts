// One row for each mistake about the mapping of an endpoint's consumer's leg.

import type { Mistaken } from "./sample.ts";
import { noAddress } from "./shape-mistakes.ts";

const PLACE = "    groupId: blob\n";
const mapped = (rest: string): string =>
  `${PLACE}    dash: { plUnderlaySip: 2.2.2.1, underlayDip: 3.3.3.1, ${rest} }\n`;
const map = (...ranges: string[]): string =>
  mapped(`overlayDip: "::1", outboundPortMap: [${ranges.map((range) => `{ destinationPorts: ${range} }`).join(", ")}]`);

export const DASH_MISTAKES: readonly Mistaken[] = [
  [PLACE, mapped('overlayDip: ^"10.0.0.1"'), "This is no IPv6 address. Write it as fd40::1 or with all groups."],
  [
    PLACE,
    `${PLACE}    dash: { plUnderlaySip: ^"fd00::1", underlayDip: 3.3.3.1, overlayDip: "::1" }\n`,
    noAddress("fd00::1"),
  ],
  [
    PLACE,
    `${PLACE}    dash: { plUnderlaySip: 2.2.2.1, underlayDip: ^"fd00::1", overlayDip: "::1" }\n`,
    noAddress("fd00::1"),
  ],
  [PLACE, map('2000-2100, backendIP: ^"fd00::1"'), noAddress("fd00::1")],
  [PLACE, map('^"all"'), "This is no range of ports up to 65535. Write it as 2000-2100, the lower one first."],
  [PLACE, map("^2100-2000"), "This is no range of ports up to 65535. Write it as 2000-2100, the lower one first."],
  [PLACE, map("^65000-65536"), "This is no range of ports up to 65535. Write it as 2000-2100, the lower one first."],
  [
    PLACE,
    map("2000-2100", "^2100-2200"),
    "These ports overlap those of another range of the map. Give each port one range.",
  ],
];
