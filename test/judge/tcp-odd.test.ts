import { tcpOdd } from "./scenarios/tcp-odd.ts";
import { judgedSuite } from "./suite.ts";

await judgedSuite("The Linux kernel's NAT and linkplane treat odd TCP alike", tcpOdd, 30);
