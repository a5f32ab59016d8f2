import type { Configuration } from "../../host/config/configuration.ts";
import { ANSWER, ASKED, CAPTURED_ANSWER, captured, held, provider, QUERY, REQUEST, timers } from "./fragment-kit.ts";
import { type Step, table } from "./table.ts";

const MISSED = "drop fragment-timeout -1";

/** Three datagrams of which a part is held. */
const THREE: Step[] = [1, 2, 3].map((id) => ({ in: QUERY.in("16-", `id=${id}`), gives: "held awaiting-fragment -1" }));
const timedOut = (packets: number | undefined, left: number | undefined) => ({
  reasons: { "fragment-timeout": packets, "awaiting-fragment": left },
  endpoints: { "shop-approved": { drops: { "fragment-timeout": packets } } },
});

table("Datagrams that are not complete in time", [
  {
    name: "one nanosecond before the end the held ones leave",
    steps: [
      { in: QUERY.in("16-"), gives: "held awaiting-fragment -1" },
      {
        at: 1.999999999,
        in: QUERY.in("0-16"),
        gives: "forward new-flow 0",
        out: [QUERY.out("0-16"), held(QUERY.out("16-"))],
      },
    ],
    counters: timedOut(undefined, undefined),
  },
  {
    name: "at the end they are discarded, and the first one begins another datagram",
    steps: [
      { in: QUERY.in("16-"), gives: "held awaiting-fragment -1" },
      { at: 2, in: QUERY.in("0-16"), gives: "forward new-flow 0", out: [QUERY.out("0-16")] },
      { at: 3.999999999, in: QUERY.in("16-"), gives: "forward forwarded 0" },
    ],
    counters: timedOut(1, undefined),
  },
  {
    name: "whatever came in between: the first packet counts",
    steps: [
      { in: QUERY.in("0-16"), gives: "forward new-flow 0" },
      { at: 1.5, in: QUERY.in("16-24"), gives: "forward forwarded 0" },
      { at: 2, in: QUERY.in("24-"), gives: "held awaiting-fragment -1" },
    ],
  },
  {
    name: "at the time that is set, and that a change sets",
    change: timers({ fragmentSeconds: 0.5 }),
    steps: [
      { in: QUERY.in("0-16"), gives: "forward new-flow 0" },
      { at: 0.499999999, in: QUERY.in("16-24"), gives: "forward forwarded 0" },
      { apply: timers({ fragmentSeconds: 5 }) },
      { at: 4.999999999, in: QUERY.in("24-32"), gives: "forward forwarded 0" },
      { at: 5, in: QUERY.in("32-"), gives: "held awaiting-fragment -1" },
    ],
  },
  {
    name: "are released two at a time by fragments, those made first before others",
    steps: [
      ...THREE,
      // No fragment: it releases none.
      { at: 9, in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { at: 9, in: QUERY.in("16-", "id=4"), gives: "held awaiting-fragment -1" },
    ],
    counters: timedOut(2, 2),
  },
  {
    name: "and a third one when it is the fragment's own",
    steps: [...THREE, { at: 9, in: QUERY.in("16-", "id=3"), gives: "held awaiting-fragment -1" }],
    counters: timedOut(3, 1),
  },
  {
    name: "but not by a fragment that is malformed, or whose TTL is at its end",
    steps: [
      ...THREE,
      { at: 9, in: QUERY.in("16-31"), gives: "drop fragment-malformed -1" },
      { at: 9, in: QUERY.in("16-", "ttl=1"), gives: "drop ttl-expired -1" },
    ],
    counters: timedOut(undefined, 3),
  },
  {
    name: "are all released by moving the clock on",
    steps: [...THREE, { at: 1.999999999, out: [] }, { at: 2, out: [] }],
    counters: timedOut(3, undefined),
  },
  {
    name: "but by moving it to just before that, none is",
    steps: [...THREE, { at: 1.999999999, out: [] }],
    counters: timedOut(undefined, 3),
  },
]);

const short = timers({ udpIdleSeconds: 1, fragmentSeconds: 10, tcpOpeningSeconds: 1 });

table("Fragments whose flow is there no more", [
  {
    name: "are dropped, and do not open another",
    change: short,
    steps: [
      { in: QUERY.in("0-16"), gives: "forward new-flow 0" },
      { at: 1, in: QUERY.in("16-24"), gives: MISSED, out: [] },
      { at: 1, in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { at: 1, in: QUERY.in("24-32"), gives: MISSED, out: [] },
      { at: 1, in: QUERY.in("24-32"), gives: "drop fragment-duplicate -1" },
      { at: 1, in: QUERY.in("32-"), gives: MISSED, out: [] },
      // That made it complete.
      { at: 1, in: QUERY.in("16-24"), gives: "held awaiting-fragment -1" },
    ],
    counters: {
      endpoints: { "shop-approved": { drops: { "fragment-timeout": 3, "fragment-duplicate": 1 }, flows: 2 } },
    },
  },
  {
    name: "from the provider's side count at no endpoint",
    change: short,
    steps: [
      ...ASKED,
      { in: ANSWER.in("0-16"), ...provider, gives: "forward forwarded 0" },
      { at: 1, in: ANSWER.in("16-"), ...provider, gives: MISSED, out: [] },
    ],
    counters: { reasons: { "fragment-timeout": 1 }, endpoints: { "shop-approved": { drops: {} } } },
  },
  {
    name: "in a capture count at the source's",
    change: short,
    steps: [
      ...ASKED,
      { in: CAPTURED_ANSWER.in("0-16"), ...captured, gives: "forward forwarded 0" },
      { at: 1, in: CAPTURED_ANSWER.in("16-"), ...captured, gives: MISSED, out: [] },
    ],
    counters: { endpoints: { "shop-approved": { drops: { "fragment-timeout": 1 } } } },
  },
  {
    name: "a flow of the same tuple that began at the same time counts as the same",
    steps: [
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S", gives: "forward new-flow 0" },
      { in: REQUEST.in("0-24"), gives: "forward forwarded 0" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 R seq=901", ...provider, gives: "forward forwarded 0" },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S", gives: "forward new-flow 0" },
      { in: REQUEST.in("24-48"), gives: "forward forwarded 0" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 RA ack=1", ...provider, gives: "forward forwarded 0" },
      { at: 0.000000001, in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S", gives: "forward new-flow 0" },
      { at: 0.000000001, in: REQUEST.in("48-"), gives: MISSED },
    ],
  },
]);

const endpointOf = ({ privateEndpoints }: Configuration) => privateEndpoints[0];
const rejected = (configuration: Configuration): void => {
  Object.assign(endpointOf(configuration) ?? {}, { connectionState: "Rejected" });
};
const down = ({ loadBalancers }: Configuration): void => {
  const [pool] = loadBalancers[0]?.backendAddressPools ?? [];
  if (pool !== undefined)
    pool.backends = [
      { address: "10.2.1.1", weight: 1, state: "down" },
      { address: "10.2.1.2", weight: 1, state: "up" },
    ];
};

table("Fragments while the configuration changes", [
  {
    name: "a later one has its flow judged, which is cut; the next has none",
    steps: [
      { in: QUERY.in("0-16"), gives: "forward new-flow 0" },
      { in: QUERY.in("0-16", "id=6").replace("5000", "5001"), gives: "forward new-flow 1" },
      { apply: rejected },
      // The walk comes to flow 0 before this packet.
      { in: QUERY.in("16-", "id=6"), gives: "drop connection-lost 1", out: [] },
      { in: QUERY.in("16-"), gives: MISSED, out: [] },
    ],
    counters: {
      flows: { cut: 2 },
      endpoints: { "shop-approved": { drops: { "connection-lost": 1, "fragment-timeout": 1 } } },
    },
  },
  {
    name: "a flow that moves is cut by a later one of the client's too",
    steps: [
      { in: "udp 10.1.0.9:4999 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { in: QUERY.in("0-16"), gives: "forward new-flow 1" },
      { apply: down },
      { in: QUERY.in("16-24"), gives: "drop flow-withdrawn 1", out: [] },
      { in: QUERY.in("24-"), gives: MISSED, out: [] },
    ],
  },
  {
    name: "and by a first one: it opens another there",
    steps: [
      { in: "udp 10.1.0.9:4999 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 1" },
      { in: QUERY.in("16-"), gives: "held awaiting-fragment -1" },
      { apply: down },
      {
        in: QUERY.in("0-16"),
        gives: "forward new-flow 1",
        out: [QUERY.out("0-16"), held(QUERY.out("16-"))].map(moved),
      },
    ],
  },
  {
    name: "an answer's later one is none of a flow to another backend, though it began at the same time",
    steps: [
      ...ASKED,
      { in: ANSWER.in("0-16"), ...provider, gives: "forward forwarded 0" },
      { in: QUERY.in("0-16"), gives: "forward forwarded 0" },
      { apply: down },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { in: ANSWER.in("16-"), ...provider, gives: MISSED, out: [] },
      { in: QUERY.in("16-"), gives: "forward forwarded 0", out: [moved(QUERY.out("16-"))] },
    ],
  },
  {
    name: "a first one whose flow is cut refuses the datagram with the reason",
    steps: [
      { in: "udp 10.1.0.9:4999 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 1" },
      { in: QUERY.in("16-"), gives: "held awaiting-fragment -1" },
      { apply: rejected },
      { in: QUERY.in("0-16"), gives: "drop connection-lost 1", out: [] },
      { in: QUERY.in("24-"), gives: "drop connection-lost -1", out: [] },
    ],
    counters: {
      reasons: { "connection-lost": 3 },
      endpoints: { "shop-approved": { drops: { "connection-lost": 3, "awaiting-fragment": undefined } } },
    },
  },
  {
    name: "an answer's first one has its flow judged, and counts at the flow's endpoint",
    steps: [
      { in: "udp 10.1.0.9:4999 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 1" },
      { apply: rejected },
      {
        in: ANSWER.in("0-16").replace(":1024", ":1025"),
        ...provider,
        gives: "drop connection-lost 1",
        out: [],
      },
      { in: ANSWER.in("16-").replace(":1024", ":1025"), ...provider, gives: "drop connection-lost -1", out: [] },
    ],
    counters: {
      reasons: { "connection-lost": 2 },
      endpoints: { "shop-approved": { drops: { "connection-lost": 1 } } },
    },
  },
  {
    name: "drops of a datagram count at the endpoint that it was made for",
    steps: [
      { in: QUERY.in("16-24"), gives: "held awaiting-fragment -1" },
      {
        apply: ({ privateEndpoints }) => {
          for (const endpoint of privateEndpoints.slice(0, 2))
            endpoint.privateIPAddress = endpoint.name === "shop-approved" ? "10.1.0.5" : "10.1.0.4";
        },
      },
      { in: QUERY.in("16-24"), gives: "drop fragment-duplicate -1" },
      { in: QUERY.in("8-24"), gives: "drop fragment-overlap -1" },
      { in: QUERY.in("24-31"), gives: "drop fragment-malformed -1" },
    ],
    counters: {
      endpoints: {
        "shop-approved": { drops: { "fragment-duplicate": 1, "fragment-overlap": 2 } },
        "shop-pending": { drops: { "fragment-malformed": 1 } },
      },
    },
  },
]);

function moved(text: string): string {
  return text.replace("10.2.1.1", "10.2.1.2");
}
