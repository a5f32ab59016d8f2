import type { LinkName } from "../plane.ts";
import { table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";
const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63";
const LINKS: readonly LinkName[] = ["ethernet", "raw", "null", "sll", "sll2"];

table("Link types", [
  ...LINKS.map((link) => ({
    name: `${link}: translated, the link header left as it is`,
    steps: [{ in: SYN, link, gives: "forward new-flow 0", out: [`provider ${SENT}`] }],
  })),
  { name: "any other link type is passed", steps: [{ in: SYN, link: "other", gives: "pass link-type -1", out: [] }] },
  {
    name: "the family of a loopback header is read in either byte order",
    steps: [
      { frame: Uint8Array.from([0, 0, 0, 2]), link: "null", gives: "drop truncated -1" },
      { frame: Uint8Array.from([30, 0, 0, 0]), link: "null", gives: "pass ipv6 -1" },
      { frame: Uint8Array.from([0, 0, 0, 24]), link: "null", gives: "pass ipv6 -1" },
      { frame: Uint8Array.from([7, 0, 0, 0]), link: "null", gives: "pass not-ip -1" },
    ],
  },
  {
    name: "raw IP tells its version",
    steps: [
      { frame: Uint8Array.from([0x60]), link: "raw", gives: "pass ipv6 -1" },
      { frame: Uint8Array.from([0x50]), link: "raw", gives: "drop bad-ip-header -1" },
      { frame: new Uint8Array(0), link: "raw", gives: "drop truncated -1" },
    ],
  },
]);
