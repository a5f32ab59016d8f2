// The stages that decide about a packet and a flow's first one, told.

import * as Abi from "../abi.ts";
import { rulesOfEndpoint } from "../config/endpoint-rules.ts";
import { REASONS } from "../reasons.ts";
import { flagsText } from "./packet-text.ts";
import { endText } from "./end.ts";
import { flowOf, flowText, type Meaning, type Telling } from "./stage.ts";

const SIDES = ["consumer", "provider"];
const PROTOCOLS: Record<number, string> = { 1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6" };
const STATES = ["opening", "established", "closing", "reset", "udp", "denied", "half-closed"];
const CONNECTIONS = ["Approved", "Pending", "Rejected", "Disconnected", "Refused"];
const IDENTIFIES = ["address", "tls", "http", "auto", "http, every request"];
export const ENDS = ["", "idle", "closed", "reset", "reused", "admitted", "refused", "cut", "evicted"];
const TTL_MAX = 255;
const FLOW = 1;
const KIND_REPLY = 4;

const known = (value: number | undefined): value is number => value !== undefined && value !== Abi.TRACE_NONE;
const endpointName = (number: number, { names }: Meaning): string => names.endpoints[number] ?? `number ${number}`;
const networkName = (number: number, { names }: Meaning): string => names.networks[number] ?? `number ${number}`;
const protocolName = (number: number): string => PROTOCOLS[number] ?? String(number);

/** By stage. */
export const ADMISSION: Record<number, Telling> = {
  [Abi.STAGE_PACKET]: {
    stage: "packet",
    tell([kind = 0, network = 0, given = 0, bits = 0], meaning, { reason }) {
      const name = networkName(network, meaning);
      const from =
        network === given ? "as given with the packet" : `by its VLAN tags; given was ${networkName(given, meaning)}`;
      const fault = REASONS.find((each) => each.name === reason);
      const decided = fault !== undefined && fault.verdict !== "forward" ? fault.sentence : `network ${name}, ${from}`;
      const looked = { network: name, side: SIDES[bits & 255] ?? "", reply: kind === KIND_REPLY };
      const protocol = (bits >>> 8) & 255;
      if (protocol === 0) return { decided, looked };
      const tcp = protocol === Abi.PROTOCOL_TCP ? { flags: flagsText((bits >>> 16) & 255) } : {};
      return { decided, looked: { ...looked, protocol: protocolName(protocol), ...tcp } };
    },
  },
  [Abi.STAGE_KIND]: {
    stage: "kind",
    tell: (_, __, { reason }) => ({
      decided: REASONS.find(({ name }) => name === reason)?.sentence ?? "",
      looked: {},
    }),
  },
  [Abi.STAGE_EMBEDDED]: {
    stage: "packet in it",
    tell([source = 0, destination = 0, ports = 0, protocol = 0], _, { six: [from6, to6], reason }) {
      if (reason !== undefined) return { decided: "it cannot be followed to a flow", looked: {} };
      const from = endText(from6, source, ports);
      const to = endText(to6, destination, ports >>> 16);
      const looked = { protocol: protocolName(protocol), source: from, destination: to };
      return { decided: `${looked.protocol} ${from} > ${to}`, looked };
    },
  },
  [Abi.STAGE_SIZE]: {
    stage: "size",
    tell: ([bytes = 0, mtu = 0]) => ({ decided: `${bytes} bytes where ${mtu} pass`, looked: { bytes, mtu } }),
  },
  [Abi.STAGE_ENDED]: {
    stage: "timer",
    tell([number = 0, end = 0], meaning) {
      const flow = flowOf(number, meaning);
      return { decided: `${flowText(flow)} ended: ${ENDS[end] ?? end}`, looked: { ...flow, end: ENDS[end] ?? end } };
    },
  },
  [Abi.STAGE_FLOW]: {
    stage: "flow",
    tell([number = 0, which = 0, lives = 0, state = 0, reason = 0], meaning) {
      if (!known(number)) return { decided: "none has its tuple", looked: {} };
      const alive = lives === 1;
      const flow = flowOf(number, meaning);
      const what = flowText(flow);
      if (which === FLOW)
        return {
          decided: alive ? `${what}, ${STATES[state]}` : `${what} has timed out`,
          looked: { ...flow, state: STATES[state] ?? "", alive },
        };
      const name = REASONS[reason]?.name ?? "";
      return {
        decided: alive ? `${what}, refused before as ${name}` : `${what} has timed out`,
        looked: { ...flow, refused: name, alive },
      };
    },
  },
  [Abi.STAGE_ENDPOINT]: {
    stage: "endpoint",
    tell([to = 0, from = 0], meaning) {
      const source = known(from) ? { source: endpointName(from, meaning) } : {};
      const says = known(to)
        ? `${endpointName(to, meaning)} has the destination's address`
        : "the destination is no endpoint's";
      const spoken = known(from) ? `; the source is ${endpointName(from, meaning)}'s` : "";
      return {
        decided: says + spoken,
        looked: { ...(known(to) ? { endpoint: endpointName(to, meaning) } : {}), ...source },
      };
    },
  },
  [Abi.STAGE_CAPTURED_REPLY]: {
    stage: "captured reply",
    tell: ([endpoint = 0], meaning) => ({
      decided: `from ${endpointName(endpoint, meaning)}, as captured behind the plane`,
      looked: { endpoint: endpointName(endpoint, meaning) },
    }),
  },
  [Abi.STAGE_NAT_ADDRESS]: {
    stage: "NAT address",
    tell: ([ours = 0]) => ({
      decided:
        ours === 1 ? "the destination is one of the network's services" : "the destination is none of the network's",
      looked: { natAddress: ours === 1 },
    }),
  },
  [Abi.STAGE_TTL]: {
    stage: "TTL",
    tell: ([ttl = 0], _, { reason }) => ({
      decided:
        reason === undefined
          ? String(ttl)
          : ttl === TTL_MAX
            ? "255: it cannot have been more before"
            : `${ttl}: it ends here`,
      looked: { ttl },
    }),
  },
  [Abi.STAGE_DENIED]: {
    stage: "denied flow",
    tell([number = 0, before = 0], meaning, { reason }) {
      const name = REASONS[before]?.name ?? "";
      const decided = reason === undefined ? "the stages are walked again" : "its reason stands until it is forgotten";
      return { decided, looked: { ...flowOf(number, meaning), refused: name } };
    },
  },
  [Abi.STAGE_SOURCE]: {
    stage: "source",
    tell: () => ({ decided: "no host has this address", looked: {} }),
  },
  [Abi.STAGE_REACH]: {
    stage: "reach",
    tell([network = 0, home = 0, near = 0], meaning, { reason }) {
      const [from, to] = [networkName(network, meaning), networkName(home, meaning)];
      const way = network === home ? `within ${to}` : `from ${from} to ${to}`;
      const against =
        near === 1
          ? `the source is in no address space of ${to} or its peers, nor behind a gateway that it may use`
          : "they are not peered, or not from both sides";
      return {
        decided: reason === undefined ? way : `${way}: ${against}`,
        looked: { network: from, endpointNetwork: to, peered: near === 1 },
      };
    },
  },
  [Abi.STAGE_CONNECTION]: {
    stage: "connection",
    tell: ([endpoint = 0, state = 0], meaning) => ({
      decided: CONNECTIONS[state] ?? String(state),
      looked: { endpoint: endpointName(endpoint, meaning), state: CONNECTIONS[state] ?? state },
    }),
  },
  [Abi.STAGE_ENDPOINT_RULES]: {
    stage: "endpoint rules",
    tell([filter = 0, index = 0, endpoint = 0], meaning, { reason }) {
      if (filter === 0) return { decided: "none apply", looked: {} };
      const name = endpointName(endpoint, meaning);
      const own = meaning.configuration.privateEndpoints.find((each) => each.name === name);
      const rule = own && known(index) ? rulesOfEndpoint(meaning.configuration, own)?.[index] : undefined;
      if (rule === undefined) return { decided: "no rule matches", looked: {} };
      const { priority, access } = rule;
      return {
        decided: `rule "${rule.name}" (priority ${priority}) ${reason === undefined ? "allows" : "denies"} it`,
        looked: { rule: rule.name, priority, access },
      };
    },
  },
  [Abi.STAGE_RULE]: {
    stage: "rule",
    tell([service = 0, rule = 0, protocol = 0, port = 0], { names }) {
      const on = `${protocolName(protocol)}/${port}`;
      const looked = { service: names.services[service] ?? service, protocol: protocolName(protocol), port };
      if (!known(rule)) return { decided: `none of ${looked.service} is for ${on}`, looked };
      const { name = "", backendPort = 0, backend, frontend } = names.rules[rule] ?? {};
      const to = backendPort === 0 ? port : backendPort;
      const only = backend === undefined ? "" : ` of ${backend} alone`;
      const address = frontend === undefined ? "" : `, addressed to the frontend ${frontend}`;
      return {
        decided: `${name}: ${on} to port ${to}${only}${address}`,
        looked: {
          ...looked,
          rule: name,
          backendPort: to,
          ...(backend === undefined ? {} : { backend }),
          ...(frontend === undefined ? {} : { frontend }),
        },
      };
    },
  },
  [Abi.STAGE_BEGINNING]: {
    stage: "beginning",
    tell([identify = 0, midStream = 0]) {
      const how = IDENTIFIES[identify] ?? "";
      const beginning = midStream === 1 ? "not the beginning of a connection" : "a beginning";
      return { decided: `${beginning}; identified by ${how}`, looked: { identify: how, midStream: midStream === 1 } };
    },
  },
};
