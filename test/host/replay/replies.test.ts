import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, inputOf, type Line, replayLines } from "./conversation.ts";

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
    const lines = [...conversation(0), ...conversation(5), ...conversation(100)];
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
