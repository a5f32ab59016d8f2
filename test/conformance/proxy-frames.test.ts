import type { LinkName } from "../plane.ts";
import {
  alone,
  announcing,
  bytesOf,
  CLIENT,
  client,
  headerOf,
  OPENING,
  sumOf,
  SYNS,
  TO_SERVER,
  wrongBy,
} from "./proxy-kit.ts";
import { type Row, type Step, table } from "./table.ts";

const HEADER = headerOf();
const LONG = bytesOf(1450);
const swapped = (error: number): number => ((error & 255) << 8) | (error >> 8);

/** A packet whose TCP checksum is wrong takes the header up; what left is wrong by `after`. */
function wrong(profile: "azure" | "aws" | "gcp", error: number, after: number): Row {
  const came = "PA seq=101 ack=901 data=abcde";
  const left = `PA seq=101 ack=901 hex=${headerOf(profile)}6162636465`;
  const sum = wrongBy(sumOf(`${CLIENT} ${came}`), error);
  const itsSum = wrongBy(sumOf(`${TO_SERVER.slice("provider ".length)} ${left}`), after);
  return {
    name: `a wrong checksum stays wrong: ${profile}, ${error}`,
    change: announcing(profile),
    steps: [...SYNS, client(`${came} l4sum=${sum}`, `${left} l4sum=${itsSum}`)],
  };
}

/** The header in a packet and in one of its own, over a link. */
function over(link: LinkName, words = ""): Row {
  const step = (text: string, ...out: string[]): Step => ({
    in: `${CLIENT} ${text} ${words}`,
    link,
    out: out.map((left) => `${left} ${words}`),
  });
  return {
    name: `over ${link} ${words}`,
    change: announcing(),
    steps: [
      step("S seq=100", `${TO_SERVER} S seq=100`),
      step("A seq=101 ack=901", `${TO_SERVER} A seq=101 ack=901 hex=${HEADER}`),
      step(`A seq=101 ack=901 hex=${LONG}`, `${TO_SERVER} A seq=137 ack=901 hex=${LONG}`),
      step(`A seq=101 ack=901 hex=${LONG}`, alone(), `${TO_SERVER} A seq=137 ack=901 hex=${LONG}`),
    ],
  };
}

table("Frames of packets with a PROXY header", [
  over("ethernet"),
  over("ethernet", "vlan=10"),
  over("raw"),
  over("null"),
  over("sll"),
  over("sll2"),
  {
    name: "two VLAN tags",
    change: announcing(),
    steps: [
      { in: `${CLIENT} S seq=100 vlan=20.30` },
      {
        in: `${CLIENT} A seq=101 ack=901 vlan=20.30`,
        gives: "forward forwarded 0",
      },
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
  wrong("azure", 1, 1),
  wrong("azure", 0x1234, 0x1234),
  wrong("gcp", 1, 0x0100),
  wrong("gcp", 0x1234, swapped(0x1234)),
  wrong("aws", 0xfeff, swapped(0xfeff)),
  {
    name: "IP and TCP options stay, in the packet of its own too",
    change: announcing(),
    steps: [
      ...SYNS,
      client(
        `A seq=101 ack=901 options=3 offset=8 hex=0101080a0000000100000002${bytesOf(7)}`,
        `A seq=101 ack=901 options=3 offset=8 hex=0101080a0000000100000002${HEADER}${bytesOf(7)}`,
      ),
      client(
        `A seq=101 ack=901 tos=8 id=77 options=10 offset=15 hex=${"01".repeat(40)}${LONG}`,
        `${TO_SERVER.replace("provider", "provider/answer")} A seq=101 ack=901 tos=8 id=77 options=10 offset=15 hex=${"01".repeat(40)}${HEADER}`,
        `A seq=137 ack=901 tos=8 id=77 options=10 offset=15 hex=${"01".repeat(40)}${LONG}`,
      ),
    ],
  },
  {
    name: "a trailer stays behind the packet, and not behind the header's own",
    change: announcing(),
    steps: [
      ...SYNS,
      client("A seq=101 ack=901 trailer=6", `A seq=101 ack=901 trailer=6 hex=${HEADER}`),
      client(`A seq=101 ack=901 trailer=6 hex=${LONG}`, `A seq=137 ack=901 trailer=6 hex=${LONG}`),
      client(`A seq=101 ack=901 trailer=6 hex=${LONG}`, alone(), `A seq=137 ack=901 trailer=6 hex=${LONG}`),
    ],
  },
  {
    name: "offloaded frames say no length: the header leaves by itself, and says its own",
    change: announcing(),
    steps: [
      ...SYNS,
      client("A seq=101 ack=901 total=0 data=abc", alone(), "A seq=137 ack=901 total=0 data=abc"),
      client(`A seq=104 ack=901 total=0 hex=${bytesOf(5000)}`, `A seq=140 ack=901 total=0 hex=${bytesOf(5000)}`),
    ],
  },
  {
    name: "of a cut packet what was captured is there, and its checksum is right for all of it",
    change: announcing("gcp"),
    steps: [
      ...SYNS,
      {
        ...client(`A seq=101 ack=901 hex=${bytesOf(300)}`, `A seq=101 ack=901 hex=${headerOf("gcp")}${bytesOf(300)}`),
        captured: 104,
        leaves: 104 + 39,
      },
      {
        ...client(`A seq=101 ack=901 hex=${LONG}`, alone("seq=101 ack=901", "gcp"), `A seq=140 ack=901 hex=${LONG}`),
        captured: 104,
      },
      {
        ...client("A seq=101 ack=901 data=abc", `A seq=101 ack=901 hex=${headerOf("gcp")}616263`),
        captured: 54,
        leaves: 54 + 39,
      },
    ],
  },
  {
    name: "MAC addresses are the backend's",
    change: announcing("azure", ({ loadBalancers, privateLinkServices }) => {
      Object.assign(loadBalancers[0]?.backendAddressPools[0]?.backends[0] ?? {}, { macAddress: "02:00:00:00:00:99" });
      Object.assign(privateLinkServices[0] ?? {}, { macAddress: "02:00:00:00:00:88" });
    }),
    steps: [
      { in: `${CLIENT} S seq=100` },
      client("A seq=101 ack=901", `A seq=101 ack=901 to=020000000099 from=020000000088 hex=${HEADER}`),
      client(`A seq=101 ack=901 hex=${LONG}`, `A seq=137 ack=901 to=020000000099 from=020000000088 hex=${LONG}`),
      client(
        `A seq=101 ack=901 hex=${LONG}`,
        `${alone()} to=020000000099 from=020000000088`,
        `A seq=137 ack=901 to=020000000099 from=020000000088 hex=${LONG}`,
      ),
    ],
  },
  {
    name: "of the flags the header's own packet has ACK alone; what lies beside the data offset stays",
    change: announcing(),
    steps: [
      ...OPENING,
      client(`A seq=101 ack=901 hex=${LONG}`, `A seq=137 ack=901 hex=${LONG}`),
      client(
        `PAFEC seq=101 ack=901 window=513 reserved=15 hex=${LONG}`,
        alone("seq=101 ack=901 window=513 reserved=15"),
        `PAFEC seq=137 ack=901 window=513 reserved=15 hex=${LONG}`,
      ),
    ],
  },
]);
