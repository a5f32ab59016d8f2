// Packets of captures, explained by a replay: those that it does not feed in itself, and held ones with what became of them.

import type { Configuration } from "../../../host/config/configuration.ts";
import type { ReplayExplanation, ReplayOptions } from "../../../host/replay/options.ts";
import { QUERY } from "../../conformance/fragment-kit.ts";
import { client, identifying, OTHER, OWN, part, sent } from "../../conformance/first-message-kit.ts";
import { DUAL, withIpv6 } from "../../conformance/ipv6-kit.ts";
import { clientHello } from "../../names/hello.ts";
import { configurationWith, conversation, type Line, replayLines } from "../replay/conversation.ts";

/** A capture, and the packet of it that is asked about. */
export interface Replayed {
  /** Name of its golden files: a reason's where it is that one's case. */
  name: string;
  lines: Line[];
  packet: number;
  change?: (configuration: Configuration) => void;
  options?: Partial<ReplayOptions>;
}

const CLIENT = "10.1.0.9:5000";
const CLIENT6 = "[fd00:1::9]:5000";
const hello = clientHello(OWN);
const others = clientHello(OTHER);
const HANDSHAKE: Line[] = [
  [0, `tcp ${CLIENT} > 10.1.0.4:443 S seq=100`],
  [0.1, `tcp 10.1.0.4:443 > ${CLIENT} SA seq=900 ack=101`],
  [0.2, client("A seq=101 ack=901")],
];
const FIRST_HALF: Line = [0.3, sent(part(hello, 0, 40))];

/** The same packets of an IPv6 client, with the dual-stack endpoint. */
const over6 = (lines: readonly Line[]): Line[] =>
  lines.map(([time, text]) => [time, text.replace(CLIENT, CLIENT6).replace("10.1.0.4:", `${DUAL}:`)]);

function twoServers(configuration: Configuration): void {
  const [pool] = configuration.loadBalancers[0]?.backendAddressPools ?? [];
  pool?.backends.push({ address: "10.2.1.2", weight: 1, state: "up" });
}

export const REPLAYED: Replayed[] = [
  {
    name: "tuple-taken",
    change: twoServers,
    options: { side: "provider" },
    lines: [
      ...conversation(0, CLIENT, "10.2.1.1:8443", 64).slice(0, 5),
      [1, `tcp ${CLIENT} > 10.2.1.2:8443 S seq=700`],
    ],
    packet: 6,
  },
  {
    name: "first-message-incomplete",
    change: identifying("tls"),
    lines: [...HANDSHAKE, FIRST_HALF, [4000, `tcp 10.1.0.8:5000 > 10.1.0.4:443 S`]],
    packet: 4,
  },
  {
    name: "held-let-go",
    change: identifying("tls"),
    lines: [...HANDSHAKE, FIRST_HALF, [0.4, client("A seq=101 ack=901")], [0.5, sent(part(hello, 40), 141)]],
    packet: 4,
  },
  {
    name: "held-discarded",
    change: identifying("tls"),
    lines: [...HANDSHAKE, [0.3, sent(part(others, 0, 40))], [0.5, sent(part(others, 40), 141)]],
    packet: 4,
  },
  {
    name: "held-to-the-end",
    change: identifying("tls"),
    lines: [...HANDSHAKE, FIRST_HALF],
    packet: 4,
  },
  {
    name: "fragment-let-go",
    lines: [
      [0, QUERY.in("32-")],
      [1, QUERY.in("16-32")],
      [2, QUERY.in("0-16")],
    ],
    packet: 1,
  },
  {
    name: "held-let-go-ipv6",
    change: (it) => {
      withIpv6(it);
      identifying("tls")(it);
    },
    lines: over6([...HANDSHAKE, FIRST_HALF, [0.5, sent(part(hello, 40), 141)]]),
    packet: 4,
  },
  {
    name: "fragment-let-go-ipv6",
    change: withIpv6,
    lines: [
      [0, `udp ${CLIENT6} > ${DUAL}:53 id=70001 data=abcdefghijklmnopqrstuvwxyz cut=16-`],
      [1, `udp ${CLIENT6} > ${DUAL}:53 id=70001 data=abcdefghijklmnopqrstuvwxyz cut=0-16`],
    ],
    packet: 1,
  },
  {
    name: "reply-rebuilt-ipv6",
    change: withIpv6,
    options: { aliases: [{ endpoint: "dual", address: "2603:1030::4" }] },
    lines: conversation(0, CLIENT6, "[2603:1030::4]:443"),
    packet: 2,
  },
  {
    name: "reply-of-refused",
    lines: [
      [0, `tcp ${CLIENT} > 10.1.0.5:443 S`],
      [1, `tcp ${CLIENT} > 10.1.0.5:443 S`],
      [2, `tcp 10.1.0.5:443 > ${CLIENT} SA`],
    ],
    packet: 3,
  },
  {
    name: "proxy-header",
    change: (it) => Object.assign(it.privateLinkServices[0] as object, { enableProxyProtocol: true }),
    lines: HANDSHAKE,
    packet: 3,
  },
];

/** The explanation of a case's packet. */
export async function explained({ lines, packet, change, options }: Replayed): Promise<ReplayExplanation> {
  let explanation: ReplayExplanation | undefined;
  const configuration = configurationWith(change);
  await replayLines(lines, { configuration, ...options, explain: { packet, take: (taken) => (explanation = taken) } });
  if (explanation === undefined) throw new Error("There was no explanation.");
  return explanation;
}
