// Established flows for a benchmark: opened through the plane itself, frames of both directions kept for replaying.

import * as Abi from "../assembly/abi.ts";
import { type Configuration, DEFAULT_SETTINGS, type LoadBalancer, markChecked } from "../host/config/configuration.ts";
import type { Core } from "../host/core.ts";
import { createPlane, type Plane } from "../host/plane.ts";

/** Bytes of a frame on the wire without its check sequence: the least Ethernet carries. */
export const FRAME_SIZE = 60;
const BACKENDS = 64;
const CLIENT_PORTS = 50_000;
const CLIENT_NETWORK = 0x0a000000;
const ENDPOINT = 0x0a800004;
const HTTPS = 443;
const SYN = 0x02;
const ACK = 0x10;

/** A plane with `flows` established TCP flows, and one frame of each direction of each of them. */
export interface EstablishedFlows {
  plane: Plane;
  /** FRAME_SIZE bytes each: request of flow 0, reply of flow 0, request of flow 1, ... */
  frames: Uint8Array;
  /** Time of the last packet, ns. */
  time: bigint;
}

/** One endpoint before a service with eight NAT addresses and 64 backends. */
export function benchConfiguration(maxFlows: number): Configuration {
  return markChecked({
    virtualNetworks: [
      { name: "consumer", addressSpace: [] },
      { name: "provider", addressSpace: [] },
    ],
    privateEndpoints: [
      {
        name: "endpoint",
        virtualNetwork: "consumer",
        privateIPAddress: "10.128.0.4",
        privateLinkService: "service",
        connectionState: "Approved",
      },
    ],
    privateLinkServices: [
      {
        name: "service",
        virtualNetwork: "provider",
        loadBalancer: "balancer",
        loadBalancerFrontendIPConfigurations: ["frontend"],
        natAddresses: Array.from({ length: 8 }, (_, i) => `172.16.0.${i + 1}`),
      },
    ],
    loadBalancers: [benchBalancer()],
    settings: { ...DEFAULT_SETTINGS, maxFlows },
  });
}

function benchBalancer(): LoadBalancer {
  const backends = Array.from({ length: BACKENDS }, (_, i) => ({
    address: `172.16.1.${i + 1}`,
    weight: 1,
    state: "up" as const,
  }));
  return {
    name: "balancer",
    frontendIPConfigurations: [{ name: "frontend", privateIPAddress: "172.16.2.1" }],
    backendAddressPools: [{ name: "pool", backends }],
    loadBalancingRules: [
      {
        name: "https",
        frontendIPConfiguration: "frontend",
        backendAddressPool: "pool",
        protocol: "Tcp",
        frontendPort: HTTPS,
        backendPort: HTTPS,
        loadDistribution: "Default",
        enableTcpReset: false,
      },
    ],
  };
}

/** Opens the flows: SYN, SYN-ACK and ACK of each go through the plane. */
export async function establish(flows: number): Promise<EstablishedFlows> {
  const plane = await createPlane(benchConfiguration(flows));
  const frames = new Uint8Array(flows * 2 * FRAME_SIZE);
  const syn = new Uint8Array(FRAME_SIZE);
  for (let first = 0; first < flows; first += Abi.LANE) {
    const last = Math.min(first + Abi.LANE, flows);
    for (let flow = first; flow < last; flow++) {
      writeRequest(syn, flow, SYN);
      place(plane.core, syn, Abi.SIDE_CONSUMER);
    }
    plane.core.run();
    for (let flow = first; flow < last; flow++) {
      const at = flow * 2 * FRAME_SIZE;
      writeRequest(frames.subarray(at, at + FRAME_SIZE), flow, ACK);
      const body = plane.core.u32(plane.core.emit(flow - first) + Abi.EMIT_BODY);
      answer(plane.core.bytes.subarray(body, body + FRAME_SIZE), frames.subarray(at + FRAME_SIZE, at + 2 * FRAME_SIZE));
    }
    for (let flow = first; flow < last; flow++) {
      const at = flow * 2 * FRAME_SIZE;
      place(plane.core, frames.subarray(at + FRAME_SIZE, at + 2 * FRAME_SIZE), Abi.SIDE_PROVIDER);
      place(plane.core, frames.subarray(at, at + FRAME_SIZE), Abi.SIDE_CONSUMER);
    }
    plane.core.run();
  }
  return { plane, frames, time: 1n };
}

export function place(core: Core, frame: Uint8Array, side: number): void {
  core.place(frame, frame.length, side, Abi.LINK_ETHERNET, side, 1, 0);
}

/** A request frame of a flow: Ethernet, IPv4 and TCP without payload; checksums are left for the plane to carry along. */
function writeRequest(frame: Uint8Array, flow: number, flags: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, FRAME_SIZE);
  frame.fill(0);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, 40);
  view.setUint8(22, 64);
  view.setUint8(23, Abi.PROTOCOL_TCP);
  view.setUint32(26, CLIENT_NETWORK + 1 + Math.floor(flow / CLIENT_PORTS));
  view.setUint32(30, ENDPOINT);
  view.setUint16(34, 1024 + (flow % CLIENT_PORTS));
  view.setUint16(36, HTTPS);
  view.setUint8(46, 0x50);
  view.setUint8(47, flags);
}

/** Turns a translated request round: what the backend answers. */
function answer(request: Uint8Array, reply: Uint8Array): void {
  reply.set(request);
  reply.set(request.subarray(30, 34), 26);
  reply.set(request.subarray(26, 30), 30);
  reply.set(request.subarray(36, 38), 34);
  reply.set(request.subarray(34, 36), 36);
  reply[22] = 64;
  reply[47] = SYN | ACK;
}
