import { errorAbout } from "./icmp-kit.ts";
import { type Step, table } from "./table.ts";

const provider = "provider" as const;
/** A flow of each protocol. */
const TCP: Step[] = [
  { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100", gives: "forward new-flow 0" },
  { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101", side: provider, gives: "forward forwarded 0" },
  { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 A seq=101 ack=901", gives: "forward forwarded 0" },
];
const UDP: Step[] = [
  { in: "udp 10.1.0.9:5000 > 10.1.0.4:53 data=query", gives: "forward new-flow 0" },
  { in: "udp 10.2.1.1:5353 > 10.2.0.10:1024 data=answer", side: provider, gives: "forward forwarded 0" },
];
/** Both packets would pass, and refresh the flow, if anything between had kept it alive. */
const TCP_GONE: Step[] = [
  { at: 300, in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 A seq=901 ack=101", side: provider, gives: "drop no-flow -1" },
  { at: 300, in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 A seq=101 ack=901", gives: "drop mid-stream" },
];
const UDP_GONE: Step[] = [
  { at: 300, in: "udp 10.2.1.1:5353 > 10.2.0.10:1024 data=answer", side: provider, gives: "drop no-flow -1" },
];

/** Packets to a flow's NAT address and port that are not its backend's, and what is wrong with them. */
const TO_NAT: [what: string, tcp: string, udp: string][] = [
  ["from another address", "tcp 10.2.1.9:8443 > 10.2.0.10:1024", "udp 10.2.1.9:5353 > 10.2.0.10:1024"],
  ["from another port", "tcp 10.2.1.1:8444 > 10.2.0.10:1024", "udp 10.2.1.1:5354 > 10.2.0.10:1024"],
  ["with the other protocol", "udp 10.2.1.1:8443 > 10.2.0.10:1024", "tcp 10.2.1.1:5353 > 10.2.0.10:1024"],
  ["to another port", "tcp 10.2.1.1:8443 > 10.2.0.10:1025", "udp 10.2.1.1:5353 > 10.2.0.10:1025"],
];

table("Nobody off the path of a flow gets through to its client, ends it or keeps it alive", [
  ...TO_NAT.flatMap(([what, tcp, udp]) => [
    {
      name: `TCP ${what}: data, SYN-ACK and RST`,
      steps: [
        ...TCP,
        ...["PA seq=901 ack=101 data=evil", "SA seq=900 ack=101", "R seq=901", "FA seq=901 ack=101"].map((words) => ({
          at: 200,
          in: `${tcp} ${words}`,
          side: provider,
          gives: "drop no-flow -1",
          out: [],
        })),
        ...TCP_GONE,
      ],
    },
    {
      name: `UDP ${what}`,
      steps: [
        ...UDP,
        { at: 200, in: `${udp} data=evil`, side: provider, gives: "drop no-flow -1", out: [] },
        ...UDP_GONE,
      ],
    },
  ]),
  {
    name: "from the right remote, but into another network than the service's",
    change: ({ virtualNetworks, privateLinkServices }) => {
      virtualNetworks.push({ name: "elsewhere", addressSpace: ["10.2.0.0/16"] });
      const [service] = privateLinkServices;
      if (service !== undefined) privateLinkServices.push({ ...service, name: "second", virtualNetwork: "elsewhere" });
    },
    steps: [
      ...UDP,
      {
        at: 200,
        in: "udp 10.2.1.1:5353 > 10.2.0.10:1024 data=evil",
        side: provider,
        network: "elsewhere",
        gives: "drop no-flow -1",
        out: [],
      },
      ...UDP_GONE,
    ],
  },
  {
    name: "to a NAT address that is no service's",
    steps: [
      ...UDP,
      {
        at: 200,
        in: "udp 10.2.1.1:5353 > 10.2.0.11:1024 data=evil",
        side: provider,
        gives: "pass no-endpoint -1",
        out: [],
      },
      ...UDP_GONE,
    ],
  },
]);

const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443 A seq=101 ack=901";
const SENT_QUERY = "udp 10.2.0.10:1024 > 10.2.1.1:5353 data=query";
const GIVEN = "tcp 10.1.0.4:443 > 10.1.0.9:5000 A seq=901 ack=101";
const GIVEN_ANSWER = "udp 10.1.0.4:53 > 10.1.0.9:5000 data=answer";

/** The packet that an error is about, with one thing wrong. */
const wrongly = (text: string, right: string, wrong: string): string => text.replace(right, wrong);

/** ICMP errors that are about no packet of the flow: what is wrong, and the packet in the error. */
const ABOUT_REQUEST: [what: string, tcp: string, udp: string][] = [
  ["another backend", wrongly(SENT, "10.2.1.1", "10.2.1.9"), wrongly(SENT_QUERY, "10.2.1.1", "10.2.1.9")],
  ["another backend's port", wrongly(SENT, ":8443", ":8444"), wrongly(SENT_QUERY, ":5353", ":5354")],
  ["another NAT port", wrongly(SENT, ":1024", ":1025"), wrongly(SENT_QUERY, ":1024", ":1025")],
  ["the other protocol", wrongly(SENT_QUERY, ":5353", ":8443"), "tcp 10.2.0.10:1024 > 10.2.1.1:5353 A"],
];
const ABOUT_REPLY: [what: string, tcp: string, udp: string][] = [
  ["another client", wrongly(GIVEN, "10.1.0.9", "10.1.0.8"), wrongly(GIVEN_ANSWER, "10.1.0.9", "10.1.0.8")],
  ["another client's port", wrongly(GIVEN, ":5000", ":5001"), wrongly(GIVEN_ANSWER, ":5000", ":5001")],
  ["another endpoint's port", wrongly(GIVEN, ":443", ":80"), wrongly(GIVEN_ANSWER, ":53", ":54")],
  ["the other protocol", wrongly(GIVEN_ANSWER, ":53", ":443"), "tcp 10.1.0.4:53 > 10.1.0.9:5000 A"],
];

table("Nor does an ICMP error about another's packet", [
  ...ABOUT_REQUEST.flatMap(([what, tcp, udp]) => [
    {
      name: `from the provider's side, TCP, about a packet with ${what}`,
      steps: [
        ...TCP,
        {
          at: 200,
          in: errorAbout("10.2.0.1 > 10.2.0.10", tcp),
          side: provider,
          gives: "drop icmp-no-flow -1",
          out: [],
        },
        ...TCP_GONE,
      ],
    },
    {
      name: `from the provider's side, UDP, about a packet with ${what}`,
      steps: [
        ...UDP,
        {
          at: 200,
          in: errorAbout("10.2.0.1 > 10.2.0.10", udp),
          side: provider,
          gives: "drop icmp-no-flow -1",
          out: [],
        },
        ...UDP_GONE,
      ],
    },
  ]),
  ...ABOUT_REPLY.flatMap(([what, tcp, udp]) => [
    {
      name: `from the consumer's side, TCP, about a packet with ${what}`,
      steps: [
        ...TCP,
        { at: 200, in: errorAbout("10.1.0.1 > 10.1.0.4", tcp), gives: "drop icmp-no-flow -1", out: [] },
        ...TCP_GONE,
      ],
    },
    {
      name: `from the consumer's side, UDP, about a packet with ${what}`,
      steps: [
        ...UDP,
        { at: 200, in: errorAbout("10.1.0.1 > 10.1.0.4", udp), gives: "drop icmp-no-flow -1", out: [] },
        ...UDP_GONE,
      ],
    },
  ]),
  {
    name: "in another network with the same addresses",
    steps: [
      ...UDP,
      {
        at: 200,
        in: errorAbout("10.1.0.1 > 10.1.0.4", GIVEN_ANSWER),
        network: "lab",
        gives: "drop icmp-no-flow -1",
        out: [],
      },
      ...UDP_GONE,
    ],
  },
]);

table("A neighbour of the client is another client", [
  {
    name: "whose packets with the flow's ports open a flow of their own, and neither refresh nor end the first",
    steps: [
      ...TCP,
      { at: 200, in: "tcp 10.1.0.8:5000 > 10.1.0.4:443 R seq=101", gives: "drop mid-stream", out: [] },
      {
        at: 200,
        in: "tcp 10.1.0.8:5000 > 10.1.0.4:443 PA seq=101 ack=901 data=evil",
        gives: "drop mid-stream",
        out: [],
      },
      {
        at: 200,
        in: "tcp 10.1.0.8:5000 > 10.1.0.4:443 S seq=7",
        gives: "forward new-flow 1",
        out: ["provider tcp 10.2.0.10:1025 > 10.2.1.1:8443 S seq=7 ttl=63"],
      },
      ...TCP_GONE,
    ],
  },
  {
    name: "as is the same address in another network",
    steps: [
      ...UDP,
      {
        at: 200,
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53 data=query",
        network: "lab",
        gives: "forward new-flow 1",
        out: ["provider udp 10.2.0.10:1025 > 10.2.1.1:5353 data=query ttl=63"],
      },
      ...UDP_GONE,
    ],
  },
]);
