// Every scenario of the judge.

import type { Scenario } from "./scenario.ts";
import { icmp } from "./scenarios/icmp.ts";
import { tcp } from "./scenarios/tcp.ts";
import { tcpOdd } from "./scenarios/tcp-odd.ts";
import { translation } from "./scenarios/translation.ts";

export const SCENARIOS: readonly Scenario[] = [...translation, ...tcp, ...tcpOdd, ...icmp];
