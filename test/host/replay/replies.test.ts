import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, flowLines, inputOf, type Line, replayLines } from "./conversation.ts";

/** The same packets with all numbers further on. */
const later = (lines: Line[], by: number): Line[] =>
  lines.map(([time, text]) => [time, text.replace(/(?<=seq=|ack=)\d+/g, (number) => String(Number(number) + by))]);

suite("Replies of a one-sided capture", (test) => {
  test("are rebuilt, fed in and come out identical", async () => {
    const { packets, replies, generated, flows } = await replayLines(conversation());
    assert.equal(packets, { read: 8, forwarded: 8, dropped: 0, passed: 0 });
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
    assert.is(generated.mirrored, 3);
    assert.is(flows.created, 1);
  });

  test("without their request are unmatched", async () => {
    const { packets, replies, drops } = await replayLines(conversation().slice(1, 2));
    assert.equal(packets, { read: 1, forwarded: 0, dropped: 1, passed: 0 });
    assert.is(replies.unmatched, 1);
    assert.equal(drops, { "reply-unmatched": 1 });
  });

  test("of a refused flow are refused", async () => {
    const { replies, drops, flows, endpoints } = await replayLines(conversation(0, "10.1.0.9:5000", "10.1.0.5:443"));
    assert.equal(replies, { mirrored: 0, identical: 0, different: 0, unmatched: 0, refused: 3 });
    assert.equal(drops, { "connection-pending": 5, "reply-refused": 3 });
    assert.is(flows.denied, 1);
    const pending = endpoints.find(({ name }) => name === "shop-pending");
    assert.equal(pending?.drops, { "connection-pending": 5, "reply-refused": 3 }, "its endpoint is charged with both");
  });

  test("that arrived with TTL 255 cannot be rebuilt: the backend would have had to send 256", async () => {
    const { replies } = await replayLines(conversation(0, "10.1.0.9:5000", "10.1.0.4:443", 255));
    assert.equal(replies, { mirrored: 0, identical: 0, different: 0, unmatched: 3, refused: 0 });
  });

  test("of a tuple that is used again take the new translation", async () => {
    const lines = [...conversation(0), ...later(conversation(5), 1000), ...later(conversation(100), 2000)];
    const { replies, flows } = await replayLines(lines);
    assert.equal(replies, { mirrored: 9, identical: 9, different: 0, unmatched: 0, refused: 0 });
    assert.is(flows.created, 3);
  });

  test("of a flow that timed out are refused, not different", async () => {
    const late: Line = [400, "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=109 data=late"];
    const { replies, drops } = await replayLines([...conversation().slice(0, 5), late]);
    assert.equal(replies, { mirrored: 3, identical: 2, different: 0, unmatched: 0, refused: 1 });
    assert.equal(drops, { "no-flow": 1 });
  });

  test("of a flow that timed out do not keep it alive", async () => {
    const late = (time: number): Line => [time, "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=109 data=late"];
    const { replies } = await replayLines([...conversation().slice(0, 5), late(400), late(401), late(405)]);
    assert.equal(replies, { mirrored: 5, identical: 2, different: 0, unmatched: 0, refused: 3 });
  });

  test("of a flow whose last requests were dropped: they did not keep it alive", async () => {
    const spent: Line = [290, "tcp 10.1.0.9:5000 > 10.1.0.4:443 A seq=109 ack=907 ttl=1"];
    const late: Line = [305, "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=109 data=late"];
    const { replies, drops } = await replayLines([...conversation().slice(0, 5), spent, late]);
    assert.equal(replies, { mirrored: 3, identical: 2, different: 0, unmatched: 0, refused: 1 });
    assert.equal(drops, { "ttl-expired": 1, "no-flow": 1 });
  });

  test("of a flow last seen when a time stamp far ahead was passed over", async () => {
    const stray: Line = [1000, "tcp 10.1.0.4:443 > 10.1.0.8:5000 A seq=1 ack=1"];
    const late: Line = [400, "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=109 data=late"];
    const { replies } = await replayLines([...conversation().slice(0, 4), stray, ...conversation().slice(4, 5), late]);
    assert.equal(replies, { mirrored: 3, identical: 2, different: 0, unmatched: 1, refused: 1 });
  });

  test("of flows in several shards, whose clocks do not go back together, may have timed out in one", async () => {
    const clients = Array.from({ length: 8 }, (_, i) => `10.1.0.9:${5000 + i}`);
    const each = (time: number, flags: string): Line[] =>
      clients.map((client) => [time, `tcp ${client} > 10.1.0.4:443 ${flags} seq=101 ack=901`]);
    const opened = clients.flatMap((client) => conversation(0, client).slice(0, 5)).sort((a, b) => a[0] - b[0]);
    const ahead: Line = [1000, `tcp ${clients[0]} > 10.1.0.4:443 A seq=101 ack=901`];
    const lines = [...opened, ahead, ...each(1, "A").slice(1), ...each(1001, "A").reverse()];
    const configuration = configurationWith(({ settings }) => void Object.assign(settings, { shards: 2 }));
    const { replies } = await replayLines(lines, { configuration });
    assert.equal([replies.different, replies.identical], [0, 16]);
  });

  test("that the plane has to drop are refused: malformed, or out of TTL", async () => {
    const reply = "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=109 data=answer";
    const odd: Line[] = ["offset=4", "offset=15", "ttl=0", "total=39"].map((what, i) => [0.1 + i, `${reply} ${what}`]);
    const { replies, drops } = await replayLines([...conversation().slice(0, 5), ...odd]);
    assert.equal(replies, { mirrored: 6, identical: 2, different: 0, unmatched: 0, refused: 4 });
    assert.equal(drops, { "bad-tcp-header": 3, "ttl-expired": 1 });
  });

  test("of a live flow are not refused because a request of it was malformed", async () => {
    const odd: Line = [0.045, "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=109 ack=907 offset=4"];
    const { replies, drops } = await replayLines([...conversation().slice(0, 5), odd, ...conversation().slice(5)]);
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
    assert.equal(drops, { "bad-tcp-header": 1 });
  });

  test("of a flow that closed, timed out and was opened anew, all of it in one batch", async () => {
    const configuration = configurationWith(({ settings }) => {
      settings.portQuarantineSeconds = 120;
      Object.assign(settings.timers, { tcpClosingSeconds: 1, tcpOpeningSeconds: 60 });
    });
    const again: Line[] = [
      [2, "tcp 10.1.0.9:5000 > 10.1.0.4:443 PA seq=110 ack=908 data=more"],
      [2.01, "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=908 ack=114 data=again ttl=55"],
    ];
    const { replies, flows } = await replayLines([...conversation(), ...again], { configuration });
    assert.is(flows.created, 2);
    assert.equal(replies, { mirrored: 4, identical: 4, different: 0, unmatched: 0, refused: 0 });
  });

  test("that come after another client was given the NAT port are refused, and do not reach it", async () => {
    const late = (time: number): Line => [time, "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=109 data=late"];
    const others = conversation(400, "10.1.0.8:6000");
    const lines = [...conversation().slice(0, 5), ...others.slice(0, 1), late(400.005), ...others.slice(1), late(401)];
    const flows = await flowLines(lines);
    assert.equal([...new Set(flows.map(({ natPort }) => natPort))], [1024], "both clients had the same NAT port");
    const { replies, drops } = await replayLines(lines);
    assert.equal(replies, { mirrored: 5, identical: 5, different: 0, unmatched: 0, refused: 2 });
    assert.equal(drops, { "reply-refused": 2 });
  });

  test("with wrong checksums come out wrong by the same amount, and are identical", async () => {
    const lines = conversation().map(([time, text]): Line => [time, `${text} l4sum=4660 ipsum=22136`]);
    const { replies, checksums } = await replayLines(lines, { verifyChecksums: true });
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
    assert.equal(checksums, { verified: 8, wrongBefore: 8, changed: 0 });
  });

  test("between two addresses that are both the endpoint's go by their ports", async () => {
    const lines = conversation(0, "10.1.0.4:5000", "10.1.0.4:443");
    const { replies, packets } = await replayLines(lines);
    assert.is(packets.forwarded, 8);
    assert.is(replies.identical, 3);
  });

  test("of a capture taken at the server", async () => {
    const lines = conversation(0, "10.1.0.9:5000", "10.2.1.1:8443", 64);
    const { replies, packets, endpoints } = await replayLines(lines, { side: "provider" });
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
    assert.is(packets.forwarded, 8);
    assert.is(endpoints.find(({ name }) => name === "shop-approved")?.flows, 1);
  });

  test("of two captures are merged by time, each with its network", async () => {
    const configuration = configurationWith();
    const inputs = [inputOf(conversation(0), "shop"), inputOf(conversation(0.005), "lab")];
    const { replies, endpoints, captures } = await replayLines([], { configuration, inputs });
    assert.is(replies.identical, 6);
    assert.equal(
      endpoints.filter(({ flows }) => flows > 0).map(({ name }) => name),
      ["shop-approved", "lab-approved"],
    );
    assert.equal(
      captures.map(({ packets }) => packets),
      [8, 8],
    );
  });
});
