// Real captures of others with their ground truth, kept beside the repository (see docs/captures.md on why they are not in it).

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Configuration, DEFAULT_SETTINGS, markChecked, type Tunnel } from "../../host/config/configuration.ts";

const FOLDER = fileURLToPath(new URL("../../../shared/captures/dev/", import.meta.url));

/** Why tests over these captures are skipped, when they are. */
export const ABSENT = `there are no captures in ${FOLDER}`;

/** A private endpoint proposed for a capture. */
export interface Proposal {
  file: string;
  pe_ip: string;
  pe_port: number;
  proto: "tcp" | "udp";
  encap: string | null;
  backend: { ip: string; port: number };
  /** By what name its flows are to be filtered, and the names that are the endpoint's own. */
  filter: "sni" | "host" | "none";
  allow: string[];
  flows: {
    client: string;
    client_port: number;
    names: string[];
    verdict: "allowed" | "other_name" | "without_name" | "unfiltered";
    pkts_to_pe: number;
    pkts_from_pe: number;
    has_syn: boolean;
  }[];
}

/** What an independent reader found in a capture. */
export interface Truth {
  packets: number;
  /** Of these, those that came over a network: the rest are system calls, journal entries and the like. */
  network_packets?: number;
}

export interface SharedCapture {
  file: string;
  path: string;
  truth: Truth;
  configuration: Configuration;
  /** Those over IPv4, in tunnels too. */
  proposals: Proposal[];
  /** TCP packets of the proposed endpoints' flows; undefined where the path does not read that far yet. */
  endpointPackets: number | undefined;
}

function allProposals(): Proposal[] {
  if (!existsSync(`${FOLDER}pe-configs.json`)) return [];
  return JSON.parse(readFileSync(`${FOLDER}pe-configs.json`, "utf8")) as Proposal[];
}

/** Proposals over IPv6 that is in no tunnel, and the capture's place. */
export const ipv6Proposals = (): { proposal: Proposal; path: string }[] =>
  allProposals()
    .filter(({ pe_ip, encap }) => pe_ip.includes(":") && encap === null)
    .map((proposal) => ({ proposal, path: FOLDER + proposal.file }));

/** All captures, none when the folder is absent. */
export function sharedCaptures(): SharedCapture[] {
  const proposals = allProposals();
  if (proposals.length === 0) return [];
  const files = [...readdirSync(FOLDER), ...readdirSync(`${FOLDER}malformed`).map((file) => `malformed/${file}`)];
  return files
    .filter((file) => /\.(pcap|pcapng|pcap\.gz)$/.test(file))
    .map((file) => {
      const readable = proposals.filter((each) => each.file === file && !each.pe_ip.includes(":"));
      const proposed = readable.filter(({ proto }) => proto === "tcp");
      return {
        file,
        path: FOLDER + file,
        truth: JSON.parse(readFileSync(`${FOLDER + file}.truth.json`, "utf8")) as Truth,
        configuration: configurationFor(readable),
        proposals: proposed,
        endpointPackets: proposed.length > 0 && proposed.length === readable.length ? packetsOf(proposed) : undefined,
      };
    });
}

const packetsOf = (proposals: Proposal[]): number =>
  proposals.flatMap(({ flows }) => flows).reduce((sum, flow) => sum + flow.pkts_to_pe + flow.pkts_from_pe, 0);

const TUNNELS: Tunnel[] = [{ type: "vxlan" }, { type: "geneve" }, { type: "nvgre" }, { type: "gre" }];

/** One endpoint, service and load balancer for each proposed address; a stand-in where none can be had. */
function configurationFor(proposals: Proposal[]): Configuration {
  const addresses = [...new Set(proposals.map(({ pe_ip }) => pe_ip))];
  if (addresses.length === 0) addresses.push("192.0.2.4");
  return markChecked({
    virtualNetworks: [
      { name: "consumer", addressSpace: [] },
      { name: "provider", addressSpace: [] },
    ],
    privateEndpoints: addresses.map((address) => ({
      name: `pe-${address}`,
      virtualNetwork: "consumer",
      privateIPAddress: address,
      privateLinkService: `service-${address}`,
      connectionState: "Approved" as const,
    })),
    privateLinkServices: addresses.map((address, i) => ({
      name: `service-${address}`,
      virtualNetwork: "provider",
      loadBalancer: `balancer-${address}`,
      loadBalancerFrontendIPConfigurations: ["frontend"],
      natAddresses: [`10.254.0.${i + 1}`],
    })),
    loadBalancers: addresses.map((address) =>
      balancerFor(
        address,
        proposals.filter(({ pe_ip }) => pe_ip === address),
      ),
    ),
    settings: {
      ...DEFAULT_SETTINGS,
      maxFlows: 5000,
      midStream: "admit",
      endpointSources: "admit",
      // Direct replays, which do without comparison, are for captures without tunnels.
      tunnels: proposals.some(({ encap }) => encap !== null) ? TUNNELS : [],
    },
  });
}

function balancerFor(address: string, proposals: Proposal[]): Configuration["loadBalancers"][number] {
  const pools =
    proposals.length > 0 ? proposals : [{ backend: { ip: "10.255.0.10", port: 443 }, pe_port: 443, proto: "tcp" }];
  return {
    name: `balancer-${address}`,
    frontendIPConfigurations: [{ name: "frontend", privateIPAddress: "10.254.1.1" }],
    backendAddressPools: pools.map(({ backend, pe_port }) => ({
      name: `pool-${pe_port}`,
      backends: [{ address: backend.ip, weight: 1, state: "up" as const }],
    })),
    loadBalancingRules: pools.map(({ backend, pe_port, proto }) => ({
      name: `rule-${pe_port}`,
      frontendIPConfiguration: "frontend",
      backendAddressPool: `pool-${pe_port}`,
      protocol: proto === "udp" ? ("Udp" as const) : ("Tcp" as const),
      frontendPort: pe_port,
      backendPort: backend.port,
      loadDistribution: "Default" as const,
      enableTcpReset: false,
    })),
  };
}
