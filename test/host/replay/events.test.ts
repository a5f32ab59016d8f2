// Events of a replay: each kind of change, the packets it falls between, and what the summary says of it.

import { memorySink } from "../../../host/capture/memory.ts";
import type { Configuration } from "../../../host/config/configuration.ts";
import type { ConfigurationEvent } from "../../../host/config/event.ts";
import { parseEvents } from "../../../host/config/events.ts";
import type { LinkplaneError } from "../../../host/errors.ts";
import { createPlane, type Plane } from "../../../host/plane.ts";
import { rehearse, type Step, stepsOf } from "../../../host/replay/incident.ts";
import type { ReplayOptions } from "../../../host/replay/options.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, type Line, replayLines } from "./conversation.ts";

const TCP = conversation();
const ACK = "tcp 10.1.0.9:5000 > 10.1.0.4:443 A seq=109 ack=907";
const query = (at: number, port = 5000): Line => [at, `udp 10.1.0.9:${port} > 10.1.0.4:53 data=question`];
const answer = (at: number, port = 5000): Line => [at, `udp 10.1.0.4:53 > 10.1.0.9:${port} data=answer ttl=64`];
const connection = (at: number | string, connectionState: string) => ({
  at,
  privateEndpoint: "shop-approved",
  connectionState,
});
const backend = (at: number, address: string, change: object) => ({
  at,
  backendAddressPool: "pool",
  backend: address,
  ...change,
});
const denyAll = {
  name: "deny",
  priority: 100,
  access: "Deny",
  protocol: "*",
  sourceAddressPrefixes: ["*"],
  destinationPortRanges: ["*"],
};

/** Two backends, a group that lets everything in and one that does not. */
function configuration(change: (configuration: Configuration) => void = () => {}): Configuration {
  return configurationWith((it) => {
    const [pool] = it.loadBalancers[0]?.backendAddressPools ?? [];
    pool?.backends.push({ address: "10.2.1.2", weight: 0, state: "up" });
    if (pool !== undefined) pool.drainPeriodInSeconds = 0.9;
    const rule = { ...denyAll, sourceApplicationSecurityGroups: [], destinationAddressPrefixes: [] };
    it.networkSecurityGroups = [
      { name: "open", defaultRules: "cloud", securityRules: [] },
      {
        name: "shut",
        defaultRules: "none",
        securityRules: [{ ...rule, destinationApplicationSecurityGroups: [] } as never],
      },
    ];
    for (const endpoint of it.privateEndpoints) endpoint.networkSecurityGroup = "open";
    change(it);
  });
}

function replayed(lines: readonly Line[], events: object[], options: Partial<ReplayOptions> = {}) {
  const it = options.configuration ?? configuration();
  const read = parseEvents(JSON.stringify({ events }), it, "events.json");
  return replayLines(lines, { configuration: it, events: read, ...options });
}

/** What a row looks at. */
const outcome = ({ packets, events = [], flows, drops, backends, replies }: ReplaySummary) => ({
  forwarded: packets.forwarded,
  cut: events.map(({ applied, flowsCut }) => (applied ? flowsCut : "not reached")).join(" "),
  flows: flows.created,
  drops,
  backends: backends.map(({ flows: given }) => given).join(" "),
  replies: `${replies.identical} ${replies.different} ${replies.refused} ${replies.unmatched}`,
});

type Row = [name: string, lines: Line[], events: object[], expected: ReturnType<typeof outcome>];
const second = conversation(1, "10.1.0.9:5001");

const ROWS: Row[] = [
  [
    "a rejected connection is cut at once",
    TCP,
    [connection(0.035, "Rejected")],
    {
      forwarded: 4,
      cut: "1",
      flows: 1,
      drops: { "connection-rejected": 2, "no-flow": 1, "reply-refused": 1 },
      backends: "1 0",
      replies: "1 0 2 0",
    },
  ],
  [
    "and approved again, its next packet opens a flow anew",
    TCP,
    [connection(0.035, "Pending"), connection("+0.045s", "Approved")],
    { forwarded: 7, cut: "1 0", flows: 2, drops: { "no-flow": 1 }, backends: "2 0", replies: "2 0 1 0" },
  ],
  [
    "a connection that is approved during the capture",
    [...conversation(0, "10.1.0.9:5000", "10.1.0.5:443"), ...conversation(1, "10.1.0.9:5001", "10.1.0.5:443")],
    [{ at: 0.5, privateEndpoint: "shop-pending", connectionState: "Approved" }],
    {
      forwarded: 8,
      cut: "0",
      flows: 1,
      drops: { "connection-pending": 5, "reply-refused": 3 },
      backends: "1 0",
      replies: "3 0 3 0",
    },
  ],
  [
    "a removed connection",
    [...TCP, ...second],
    [connection(0.5, "Disconnected")],
    {
      forwarded: 8,
      cut: "1",
      flows: 1,
      drops: { "connection-disconnected": 5, "reply-refused": 3 },
      backends: "1 0",
      replies: "3 0 3 0",
    },
  ],
  [
    "rules that are replaced leave flows alone and refuse new ones",
    [...TCP, ...second].sort(([a], [b]) => a - b),
    [{ at: 0.015, networkSecurityGroup: "open", securityRules: [denyAll] }],
    {
      forwarded: 8,
      cut: "0",
      flows: 1,
      drops: { "endpoint-rule-denied": 5, "reply-refused": 3 },
      backends: "1 0",
      replies: "3 0 3 0",
    },
  ],
  [
    "and so does another group of the endpoint's",
    [...TCP, ...second],
    [{ at: 0.015, privateEndpoint: "shop-approved", networkSecurityGroup: "shut" }],
    {
      forwarded: 8,
      cut: "0",
      flows: 1,
      drops: { "endpoint-rule-denied": 5, "reply-refused": 3 },
      backends: "1 0",
      replies: "3 0 3 0",
    },
  ],
  [
    "a backend that drains keeps its TCP flows, its UDP flows move",
    [...TCP, query(0.005), answer(0.006), query(0.1), answer(0.11), ...second].sort(([a], [b]) => a - b),
    [backend(0, "10.2.1.2", { weight: 1 }), backend(0.008, "10.2.1.1", { state: "draining" })],
    { forwarded: 20, cut: "0 1", flows: 4, drops: {}, backends: "2 2", replies: "8 0 0 0" },
  ],
  [
    "a backend that is down, and up again",
    [query(0), answer(0.1), query(1, 5001), query(2, 5002), answer(2.1, 5002)],
    [backend(0.5, "10.2.1.1", { state: "down" }), backend(1.5, "10.2.1.1", { state: "up" })],
    { forwarded: 4, cut: "1 0", flows: 2, drops: { "no-backend": 1 }, backends: "2 0", replies: "2 0 0 0" },
  ],
  [
    "a backend's time to drain is over: its flow is cut, and its client goes on elsewhere",
    [...TCP.slice(0, 5), [0.9, ACK], [1, ACK], [1.1, "tcp 10.1.0.4:443 > 10.1.0.9:5000 A seq=907 ack=109 ttl=55"]],
    [backend(0, "10.2.1.2", { weight: 1 }), backend(0.015, "10.2.1.1", { state: "draining" })],
    { forwarded: 8, cut: "0 0", flows: 2, drops: {}, backends: "1 1", replies: "3 0 0 0" },
  ],
  [
    "a backend's time to drain is over: nothing comes from there any more",
    [...TCP.slice(0, 5), [1.1, "tcp 10.1.0.4:443 > 10.1.0.9:5000 A seq=907 ack=109 ttl=55"]],
    [backend(0.015, "10.2.1.1", { state: "draining" })],
    { forwarded: 5, cut: "0", flows: 1, drops: { "no-flow": 1 }, backends: "1 0", replies: "2 0 1 0" },
  ],
  [
    "a backend that is put down and up",
    [query(0), answer(0.1), query(1, 5001), query(2, 5002), answer(2.1, 5002)],
    [backend(0.5, "10.2.1.1", { adminState: "Down" }), backend(1.5, "10.2.1.1", { adminState: "Up", state: "down" })],
    { forwarded: 4, cut: "1 0", flows: 2, drops: { "no-backend": 1 }, backends: "2 0", replies: "2 0 0 0" },
  ],
  [
    "weights send new flows elsewhere",
    [...TCP, ...second],
    [backend(0.5, "10.2.1.1", { weight: 0 }), backend(0.5, "10.2.1.2", { weight: 3 })],
    { forwarded: 16, cut: "0 0", flows: 2, drops: {}, backends: "1 1", replies: "6 0 0 0" },
  ],
  [
    "an event is in force for the packet of the same time, and one beyond the end is not reached",
    TCP,
    [connection(0.07, "Rejected"), connection(0.0700001, "Approved")],
    {
      forwarded: 7,
      cut: "1 not reached",
      flows: 1,
      drops: { "connection-rejected": 1 },
      backends: "1 0",
      replies: "3 0 0 0",
    },
  ],
  [
    "a date is a time, too",
    TCP,
    [connection("1970-01-01T01:00:00.03+01:00", "Rejected"), connection("2026-11-24T00:00:00Z", "Approved")],
    {
      forwarded: 3,
      cut: "1 not reached",
      flows: 1,
      drops: { "connection-rejected": 3, "reply-refused": 2 },
      backends: "1 0",
      replies: "1 0 2 0",
    },
  ],
];

/** A plane that handles at most so many frames at once. */
async function planeOf(it: Configuration, frames: number): Promise<Plane> {
  const settings = { ...it.settings, endpointSources: "admit" as const };
  const plane = await createPlane(
    configuration((one) => Object.assign(one, { ...it, settings })),
    { midStream: "admit" },
  );
  const fits = plane.core.fits.bind(plane.core);
  plane.core.fits = (length) => plane.core.waiting < frames && fits(length);
  return plane;
}

suite("Events of a replay", (test) => {
  for (const [name, lines, events, expected] of ROWS) {
    test(name, async () => {
      assert.equal(outcome(await replayed(lines, events)), expected);
    });
    test(`${name}: the same with any batch`, async () => {
      const alone = configuration();
      for (const frames of [1, 7])
        assert.equal(outcome(await replayed(lines, events, { plane: await planeOf(alone, frames) })), expected);
    });
  }

  test("do the same in shards, and in workers", async () => {
    const lines = [...TCP, query(0.005), answer(0.006), query(0.1), answer(0.11), ...second];
    lines.sort(([a], [b]) => a - b);
    const events = [
      backend(0.008, "10.2.1.2", { weight: 1 }),
      connection(0.035, "Rejected"),
      connection(0.5, "Approved"),
    ];
    const sharded = configuration(({ settings }) => void (settings.shards = 2));
    const single = await replayed(lines, events, { configuration: sharded });
    assert.is(single.replies.different, 0);
    assert.is(single.events?.[1]?.flowsCut, 2);
    assert.equal(outcome(await replayed(lines, events, { configuration: sharded, workers: 2 })), outcome(single));
  });

  test("are told with their times and in the configuration's words", async () => {
    const events = [backend(0.5, "10.2.1.1", { state: "down", weight: 0 }), connection(86_400, "Rejected")];
    assert.equal((await replayed([...TCP, ...second], events)).events, [
      { change: "backend 10.2.1.1 of balancer/pool: down, weight 0", seconds: 0.5, applied: true, flowsCut: 0 },
      { change: "privateEndpoint shop-approved: Rejected", seconds: 86_400, applied: false, flowsCut: 0 },
    ]);
  });

  test("are looked at packet by packet, with --no-compare too", async () => {
    const summary = await replayed(TCP, [connection(0.035, "Rejected")], { compare: false });
    assert.is(summary.replies.compared, undefined);
    assert.is(summary.packets.forwarded, 4);
  });

  test("write the resets they cause, at their time", async () => {
    const sink = memorySink();
    const resets = configuration(({ loadBalancers }) => {
      for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
    });
    const output = { sink, format: "pcapng" as const, side: "provider" as const };
    const summary = await replayed(TCP, [connection(0.035, "Rejected")], { configuration: resets, output });
    assert.is(summary.generated.reset, 2);
    const comments = new TextDecoder("latin1").decode(sink.bytes()).split("flow cut: privateEndpoint shop-approved");
    assert.is(comments.length - 1, 2);
  });

  test("a plane that goes on as before is found out", async () => {
    for (const [event, lines] of [
      [connection(0.035, "Rejected"), TCP],
      [backend(0.5, "10.2.1.1", { state: "down" }), [...TCP, ...second]],
      [backend(0.015, "10.2.1.1", { state: "draining" }), [...TCP.slice(0, 5), [1, ACK]]],
    ] as [object, Line[]][]) {
      const plane = await planeOf(configuration(), 1000);
      plane.apply = () => {};
      assert.ok((await replayed(lines, [event], { plane })).replies.different > 0);
    }
  });

  test("that a plane cannot take are refused before anything is replayed", () => {
    const before = configuration();
    const [event] = parseEvents(JSON.stringify({ events: [connection(0.5, "Rejected")] }), before);
    const steps = stepsOf(before, [event as ConfigurationEvent]);
    rehearse(before, steps, {});
    const after = configuration(({ settings }) => void settings.seed++);
    let code = "";
    try {
      rehearse(before, [...steps, { ...(steps[0] as Step), configuration: after }], {});
    } catch (error) {
      code = (error as LinkplaneError).code;
    }
    assert.is(code, "CHANGE_REFUSED");
  });
});
