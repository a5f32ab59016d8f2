// The shape of load balancers in a configuration file: frontends, pools of backends, and the rules that lead to them.

import * as z from "zod";
import { address, mac, name, port } from "./primitives.ts";

const DRAIN_SECONDS_MAX = 7_440;

export const backendState = z.enum(["up", "down", "draining"]);
export const adminState = z.enum(["None", "Up", "Down"]);
export const backendWeight = z.int().min(0).max(1000);

const backend = z.strictObject({
  address: address.describe("Address of the backend in the service's network, of the family of its NAT addresses."),
  weight: backendWeight.default(1).describe("Share of new flows relative to the others of its pool; 0 for none."),
  state: backendState
    .default("up")
    .describe("What its probe says. Only backends that are up take new flows; draining ones take none in any case."),
  adminState: adminState
    .optional()
    .describe(
      "Takes the place of the probe: Up always takes new flows, Down never does. Left out: None, the probe decides.",
    ),
  macAddress: mac.optional().describe("Destination MAC that Ethernet frames to it leave with."),
});

const idleTimeout = z
  .int()
  .min(4)
  .max(100)
  .optional()
  .describe("Idle timeout of established TCP flows, minutes (4 to 100). Left out: timers.tcpIdleSeconds.");
const enableTcpReset = z.boolean().default(false).describe("Send RST to both ends when an established flow idles out.");
const natPort = z.int().min(1).max(65_535);

const loadBalancingRule = z.strictObject({
  name: name.describe("Name of the rule."),
  frontendIPConfiguration: name.describe("Frontend it belongs to."),
  backendAddressPool: name.describe("Pool its flows go to."),
  protocol: z.enum(["Tcp", "Udp", "All"]).describe("Protocol; All is for all ports only."),
  frontendPort: port.describe("Port of the endpoint; 0 (with protocol All) for every port."),
  backendPort: port.optional().describe("Port of the backend; left out: the same. 0 leaves the port as it is."),
  loadDistribution: z
    .enum(["Default", "SourceIP", "SourceIPProtocol"])
    .default("Default")
    .describe("What chooses the backend: the five-tuple, the client's address, or that and the protocol."),
  idleTimeoutInMinutes: idleTimeout,
  enableTcpReset,
  identify: z
    .enum(["tls", "http", "auto", "address"])
    .default("address")
    .describe(
      "Where a flow says which resource it asks for: TLS server_name, HTTP Host, either, or nowhere (not filtered).",
    ),
  everyRequest: z
    .boolean()
    .optional()
    .describe(
      "With identify: http, look at every request of a connection, not only the first. Its packets cost more. Left out: false.",
    ),
  enableFloatingIP: z
    .boolean()
    .optional()
    .describe(
      "Leave packets addressed to the frontend, on the port they came to; only macAddress tells its backends apart then. Left out: false.",
    ),
});

const inboundNatRule = z.strictObject({
  name: name.describe("Name of the rule."),
  frontendIPConfiguration: name.describe("Frontend it belongs to."),
  backendAddressPool: name.describe("Pool whose backends have a port each, in their order."),
  protocol: z.enum(["Tcp", "Udp", "All"]).describe("Protocol; All is TCP and UDP."),
  frontendPortRangeStart: natPort.describe("Port of the first backend."),
  frontendPortRangeEnd: natPort.describe("Last port of the range, which has one for each backend at least."),
  backendPort: natPort.describe("Port of the backends."),
  idleTimeoutInMinutes: idleTimeout,
  enableTcpReset,
});

/** A load balancer of a provider. */
export const loadBalancer = z.strictObject({
  name: name.describe("Name of the load balancer."),
  frontendIPConfigurations: z
    .array(
      z.strictObject({
        name: name.describe("Name of the frontend."),
        privateIPAddress: address.describe(
          "Its address in the provider's network. Packets go there only with a rule's enableFloatingIP, else to backends directly.",
        ),
      }),
    )
    .min(1, "A load balancer needs a frontend. Add one.")
    .describe("Its frontends."),
  backendAddressPools: z
    .array(
      z.strictObject({
        name: name.describe("Name of the pool."),
        noHealthyBackendsBehavior: z
          .enum(["AllProbedDown", "AllProbedUp"])
          .optional()
          .describe(
            "When no backend takes new flows: AllProbedUp sends them to those that are down. Left out: AllProbedDown, they are refused.",
          ),
        drainPeriodInSeconds: z
          .number()
          .min(0)
          .max(DRAIN_SECONDS_MAX)
          .optional()
          .describe(
            `How long flows of a backend may go on once it is draining, seconds (0 to ${DRAIN_SECONDS_MAX}); then they are cut. Left out: until they end.`,
          ),
        backends: z
          .array(backend)
          .min(1, "A pool needs a backend. Add one.")
          .max(5000, "A pool has at most 5,000 backends. Split it.")
          .describe("Its backends, up to 5,000."),
      }),
    )
    .describe("Its pools of backends."),
  loadBalancingRules: z.array(loadBalancingRule).describe("Which port goes to which pool."),
  inboundNatRules: z
    .array(inboundNatRule)
    .optional()
    .describe("Which ports go to one backend each, whatever its state. Left out: none."),
});
