import { icmp } from "./scenarios/icmp.ts";
import { judgedSuite } from "./suite.ts";

await judgedSuite("The Linux kernel's NAT and linkplane treat ICMP alike", icmp, 40);
