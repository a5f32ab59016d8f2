// Captures taken at servers: a conversation stays with the server it was captured at.

import { memorySink } from "../../../host/capture/memory.ts";
import type { Configuration } from "../../../host/config/configuration.ts";
import { SSH } from "../../conformance/configuration.ts";
import { BACKEND6, withIpv6 } from "../../conformance/ipv6-kit.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, flowLines, type Line, replayLines } from "./conversation.ts";

const SERVERS = ["10.2.1.1", "10.2.1.2", "10.2.1.3", "10.2.1.4"];

/** Four servers behind one endpoint. */
function fourServers(change: (configuration: Configuration) => void = () => {}): Configuration {
  return configurationWith((configuration) => {
    for (const pool of configuration.loadBalancers[0]?.backendAddressPools ?? [])
      pool.backends = SERVERS.map((address) => ({ address, weight: 1, state: "up" as const }));
    change(configuration);
  });
}

/** Conversations of a client's ports, one with each server. */
const oneEach = (): Line[] =>
  SERVERS.flatMap((server, i) => conversation(i, `10.1.0.9:${5000 + i}`, `${server}:8443`, 64));

suite("Captures taken at servers", (test) => {
  test("each conversation stays with its server", async () => {
    const options = { configuration: fourServers(), side: "provider" as const };
    const { replies, backends } = await replayLines(oneEach(), options);
    assert.equal(replies, { mirrored: 12, identical: 12, different: 0, unmatched: 0, refused: 0 });
    assert.equal(
      backends.map(({ address, flows }) => `${address} ${flows}`),
      SERVERS.map((address) => `${address} 1`),
    );
    const flows = await flowLines(oneEach(), options);
    assert.equal(
      flows.map(({ client, backend }) => `${client} ${backend}`),
      SERVERS.map((server, i) => `10.1.0.9:${5000 + i} ${server}:8443`),
    );
  });

  test("one server's capture may use each client's port again, with any server, once the connection has closed", async () => {
    const lines = SERVERS.flatMap((server, i) => conversation(i, "10.1.0.9:5000", `${server}:8443`, 64));
    const { replies, backends, drops } = await replayLines(lines, { configuration: fourServers(), side: "provider" });
    assert.equal(replies, { mirrored: 12, identical: 12, different: 0, unmatched: 0, refused: 0 });
    assert.equal(drops, {});
    assert.ok(backends.every(({ flows }) => flows === 1));
  });

  test("or has timed out", async () => {
    const lines = SERVERS.flatMap((server, i) =>
      conversation(i * 301, "10.1.0.9:5000", `${server}:8443`, 64).slice(0, 5),
    );
    const { replies, drops } = await replayLines(lines, { configuration: fourServers(), side: "provider" });
    assert.equal(replies, { mirrored: 8, identical: 8, different: 0, unmatched: 0, refused: 0 });
    assert.equal(drops, {});
  });

  test("the same client's port with two servers at once: the second's is tuple-taken, its replies are unmatched", async () => {
    const lines = [
      ...conversation(0, "10.1.0.9:5000", "10.2.1.1:8443", 64),
      ...conversation(0.005, "10.1.0.9:5000", "10.2.1.2:8443", 64),
    ].sort(([a], [b]) => a - b);
    const sink = memorySink();
    const output = { sink, format: "pcapng" as const, side: "provider" as const };
    const configuration = fourServers();
    const summary = await replayLines(lines, { configuration, side: "provider", output });
    assert.equal(summary.replies, { mirrored: 3, identical: 3, different: 0, unmatched: 3, refused: 0 });
    assert.equal(summary.drops, { "reply-unmatched": 3, "tuple-taken": 5 });
    assert.equal(
      summary.backends.map(({ flows }) => flows),
      [1, 0, 0, 0],
    );
    assert.equal(summary.packets, { read: 16, forwarded: 8, dropped: 8, passed: 0 });
    const [endpoint] = summary.endpoints;
    assert.equal(endpoint?.drops, { "reply-unmatched": 3, "tuple-taken": 5 }, "its endpoint is charged");
    assert.is(new TextDecoder("latin1").decode(sink.bytes()).split("tuple-taken: ").length - 1, 5, "comments");
  });

  test("a server that takes no new flows: the load balancer chooses another, and replies come out as captured", async () => {
    const configuration = fourServers(({ loadBalancers }) => {
      for (const backend of loadBalancers[0]?.backendAddressPools[0]?.backends ?? [])
        if (backend.address === "10.2.1.1") backend.state = "down";
    });
    const { replies, backends } = await replayLines(oneEach(), { configuration, side: "provider" });
    assert.equal(replies, { mirrored: 12, identical: 12, different: 0, unmatched: 0, refused: 0 });
    assert.is(backends[0]?.flows, 0);
    assert.is(
      backends.reduce((sum, { flows }) => sum + flows, 0),
      4,
    );
  });

  test("a protocol goes by its own rule", async () => {
    const configuration = fourServers(({ loadBalancers }) => {
      for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.backendPort = 9000;
    });
    const lines: Line[] = [
      [0, "udp 10.1.0.9:5000 > 10.2.1.3:9000 data=question"],
      [1, "udp 10.2.1.3:9000 > 10.1.0.9:5000 data=answer"],
    ];
    const flows = await flowLines(lines, { configuration, side: "provider" });
    assert.equal(
      flows.map(({ protocol, endpointPort, backend }) => `${protocol} ${endpointPort} ${backend}`),
      ["udp 53 10.2.1.3:9000"],
    );
  });

  test("a port of a backend's own is asked for by an inbound NAT rule, whatever the backend's state", async () => {
    const configuration = fourServers(({ loadBalancers }) => {
      const [balancer] = loadBalancers;
      Object.assign(balancer?.backendAddressPools[0]?.backends[2] as object, { state: "down" });
      Object.assign(balancer as object, { inboundNatRules: [SSH] });
    });
    const lines = SERVERS.flatMap((server, i) => conversation(i, `10.1.0.9:${5000 + i}`, `${server}:22`, 64));
    const { replies } = await replayLines(lines, { configuration, side: "provider" });
    assert.equal(replies, { mirrored: 12, identical: 12, different: 0, unmatched: 0, refused: 0 });
    const flows = await flowLines(lines, { configuration, side: "provider" });
    assert.equal(
      flows.map(({ endpointPort, backend }) => `${endpointPort} ${backend}`),
      SERVERS.map((server, i) => `${50_000 + i} ${server}:22`),
    );
  });

  test("with floating IP all servers have the frontend's address", async () => {
    const configuration = fourServers(({ loadBalancers }) => {
      for (const rule of loadBalancers[0]?.loadBalancingRules ?? [])
        Object.assign(rule, { enableFloatingIP: true, backendPort: rule.frontendPort });
    });
    const lines = [0, 1, 2].flatMap((i) => conversation(i, `10.1.0.9:${5000 + i}`, "10.2.0.5:443", 64));
    const { replies, drops } = await replayLines(lines, { configuration, side: "provider" });
    assert.equal(replies, { mirrored: 9, identical: 9, different: 0, unmatched: 0, refused: 0 });
    assert.equal(drops, {});
    const flows = await flowLines(lines, { configuration, side: "provider" });
    assert.equal(
      flows.map(({ backend }) => backend),
      ["10.2.0.5:443", "10.2.0.5:443", "10.2.0.5:443"],
    );
  });

  test("of IPv6 go through: the load balancer chooses, since a frame prefers no IPv6 backend", async () => {
    const servers = [BACKEND6, "[fd00:2::1:2]"];
    const configuration = configurationWith((it) => {
      withIpv6(it);
      it.loadBalancers[1]?.backendAddressPools[0]?.backends.push({ address: "fd00:2::1:2", weight: 1, state: "up" });
    });
    const lines = servers.flatMap((server, i) => conversation(i, `[fd00:1::9]:${5000 + i}`, `${server}:8443`, 64));
    const { replies, drops, endpoints } = await replayLines(lines, { configuration, side: "provider" });
    assert.equal(replies, { mirrored: 6, identical: 6, different: 0, unmatched: 0, refused: 0 });
    assert.equal([drops, endpoints.find(({ name }) => name === "six")?.flows], [{}, 2]);
  });

  test("of IPv4 are no endpoint's that has an IPv6 address alone", async () => {
    const configuration = configurationWith((it) => {
      withIpv6(it);
      const [endpoint] = it.privateEndpoints;
      Object.assign(endpoint as object, { privateIPAddress: "fd00:1::44" });
      it.privateEndpoints = it.privateEndpoints.slice(0, 1);
    });
    const { packets } = await replayLines(conversation(0, "10.1.0.9:5000", "10.2.1.1:8443", 64), {
      configuration,
      side: "provider",
    });
    assert.equal([packets.forwarded, packets.passed], [0, 8]);
  });
});
