import { identifying } from "./first-message-kit.ts";
import { ASKED, CAPTURED_ANSWER, captured, HANDSHAKE, provider, QUERY, REQUEST, RESPONSE } from "./fragment-kit.ts";
import { announcing } from "./proxy-kit.ts";
import { table } from "./table.ts";

const CAPTURED_RESPONSE = (cut: string): string =>
  RESPONSE.in(cut).replace(/^tcp .* PA/, "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA");
const drops = (count: number) => ({ endpoints: { "shop-approved": { drops: { fragment: count } } } });

/** Flows whose clients' streams the path has to follow byte by byte. */
for (const [name, change] of [
  ["is inspected", identifying("tls")],
  ["bears a PROXY header", announcing()],
] as const)
  table(`Fragments of a flow that ${name}`, [
    {
      name: "are dropped in either direction, and refuse their datagram",
      change,
      steps: [
        ...HANDSHAKE,
        { in: REQUEST.in("24-"), gives: "held awaiting-fragment -1" },
        { in: REQUEST.in("0-24"), gives: "drop fragment -1", out: [] },
        { in: REQUEST.in("48-"), gives: "drop fragment -1", out: [] },
        { in: RESPONSE.in("0-24"), ...provider, gives: "drop fragment -1", out: [] },
        { in: RESPONSE.in("24-"), ...provider, gives: "drop fragment -1", out: [] },
        { in: CAPTURED_RESPONSE("0-24"), ...captured, gives: "drop fragment -1", out: [] },
        { in: CAPTURED_RESPONSE("24-"), ...captured, gives: "drop fragment -1", out: [] },
      ],
      // A later one of the provider's side counts at none.
      counters: { reasons: { fragment: 7, "awaiting-fragment": undefined }, ...drops(6) },
    },
    {
      name: "open none, and leave no denied flow",
      change,
      steps: [
        {
          in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100 data=aaaaaaaa cut=0-24",
          gives: "drop fragment -1",
          out: [],
        },
        { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100 data=aaaaaaaa cut=24-", gives: "drop fragment -1", out: [] },
        { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100", gives: "forward new-flow 0" },
      ],
      counters: { flows: { denied: 0 }, ...drops(2) },
    },
    {
      name: "that takes up a tuple anew end the flow before, and open none",
      change,
      steps: [
        ...HANDSHAKE,
        { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 R seq=901", ...provider, gives: "forward forwarded 0" },
        { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100 data=aaaaaaaa cut=0-24", gives: "drop fragment -1" },
      ],
      counters: { flows: { active: 0, expired: 1 } },
    },
    {
      name: "that is refused otherwise have that reason",
      change,
      steps: [
        { in: REQUEST.in("0-24").replace("10.1.0.4", "10.1.0.5"), gives: "drop connection-pending 1000" },
        { in: REQUEST.in("0-24"), gives: "drop fragment -1" },
        { in: RESPONSE.in("0-24"), ...provider, gives: "drop no-flow -1" },
      ],
    },
    {
      name: "that are too big say so first, when there is a flow",
      change: (configuration) => {
        change(configuration);
        for (const network of configuration.virtualNetworks) network.mtu = 200;
      },
      settings: { packetTooBig: "drop" },
      steps: [
        {
          in: `${REQUEST.in("0-200", "fragment=0x4000")}`.replace("data=", `data=${"x".repeat(200)}`),
          gives: "drop fragment -1",
        },
        ...HANDSHAKE,
        {
          in: REQUEST.in("0-200", "fragment=0x4000 id=5").replace("data=", `data=${"x".repeat(200)}`),
          gives: "drop packet-too-big 0",
        },
        {
          in: RESPONSE.in("0-200", "fragment=0x4000 id=5").replace("data=", `data=${"x".repeat(200)}`),
          ...provider,
          gives: "drop packet-too-big 0",
        },
      ],
    },
  ]);

table("Fragments where streams are followed, of flows that are not", [
  {
    name: "UDP of a rule that identifies by name is refused as ever",
    change: identifying("tls"),
    steps: [
      { in: QUERY.in("0-16"), gives: "drop udp-not-identified 1000", out: [] },
      { in: QUERY.in("16-"), gives: "drop udp-not-identified -1", out: [] },
    ],
  },
  {
    name: "UDP of a service with PROXY headers has none",
    change: announcing(),
    steps: [
      ...ASKED,
      { in: QUERY.in("16-"), gives: "held awaiting-fragment -1" },
      { in: QUERY.in("0-16"), gives: "forward forwarded 0" },
      { in: CAPTURED_ANSWER.in("0-16"), ...captured, gives: "forward forwarded 0" },
    ],
  },
  {
    name: "a flow admitted in its middle has no PROXY header; a first fragment does not open one",
    change: announcing(),
    settings: { midStream: "admit" },
    steps: [
      { in: REQUEST.in("0-24", "id=6"), gives: "drop fragment -1" },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 A", gives: "forward mid-stream-admitted 0" },
      { in: REQUEST.in("0-24"), gives: "forward forwarded 0", out: [REQUEST.out("0-24")] },
      { in: REQUEST.in("24-"), gives: "forward forwarded 0", out: [REQUEST.out("24-")] },
      { in: RESPONSE.in("0-24"), ...provider, gives: "forward forwarded 0", out: [RESPONSE.out("0-24")] },
    ],
  },
  {
    name: "a flow that was let through without a name is inspected no more",
    change: identifying("tls", { unexpectedProtocol: "allow" }),
    steps: [
      ...HANDSHAKE,
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 PA seq=101 ack=901 data=hello", gives: "forward forwarded 0" },
      { in: REQUEST.in("0-24"), gives: "forward forwarded 0", out: [REQUEST.out("0-24")] },
      { in: REQUEST.in("24-"), gives: "forward forwarded 0", out: [REQUEST.out("24-")] },
    ],
  },
]);
