// Captures taken in a network whose clients reach the endpoint over a peering.

import type { Configuration, VirtualNetwork } from "../../../host/config/configuration.ts";
import { replay } from "../../../host/replay/replay.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, inputOf } from "./conversation.ts";

const peering = (remoteVirtualNetwork: string): Pick<VirtualNetwork, "virtualNetworkPeerings"> => ({
  virtualNetworkPeerings: [
    { remoteVirtualNetwork, peeringState: "Connected", allowGatewayTransit: false, useRemoteGateways: false },
  ],
});

/** Network `spoke` (10.7.0.0/16) with its side of a peering, and the endpoint's network with its own or none. */
const spoke =
  (both: boolean) =>
  (configuration: Configuration): void => {
    const [shop] = configuration.virtualNetworks;
    Object.assign(shop ?? {}, { addressSpace: ["10.1.0.0/16"] }, both ? peering("spoke") : {});
    configuration.virtualNetworks.push({ name: "spoke", addressSpace: ["10.7.0.0/16"], ...peering("shop") });
  };
const lines = conversation(0, "10.7.0.9:5000");
const replayed = (configuration: Configuration) => replay({ configuration, inputs: [inputOf(lines, "spoke")] });

suite("A capture of a peered network", (test) => {
  test("is replayed as one of the endpoint's own, replies compared", async () => {
    const { packets, replies, endpoints } = await replayed(configurationWith(spoke(true)));
    assert.equal(packets, { read: 8, forwarded: 8, dropped: 0, passed: 0 });
    assert.is(replies.identical, 3);
    assert.is(endpoints.find(({ name }) => name === "shop-approved")?.flows, 1);
  });

  test("shows where the other side of the peering is missing", async () => {
    const { drops } = await replayed(configurationWith(spoke(false)));
    assert.equal(drops, { "endpoint-unreachable": 5 });
  });

  test("tells of rules that do not apply", async () => {
    const configuration = configurationWith((change) => {
      spoke(true)(change);
      change.networkSecurityGroups = [{ name: "guard", defaultRules: "none", securityRules: [] }];
      Object.assign(change.privateEndpoints[0] ?? {}, {
        networkSecurityGroup: "guard",
        privateEndpointNetworkPolicies: "Disabled",
      });
    });
    const { inertRules, packets } = await replayed(configuration);
    assert.is(packets.dropped, 0);
    assert.equal(inertRules, [
      'The rules of "guard" do not apply to shop-approved. Set privateEndpointNetworkPolicies of the subnet or endpoint to Enabled.',
    ]);
  });
});
