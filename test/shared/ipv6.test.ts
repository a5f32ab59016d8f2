// Captures of others with IPv6 in them: what is said of their flows is what an independent reader found, before IPv6 services and IPv4
// ones, and no reply comes out otherwise, disturbed or not.

import { fileSource } from "../../host/capture/file.ts";
import type { Configuration } from "../../host/config/configuration.ts";
import { normalizeConfiguration } from "../../host/config/normalize.ts";
import type { EndpointAlias } from "../../host/replay/options.ts";
import { replay } from "../../host/replay/replay.ts";
import { packetsOf } from "../host/replay/disturbance.ts";
import { endure } from "../host/replay/endurance.ts";
import { assert, suite } from "../kit.ts";
import { ABSENT, ipv6Proposals, type Proposal } from "./captures.ts";

const ENDPOINT = "fd00:1::4";
const PACKETS_MOST = 1500;
const ROUNDS = 6;
const IDENTIFY = { sni: "tls", host: "http", none: "address" };

/** An endpoint at an address, before a service of either family. */
function configurationFor({ pe_port, proto, filter, allow }: Proposal, isSix: boolean): Configuration {
  const named = filter === "none" ? {} : { resource: "own" };
  const addresses = isSix
    ? { privateIPAddress: ENDPOINT }
    : { privateIPAddress: "10.1.0.4", privateIPv6Address: ENDPOINT };
  const [nat, server, frontend] = isSix
    ? ["fd00:2::10", "fd00:2::1:1", "fd00:2::4"]
    : ["10.2.1.4", "10.2.0.11", "10.2.0.4"];
  return normalizeConfiguration({
    virtualNetworks: [{ name: "consumer" }, { name: "provider" }],
    privateEndpoints: [
      {
        name: "pe",
        virtualNetwork: "consumer",
        ...addresses,
        privateLinkService: "service",
        connectionState: "Approved",
        ...named,
      },
    ],
    privateLinkServices: [
      {
        name: "service",
        virtualNetwork: "provider",
        loadBalancer: "balancer",
        natAddresses: [nat],
        ...(filter === "none" ? {} : { resources: [{ name: "own", names: allow }] }),
      },
    ],
    loadBalancers: [
      {
        name: "balancer",
        frontendIPConfigurations: [{ name: "frontend", privateIPAddress: frontend }],
        backendAddressPools: [{ name: "pool", backends: [{ address: server }] }],
        loadBalancingRules: [
          {
            name: "rule",
            frontendIPConfiguration: "frontend",
            backendAddressPool: "pool",
            protocol: proto === "udp" ? "Udp" : "Tcp",
            frontendPort: pe_port,
            identify: IDENTIFY[filter],
          },
        ],
      },
    ],
  });
}

const aliasesOf = ({ pe_ip: address, pe_port: port }: Proposal): EndpointAlias[] => [{ endpoint: "pe", address, port }];

suite("Captures with IPv6", (test) => {
  const all = ipv6Proposals();
  test.skipUnless(all.length > 0, ABSENT, "there are captures", () => assert.is(all.length, 3));
  for (const { proposal, path } of all)
    for (const isSix of [true, false]) {
      const name = `${proposal.file}, before a service of ${isSix ? "IPv6" : "IPv4"}`;
      test(name, async () => {
        const source = await fileSource(path);
        const { migration, replies, endpoints, checksums } = await replay({
          configuration: configurationFor(proposal, isSix),
          inputs: [{ file: proposal.file, source }],
          aliases: aliasesOf(proposal),
          migration: true,
          verifyChecksums: true,
        });
        await source.close();
        assert.equal([replies.different, checksums?.changed], [0, 0]);
        assert.ok(replies.identical > 0);
        const allowed = proposal.flows.filter(({ verdict }) => verdict === "allowed");
        if (proposal.filter === "none") return;
        const packets = allowed.reduce((sum, flow) => sum + flow.pkts_to_pe + flow.pkts_from_pe, 0);
        assert.equal(
          migration?.works.map((row) => [row.flows, row.packets]),
          [[allowed.length, packets]],
        );
        assert.is(endpoints[0]?.flows, proposal.flows.length);
      });

      test(`${name}, disturbed`, async () => {
        const source = await fileSource(path);
        const packets = await packetsOf(source, PACKETS_MOST);
        await source.close();
        const configuration = configurationFor(proposal, isSix);
        const endured = (rounds: number, announces = false, sizes = false) =>
          endure(packets, configuration, rounds, "consumer", announces, sizes, aliasesOf(proposal));
        assert.ok((await endured(ROUNDS)).identical > 0);
        await endured(2, true);
        await endured(2, false, true);
      });
    }
});
