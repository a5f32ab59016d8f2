// What --flows writes: one line of JSON for each flow and each denied flow, which together say what the summary says.

import { readFileSync } from "node:fs";
import type { FlowLine, ReplaySummary } from "../../../host/replay/summary.ts";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane, scratch } from "./command.ts";

const file = scratch();
const KEYS: (keyof FlowLine)[] = [
  "network",
  "protocol",
  "client",
  "endpoint",
  "endpointPort",
  "verdict",
  "reason",
  "backend",
  "natAddress",
  "natPort",
  "name",
  "toService",
  "toConsumer",
  "firstSeen",
  "lastSeen",
  "state",
  "end",
];
const RULES: Record<string, string> = { "tcp 443": "443", "tcp 80": "8080", "udp 53": "53" };
const SHARE = /^10\.2\.0\.1[123]:(\d+)$/;
const TIME = /^2026-11-24T00:1[01]:\d\d\.\d{9}Z$/;

const packetsOf = (lines: FlowLine[], way: "toService" | "toConsumer"): number =>
  lines.reduce((sum, line) => sum + line[way].packets, 0);

suite("The flow log of the shipped example", (test) => {
  let lines: FlowLine[] = [];
  let summary = {} as ReplaySummary;
  test.before(async () => {
    const args = ["replay", CAPTURE, "--config", CONFIGURATION, "--json", "--flows", file("flows.ndjson")];
    summary = JSON.parse((await linkplane(args)).stdout);
    const text = readFileSync(file("flows.ndjson"), "utf8");
    assert.ok(text.endsWith("}\n"));
    lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  });
  const allowed = (): FlowLine[] => lines.filter(({ verdict }) => verdict === "allowed");
  const denied = (): FlowLine[] => lines.filter(({ verdict }) => verdict === "denied");

  test("has a line for each flow and each denied flow, all with the same keys", () => {
    assert.is(allowed().length, 30);
    assert.is(denied().length, 7);
    assert.is(lines.length, 37);
    for (const line of lines) assert.equal(Object.keys(line), KEYS);
  });

  test("has a backend, its port by the rule, and a NAT address and port for each flow", () => {
    for (const { protocol, endpointPort, backend, natAddress, natPort, reason, state } of allowed()) {
      assert.is(SHARE.exec(backend ?? "")?.[1], RULES[`${protocol} ${endpointPort}`]);
      assert.ok(natAddress === "10.2.1.4" || natAddress === "10.2.1.5");
      assert.ok(Number.isInteger(natPort) && (natPort ?? 0) >= 1024 && (natPort ?? 0) <= 65535);
      assert.ok(reason === "new-flow" || reason === "mid-stream-admitted");
      assert.is(state === "udp", protocol === "udp");
    }
  });

  test("has none of them for a denied flow, but the reason", () => {
    const reasons = denied().map(({ endpoint, reason }) => `${endpoint} ${reason}`);
    assert.equal([...new Set(reasons)].sort(), ["pe-storage no-rule", "pe-vault connection-pending"]);
    for (const { backend, natAddress, natPort, toConsumer, state } of denied())
      assert.equal(
        { backend, natAddress, natPort, toConsumer, state },
        { backend: null, natAddress: null, natPort: null, toConsumer: { packets: 0, bytes: 0 }, state: "denied" },
      );
    assert.is(packetsOf(denied(), "toService"), 43 + 2);
  });

  test("adds up to the summary, endpoint by endpoint and backend by backend", () => {
    for (const { name, flows, toService, toConsumer } of summary.endpoints) {
      const own = allowed().filter(({ endpoint }) => endpoint === name);
      assert.is(own.length, flows, name);
      assert.is(packetsOf(own, "toService"), toService.packets, name);
      assert.is(packetsOf(own, "toConsumer"), toConsumer.packets, name);
    }
    for (const { address, flows } of summary.backends)
      assert.is(allowed().filter(({ backend }) => backend?.startsWith(`${address}:`)).length, flows, address);
    assert.is(allowed().filter(({ end }) => end === "alive").length, summary.flows.active);
  });

  test("gives no two flows that were alive together one NAT port towards a backend", () => {
    const alive = allowed().filter(({ end }) => end === "alive");
    const tuples = new Set(
      alive.map(({ protocol, backend, natAddress, natPort }) => `${protocol} ${backend} ${natAddress} ${natPort}`),
    );
    assert.is(tuples.size, alive.length);
  });

  test("has times of the capture, with nanoseconds, in order", () => {
    for (const { firstSeen, lastSeen } of lines) {
      assert.match(firstSeen, TIME);
      assert.match(lastSeen, TIME);
      assert.ok(firstSeen <= lastSeen);
    }
  });

  test("names clients and networks as they are", () => {
    for (const { network, client } of lines) {
      assert.is(network, "consumer-vnet");
      assert.match(client, /^10\.1\.0\.\d+:\d+$/);
    }
  });
});
