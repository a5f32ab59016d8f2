// The first packets of a flow, made from what is known of it: a SYN or a datagram, and, where the rule reads names, what the client
// says next.

import type { PrivateLinkService } from "../config/configuration.ts";
import { addressesOfEndpoint } from "../config/prefix.ts";
import type { Emission, Plane } from "../plane.ts";
import { FLAG } from "../measure/frame.ts";
import type { Explanation } from "./explanation.ts";
import { endsOf, frameBetween } from "./frame.ts";
import { clientHello, httpRequest } from "./message.ts";

/** A flow in words. */
export interface AskedFlow {
  protocol: "tcp" | "udp";
  client: string;
  clientPort: number;
  endpoint: string;
  endpointPort: number;
  /** Network of the client; may be absent when only one can be meant. */
  network?: string;
  /** What the client asks for, where rules read names. */
  name?: string;
}

const CLIENT_SEQUENCE = 1000;
const SERVER_SEQUENCE = 5000;
const STEP_NANOSECONDS = 1_000_000n;

/**
 * Sends the flow's first packets through a plane that has handled none, and explains each of the client's: the handshake's last where a
 * PROXY header leaves with it, and a first message where a name is given and the rule reads it.
 */
export function explainFlow(plane: Plane, flow: AskedFlow): Explanation[] {
  const client = new Client(plane, flow);
  const explanations = [client.sends(flow.protocol === "udp" ? 0 : FLAG.syn)];
  const [first] = explanations;
  const identify = identifyOf(explanations);
  const { name } = flow;
  if (flow.protocol === "udp" || first?.verdict !== "forward") return explanations;
  if (!client.isAnnounced && (name === undefined || identify === "address")) return explanations;
  client.isAnswered();
  explanations.push(client.sends(FLAG.ack));
  if (name === undefined || identify === "address") return explanations;
  const message = identify.startsWith("http") ? httpRequest(name) : clientHello(name);
  explanations.push(client.sends(FLAG.ack | FLAG.push, message));
  return explanations;
}

/** How the rule that the flow met identifies, `address` without one. */
export function identifyOf([first]: readonly Explanation[]): string {
  return String(first?.steps.find(({ stage }) => stage === "beginning")?.looked.identify ?? "address");
}

/** The client's side of a handshake. */
class Client {
  private readonly plane: Plane;
  private readonly flow: AskedFlow;
  private time = 0n;
  private sequence = CLIENT_SEQUENCE;
  private answered = false;
  private left: Emission | undefined;

  constructor(plane: Plane, flow: AskedFlow) {
    this.plane = plane;
    this.flow = flow;
  }

  /** Sends a packet, and gives its explanation. */
  sends(flags: number, data = new Uint8Array(0)): Explanation {
    const { flow } = this;
    const frame = frameBetween(flow.protocol, data, {
      source: { address: flow.client, port: flow.clientPort },
      destination: { address: flow.endpoint, port: flow.endpointPort },
      flags,
      sequence: this.sequence,
      acknowledgement: this.answered ? SERVER_SEQUENCE + 1 : 0,
    });
    this.time += STEP_NANOSECONDS;
    const network = flow.network === undefined ? {} : { network: flow.network };
    const explanation = this.plane.explain({ frame, time: this.time, ...network });
    this.sequence += data.length + (flags & FLAG.syn ? 1 : 0);
    this.left = explanation.left.length === 0 ? undefined : this.plane.lastEmission();
    return explanation;
  }

  /** Has the backend answer the SYN that left. */
  isAnswered(): void {
    const { left } = this;
    if (left === undefined) return;
    const { source, destination } = endsOf(left.bytes);
    const frame = frameBetween("tcp", new Uint8Array(0), {
      source: destination,
      destination: source,
      flags: FLAG.syn | FLAG.ack,
      sequence: SERVER_SEQUENCE,
      acknowledgement: this.sequence,
    });
    this.time += STEP_NANOSECONDS;
    this.plane.processFrame(frame, { side: "provider", network: this.service?.virtualNetwork ?? "", time: this.time });
    this.answered = true;
  }

  /** Whether the service behind the endpoint announces its clients by PROXY headers. */
  get isAnnounced(): boolean {
    return this.service?.enableProxyProtocol === true;
  }

  /** The service behind the endpoint. */
  private get service(): PrivateLinkService | undefined {
    const { privateEndpoints, privateLinkServices } = this.plane.configuration;
    const here = privateEndpoints.filter((each) => addressesOfEndpoint(each).includes(this.flow.endpoint));
    const own = here.find(({ virtualNetwork }) => virtualNetwork === this.flow.network) ?? here[0];
    return privateLinkServices.find(({ name }) => name === own?.privateLinkService);
  }
}
