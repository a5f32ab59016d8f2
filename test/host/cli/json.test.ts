// The summary as JSON: its shape, its sums, and the truth about the example that is shipped.

import { REASONS } from "../../../host/reasons.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane } from "./command.ts";

const traffic = { packets: "number", bytes: "number" };
/** Keys and types, in their order; of a list, those of each entry. Reasons are checked apart. */
const SHAPE = {
  schema: "string",
  captures: [
    { file: "string", format: "string", linkType: "number", packets: "number", bytes: "number", damaged: "null" },
  ],
  packets: { read: "number", forwarded: "number", dropped: "number", passed: "number" },
  generated: { mirrored: "number", reset: "number", icmp: "number", proxyHeader: "number" },
  drops: "reasons",
  flows: {
    created: "number",
    denied: "number",
    expired: "number",
    active: "number",
    peak: "number",
    unrecorded: "number",
  },
  endpoints: [
    {
      name: "string",
      state: "string",
      flows: "number",
      toService: traffic,
      toConsumer: traffic,
      drops: "reasons",
    },
  ],
  natPools: [
    {
      service: "string",
      natAddress: "string",
      backend: "string",
      protocol: "string",
      capacity: "number",
      inUse: "number",
      peak: "number",
      exhausted: "number",
    },
  ],
  backends: [{ pool: "string", address: "string", state: "string", flows: "number" }],
  replies: { mirrored: "number", identical: "number", different: "number", unmatched: "number", refused: "number" },
  checksums: { verified: "number", wrongBefore: "number", changed: "number" },
  seed: "number",
  time: { captureSeconds: "number", wallSeconds: "number", packetsPerSecond: "number", bitsPerSecond: "number" },
};

const DROPS = new Set(REASONS.filter(({ verdict }) => verdict === "drop").map(({ name }) => name));

/** The shape of a value; a list whose entries have several shapes gives all of them. */
function shapeOf(value: unknown, key = ""): unknown {
  if (key === "drops") return reasonsOnly(value as Record<string, unknown>) ? "reasons" : value;
  if (value === null) return "null";
  if (Array.isArray(value)) {
    const shapes = value.map((entry) => JSON.stringify(shapeOf(entry)));
    return [...new Set(shapes)].map((shape) => JSON.parse(shape));
  }
  if (typeof value !== "object") return Number.isNaN(value) ? "NaN" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner, name)]));
}

function reasonsOnly(drops: Record<string, unknown>): boolean {
  return Object.entries(drops).every(([reason, packets]) => DROPS.has(reason) && Number(packets) > 0);
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

suite("The JSON summary of the shipped example", (test) => {
  let summary = {} as ReplaySummary;
  test.before(async () => {
    const args = ["replay", CAPTURE, "--config", CONFIGURATION, "--verify-checksums", "--json"];
    summary = JSON.parse((await linkplane(args)).stdout);
  });

  test("has every key, and no other", () => {
    const sorted = (value: unknown): unknown =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
    assert.equal(sorted(shapeOf(summary)), sorted(SHAPE));
    assert.is(summary.schema, "linkplane.replay/1");
  });

  test("says what is in the capture", () => {
    assert.equal(summary.captures, [
      { file: CAPTURE, format: "pcapng", linkType: 1, packets: 742, bytes: 342_159, damaged: null },
    ]);
    assert.equal(summary.packets, { read: 742, forwarded: 596, dropped: 90, passed: 56 });
    assert.equal(summary.generated, { mirrored: 325, reset: 0, icmp: 0, proxyHeader: 0 });
    assert.equal(summary.replies, { mirrored: 325, identical: 325, different: 0, unmatched: 0, refused: 40 });
    assert.is(summary.flows.created, 30);
    assert.is(summary.flows.denied, 7);
    assert.equal(summary.drops, {
      icmp: 2,
      "connection-pending": 43,
      "no-rule": 2,
      "reply-refused": 41,
      "icmp-echo": 2,
    });
    assert.equal(summary.checksums, { verified: 596, wrongBefore: 0, changed: 0 });
    assert.is(summary.seed, 1);
    assert.is(summary.time.captureSeconds, 3.134873228);
  });

  test("lists endpoints as configured", () => {
    assert.equal(
      summary.endpoints.map(({ name, state, flows }) => [name, state, flows]),
      [
        ["pe-storage", "Approved", 24],
        ["pe-vault", "Pending", 0],
        ["pe-sql", "Approved", 6],
      ],
    );
  });

  test("adds up", () => {
    const { packets, drops, flows, endpoints, backends, natPools, replies, generated } = summary;
    assert.is(packets.forwarded + packets.dropped + packets.passed, packets.read);
    assert.is(sum(Object.values(drops)), packets.dropped);
    assert.is(
      sum(endpoints.map(({ toService, toConsumer }) => toService.packets + toConsumer.packets)),
      packets.forwarded,
    );
    assert.is(sum(endpoints.map(({ toConsumer }) => toConsumer.packets)), replies.mirrored);
    assert.is(sum(endpoints.flatMap((endpoint) => Object.values(endpoint.drops))), packets.dropped);
    assert.is(sum(endpoints.map((endpoint) => endpoint.flows)), flows.created);
    assert.is(sum(backends.map((backend) => backend.flows)), flows.created);
    assert.is(flows.created - flows.expired, flows.active);
    assert.is(sum(natPools.map(({ inUse }) => inUse)), flows.active);
    assert.ok(flows.peak >= flows.active && flows.peak <= flows.created);
    assert.is(replies.identical + replies.different, replies.mirrored);
    assert.is(generated.mirrored, replies.mirrored);
    for (const { inUse, peak, capacity } of natPools)
      assert.ok(inUse <= peak && peak <= capacity && capacity === 64_512);
  });

  test("rates follow from the time it took", () => {
    const { wallSeconds, packetsPerSecond, bitsPerSecond } = summary.time;
    assert.ok(wallSeconds > 0);
    assert.ok(Math.abs(packetsPerSecond * wallSeconds - 742) < 1e-6);
    assert.ok(Math.abs(bitsPerSecond * wallSeconds - 342_159 * 8) < 1e-3);
  });

  test("is the same each time but for the time it took", async () => {
    const args = ["replay", CAPTURE, "--config", CONFIGURATION, "--verify-checksums", "--json"];
    const again = JSON.parse((await linkplane(args)).stdout) as ReplaySummary;
    assert.equal({ ...again, time: again.time.captureSeconds }, { ...summary, time: summary.time.captureSeconds });
  });
});
