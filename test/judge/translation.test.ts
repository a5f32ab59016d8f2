import { translation } from "./scenarios/translation.ts";
import { judgedSuite } from "./suite.ts";

await judgedSuite("The Linux kernel's NAT and linkplane translate alike", translation, 50);
