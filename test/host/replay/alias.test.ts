import { assert, suite } from "../../kit.ts";
import { conversation, replayLines } from "./conversation.ts";

const PUBLIC = "20.60.1.2";

suite("--as: an address of the capture stands for an endpoint", (test) => {
  const lines = [
    ...conversation(0, "10.1.0.9:5000", `${PUBLIC}:443`),
    ...conversation(1, "10.1.0.9:5001", `${PUBLIC}:80`),
  ];

  test("all its ports", async () => {
    const aliases = [{ endpoint: "shop-approved", address: PUBLIC }];
    const { packets, replies, endpoints } = await replayLines(lines, { aliases });
    assert.is(packets.forwarded, 16);
    assert.is(replies.identical, 6);
    assert.is(endpoints.find(({ name }) => name === "shop-approved")?.flows, 2);
  });

  test("one port: the others are passed", async () => {
    const aliases = [{ endpoint: "shop-approved", address: PUBLIC, port: 443 }];
    const { packets, replies } = await replayLines(lines, { aliases });
    assert.equal(packets, { read: 16, forwarded: 8, dropped: 0, passed: 8 });
    assert.is(replies.identical, 3);
  });

  test("two endpoints behind one address, by port", async () => {
    const aliases = [
      { endpoint: "shop-approved", address: PUBLIC, port: 443 },
      { endpoint: "shop-pending", address: PUBLIC, port: 80 },
    ];
    const { packets, replies, drops } = await replayLines(lines, { aliases });
    assert.equal(packets, { read: 16, forwarded: 8, dropped: 8, passed: 0 });
    assert.is(replies.refused, 3);
    assert.equal(drops, { "connection-pending": 5, "reply-refused": 3 });
  });

  test("beside the endpoint's own address, which goes on standing for it", async () => {
    const aliases = [{ endpoint: "shop-approved", address: PUBLIC }];
    const { packets, replies } = await replayLines([...lines, ...conversation(2)], { aliases });
    assert.is(packets.forwarded, 24);
    assert.is(replies.identical, 9);
  });

  test("a server with the higher port is known by the SYN it was sent", async () => {
    const { busiest } = await replayLines(conversation(0, "10.1.0.9:5000", `${PUBLIC}:8443`));
    assert.equal(busiest, [{ address: PUBLIC, port: 8443, protocol: "tcp", packets: 8 }]);
  });

  test("nothing matched: the busiest destinations are named", async () => {
    const { busiest } = await replayLines(lines);
    assert.equal(busiest, [
      { address: PUBLIC, port: 80, protocol: "tcp", packets: 8 },
      { address: PUBLIC, port: 443, protocol: "tcp", packets: 8 },
    ]);
  });
});
