import { assert, suite } from "../kit.ts";
import {
  announcing,
  bytesOf,
  CLIENT,
  client,
  crc32c,
  headerOf,
  LENGTH,
  OPENING,
  PROFILES,
  SERVER,
  server,
  SYNS,
  TO_SERVER,
} from "./proxy-kit.ts";
import { type Row, table } from "./table.ts";

suite("Headers as clouds send them", (test) => {
  test("the example of Azure's layout", () =>
    assert.is(
      headerOf("azure", "10.1.0.9:5000"),
      "0d0a0d0a000d0a515549540a211100140a0100090a010004138801bbee000501c1450021",
    ));
  test("the checksum that AWS sent", () =>
    assert.is(
      crc32c(
        "0d0a0d0a000d0a515549540a21110054ac1f0771ac1f0a1fc8f20050" +
          "03000400000000ea001701767063652d3038643262663135666163353030316339" +
          `040024${"00".repeat(36)}`,
      ),
      "e8d6892d",
    ));
});

/** From the SYN to the end from both sides, of a profile. */
const conversation = (profile: (typeof PROFILES)[number]): Row => {
  const header = headerOf(profile);
  const behind = 101 + LENGTH[profile];
  return {
    name: `${profile}: the handshake's acknowledgement bears the header, and everything behind it has numbers behind it`,
    change: announcing(profile),
    steps: [
      ...SYNS,
      client("A seq=101 ack=901", `A seq=101 ack=901 hex=${header}`),
      client("PA seq=101 ack=901 data=question", `PA seq=${behind} ack=901 data=question`),
      server(`A seq=901 ack=${behind}`, "A seq=901 ack=101"),
      server(`PA seq=901 ack=${behind + 8} data=answer`, "PA seq=901 ack=109 data=answer"),
      client("FA seq=109 ack=907", `FA seq=${behind + 8} ack=907`),
      server(`FA seq=907 ack=${behind + 9}`, "FA seq=907 ack=110"),
      client("A seq=110 ack=908", `A seq=${behind + 9} ack=908`),
    ],
    counters: {
      generated: { proxyHeader: 1 },
      endpoints: { "shop-approved": { flows: 1, toService: { packets: 5, bytes: 278 }, toConsumer: { packets: 4 } } },
    },
  };
};

table("PROXY headers", [
  ...PROFILES.map(conversation),
  {
    name: "the header bears the client and the port that it called",
    change: announcing("azure"),
    steps: [
      { in: "tcp 10.1.99.200:65535 > 10.1.0.4:80 S seq=100" },
      {
        in: "tcp 10.1.99.200:65535 > 10.1.0.4:80 A seq=101 ack=901",
        out: [
          `provider tcp 10.2.0.10:1024 > 10.2.1.1:80 A seq=101 ack=901 ttl=63 hex=${headerOf("azure", "10.1.99.200:65535", 80)}`,
        ],
      },
    ],
  },
  {
    name: "UDP has none",
    change: announcing(),
    steps: [
      {
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53 data=query",
        gives: "forward new-flow 0",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 data=query ttl=63"],
      },
    ],
    counters: { generated: { proxyHeader: 0 } },
  },
  {
    name: "a flow that is admitted mid-stream has none",
    change: announcing("azure", ({ settings }) => {
      settings.midStream = "admit";
    }),
    steps: [
      {
        in: `${CLIENT} A seq=101 ack=901 data=data`,
        gives: "forward mid-stream-admitted 0",
        out: [`${TO_SERVER} A seq=101 ack=901 data=data`],
      },
      server("A seq=901 ack=105", "A seq=901 ack=105"),
      { in: `${SERVER} A seq=901 ack=105`, side: "provider", captured: 50, gives: "forward forwarded 0" },
    ],
    counters: { generated: { proxyHeader: 0 } },
  },
  {
    name: "of two services, the one that asks for it",
    change: announcing("azure", (configuration) => {
      const [service] = configuration.privateLinkServices;
      if (service === undefined) return;
      const plain = { ...service, name: "plain", natAddresses: ["10.2.0.20"], enableProxyProtocol: false };
      configuration.privateLinkServices.push(plain);
      const lab = configuration.privateEndpoints.find(({ name }) => name === "lab-approved");
      if (lab !== undefined) lab.privateLinkService = "plain";
    }),
    steps: [
      ...OPENING,
      { in: `${CLIENT} S seq=100`, network: "lab", gives: "forward new-flow 1" },
      {
        in: `${CLIENT} A seq=101 ack=901 hex=${bytesOf(5)}`,
        network: "lab",
        gives: "forward forwarded 1",
        out: [`provider tcp 10.2.0.20:1024 > 10.2.1.1:8443 A seq=101 ack=901 ttl=63 hex=${bytesOf(5)}`],
      },
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
  {
    name: "sequence numbers come around while the header is in their way",
    change: announcing(),
    steps: [
      { in: `${CLIENT} S seq=4294967290`, gives: "forward new-flow 0" },
      client("A seq=4294967291 ack=901", `A seq=4294967291 ack=901 hex=${headerOf()}`),
      client("A seq=4294967291 ack=901 data=abc", "A seq=31 ack=901 data=abc"),
      server("A seq=901 ack=31", "A seq=901 ack=4294967291"),
      server("A seq=901 ack=2", "A seq=901 ack=4294967291"),
      server("A seq=901 ack=34", "A seq=901 ack=4294967294"),
      server("A seq=901 ack=4294967291", "A seq=901 ack=4294967291"),
      server("A seq=901 ack=4294967285", "A seq=901 ack=4294967285"),
    ],
  },
]);
