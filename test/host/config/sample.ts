// A configuration without mistakes, and edits of it. Two of its networks use the same addresses, and no service stands behind one
// of its frontends.

import { parse } from "yaml";
import { ConfigurationError, type Problem } from "../../../host/config/problem.ts";

export const SAMPLE = `virtualNetworks:
  - name: consumer
    addressSpace: [10.1.0.0/16, 10.9.0.0/16]
    vlan: 10
  - name: tenant
    addressSpace: [10.1.0.0/16]
    vlan: [20, 30]
  - name: provider
    addressSpace: [10.2.0.0/16]
privateEndpoints:
  - name: pe-blob
    virtualNetwork: consumer
    privateIPAddress: 10.1.0.4
    privateLinkService: storage
    groupId: blob
  - { name: pe-vault, virtualNetwork: tenant, privateIPAddress: 10.1.0.4, privateLinkService: storage }
privateLinkServices:
  - name: storage
    virtualNetwork: provider
    loadBalancer: balancer
    loadBalancerFrontendIPConfigurations: [front]
    natAddresses: [10.2.1.4, 10.2.1.5]
loadBalancers:
  - name: balancer
    frontendIPConfigurations:
      - { name: front, privateIPAddress: 10.2.0.4 }
      - { name: spare, privateIPAddress: 10.2.0.5 }
    backendAddressPools:
      - name: servers
        backends: [{ address: 10.2.0.11, weight: 2 }, { address: 10.2.0.12 }]
    loadBalancingRules:
      - { name: https, frontendIPConfiguration: front, backendAddressPool: servers, protocol: Tcp, frontendPort: 443 }
      - { name: rest, frontendIPConfiguration: front, backendAddressPool: servers, protocol: All, frontendPort: 0 }
      - { name: other, frontendIPConfiguration: spare, backendAddressPool: servers, protocol: Tcp, frontendPort: 8443 }
networkSecurityGroups:
  - name: guard
    securityRules:
      - name: tills
        priority: 100
        access: Allow
        protocol: Tcp
        sourceAddressPrefixes: [10.1.4.0/24]
        destinationPortRanges: [440-443]
`;

/** An inbound NAT rule of the sample's balancer, as it is written. */
export const SSH = {
  name: "ssh",
  frontendIPConfiguration: "front",
  backendAddressPool: "servers",
  protocol: "Tcp",
  frontendPortRangeStart: 50_000,
  frontendPortRangeEnd: 50_009,
  backendPort: 22,
};

/** How the sentence begins that says what to do. */
export const ADVICE =
  /(^|[.] )(Add|Choose|Did you mean|Give|It may be one of|Name|Raise|Remove|Rename|Shorten|Split|Use|Write)\b/;

/** Text of the sample that is replaced, what replaces it, a caret before the token at fault, and the message. */
export type Mistaken = readonly [change: string, to: string, message: string];

/** The sample with one replacement, and where the caret was: line and column from 1. */
export function edited(change: string, to: string): { text: string; line: number; column: number } {
  const at = SAMPLE.indexOf(change);
  if (at < 0 || SAMPLE.includes(change, at + 1)) throw new Error(`The sample holds "${change}" not exactly once.`);
  const marked = SAMPLE.replace(change, () => to);
  const before = marked.slice(0, Math.max(marked.indexOf("^"), 0)).split("\n");
  return { text: marked.replace("^", ""), line: before.length, column: (before.at(-1) as string).length + 1 };
}

/** The value that the sample, or an edit of it, stands for. */
export function valueOf(text: string = SAMPLE): unknown {
  return parse(text);
}

/** What reading a configuration finds wrong: the error's code, and its problems; no error is `ACCEPTED`. */
export function complaint(read: () => unknown): { code: string; problems: readonly Problem[] } {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { code: error.code, problems: error.problems };
  }
  return { code: "ACCEPTED", problems: [] };
}
