import { timeText } from "../../../host/replay/flowlog.ts";
import { assert, suite } from "../../kit.ts";
import { conversation, flowLines, type Line } from "./conversation.ts";

/** A packet of the same ends with numbers behind those of the connection before. */
const behind = (text: string): string =>
  text.replace(/(seq|ack)=(\d+)/g, (_, name: string, number: string) => `${name}=${Number(number) + 10_000}`);

suite("The flow log", (test) => {
  test("has a line for a flow and one for a denied flow, with traffic both ways", async () => {
    const lines = await flowLines([...conversation(), ...conversation(1, "10.1.0.9:6000", "10.1.0.5:443")]);
    assert.is(lines.length, 2);
    const [allowed, denied] = lines;
    assert.equal(allowed, {
      network: "shop",
      protocol: "tcp",
      client: "10.1.0.9:5000",
      endpoint: "shop-approved",
      endpointPort: 443,
      verdict: "allowed",
      reason: "new-flow",
      backend: "10.2.1.1:8443",
      natAddress: "10.2.0.10",
      natPort: 1024,
      name: null,
      toService: { packets: 5, bytes: 278 },
      toConsumer: { packets: 3, bytes: 168 },
      firstSeen: "1970-01-01T00:00:00.000000000Z",
      lastSeen: "1970-01-01T00:00:00.070000000Z",
      state: "closing",
      end: "alive",
    });
    assert.is(denied?.verdict, "denied");
    assert.is(denied?.reason, "connection-pending");
    assert.equal(denied?.toService, { packets: 5, bytes: 278 });
    assert.is(denied?.backend, null);
  });

  test("says how each flow ended, once", async () => {
    const lines = await flowLines([
      ...conversation(0),
      ...conversation(5).map(([time, text]): Line => [time, behind(text)]),
      ...conversation(100),
    ]);
    assert.equal(
      lines.map(({ end }) => end),
      ["reused", "closed", "alive"],
    );
  });

  test("times are RFC 3339 with nanoseconds", () => {
    assert.is(timeText(1_700_000_000_123_456_789n), "2023-11-14T22:13:20.123456789Z");
    assert.is(timeText(0n), "1970-01-01T00:00:00.000000000Z");
  });
});
