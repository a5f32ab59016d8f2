import { tcp } from "./scenarios/tcp.ts";
import { judgedSuite } from "./suite.ts";

await judgedSuite("The Linux kernel's NAT and linkplane follow TCP alike", tcp, 45);
