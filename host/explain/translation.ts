// The stages that choose where a flow goes, change packets, and look at what clients say, told.

import * as Abi from "../abi.ts";
import { resourceOf } from "../dns/records.ts";
import { REASONS } from "../reasons.ts";
import { endText } from "./end.ts";
import { proxyHeaderText } from "./proxy-header.ts";
import { flowOf, flowText, type Meaning, type Telling } from "./stage.ts";

const ANSWERS: Record<number, string> = {
  [Abi.TRACE_TIME_EXCEEDED]: "ICMP time exceeded",
  [Abi.TRACE_RESET]: "RST",
  [Abi.TRACE_TOO_BIG]: "ICMP that the packet is too big",
  [Abi.TRACE_ECHO]: "ICMP echo reply",
};
/** What comes of a segment, by SEGMENT_. */
const FATES = ["dropped by itself", "the flow is refused with it", "let through, as the configuration allows it"];
const DIRECTIONS = ["consumer", "provider"];
const NAMES_TOLD = 3;

const backendName = (number: number, { names }: Meaning): string =>
  names.backends[number]?.address ?? `number ${number}`;
const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;

/** What was expected of a client, by EXPECT_. */
const EXPECTED: Record<number, string> = {
  [Abi.EXPECT_NOTHING]: "nothing more",
  [Abi.EXPECT_FIRST]: "its first message",
  [Abi.EXPECT_HELLO]: "a ClientHello",
  [Abi.EXPECT_TDS_HELLO]: "a ClientHello in TDS",
  [Abi.EXPECT_AFTER]: "what follows its ClientHello",
  [Abi.EXPECT_ANSWER]: "the server's answer",
  [Abi.EXPECT_REQUEST]: "a request",
};

const expectation = (expects: number): string => EXPECTED[expects] ?? "the rest of a chunked body";

/** By stage. */
export const TRANSLATION: Record<number, Telling> = {
  [Abi.STAGE_CANDIDATE]: {
    stage: "candidate",
    tell([backend = 0, takes = 0], meaning) {
      const address = backendName(backend, meaning);
      const { state = "", adminState = "None" } = meaning.names.backends[backend] ?? {};
      return {
        decided: `${address} ${takes === 1 ? whyTaken(state, adminState) : whyLeft(state, adminState)}`,
        looked: {
          backend: address,
          takesFlows: takes === 1,
          state,
          ...(adminState === "None" ? {} : { adminState }),
        },
      };
    },
  },
  [Abi.STAGE_BALANCE]: {
    stage: "load balancing",
    tell([, hash = 0, slot = 0, slots = 0, backend = 0, members = 0], meaning, { reason }) {
      if (reason !== undefined)
        return { decided: "no backend of the pool takes new flows", looked: { backends: members } };
      const address = backendName(backend, meaning);
      if (slot === Abi.TRACE_NONE)
        return {
          decided: `${address}, which the packet was captured at`,
          looked: { backend: address, backends: members },
        };
      return {
        decided: `${address}: hash ${hex(hash)} picks place ${slot} of ${slots}`,
        looked: { backend: address, hash: hex(hash), place: slot, places: slots, backends: members },
      };
    },
  },
  [Abi.STAGE_RESET]: {
    stage: "RST",
    tell([sequence = 0, hasExpected = 0, expected = 0, hasSent = 0, sent = 0], _meaning, { reason }) {
      const looked = {
        sequence,
        ...(hasExpected === 1 ? { acknowledged: expected } : {}),
        ...(hasSent === 1 ? { sent } : {}),
      };
      const range = `acknowledged up to ${hasExpected === 1 ? expected : "nothing"}, sent up to ${hasSent === 1 ? sent : "nothing"}`;
      return { decided: `${sequence} is ${reason === undefined ? "" : "not "}in sequence: ${range}`, looked };
    },
  },
  [Abi.STAGE_ROOM]: {
    stage: "room",
    tell: ([flows = 0, most = 0]) => ({
      decided: `${flows} of ${most} flows are there`,
      looked: { flows, maxFlows: most },
    }),
  },
  [Abi.STAGE_CLIENT]: {
    stage: "client",
    tell: ([flows = 0, most = 0]) => ({
      decided: `has ${flows} of ${most} flows`,
      looked: { flows, maxFlowsPerClient: most },
    }),
  },
  [Abi.STAGE_NAT_PORT]: {
    stage: "NAT port",
    tell([nat = 0, slot = 0, port = 0, inUse = 0], { names }, { reason }) {
      const natAddress = names.natAddresses[nat] ?? "";
      const { backend, protocol } = names.poolSlot(slot);
      const looked = { natAddress, backend, protocol, inUse };
      if (reason !== undefined) return { decided: `${natAddress} has none free towards ${backend}`, looked };
      return {
        decided: `${natAddress}:${port}, one of ${inUse} in use towards ${backend}`,
        looked: { ...looked, port },
      };
    },
  },
  [Abi.STAGE_OPENED]: {
    stage: "opened",
    tell([number = 0], meaning) {
      const flow = flowOf(number, meaning);
      return { decided: flowText(flow), looked: flow };
    },
  },
  [Abi.STAGE_JUDGED]: {
    stage: "change",
    tell([number = 0], meaning, { reason }) {
      const flow = flowOf(number, meaning);
      const fate =
        reason === undefined
          ? "stays after the change of the configuration"
          : reason === "backend-drained"
            ? "is cut: its backend's time to drain is over"
            : "is cut after the change of the configuration";
      return { decided: `${flowText(flow)} ${fate}`, looked: flow };
    },
  },
  [Abi.STAGE_REWRITE]: {
    stage: "rewrite",
    tell([source = 0, destination = 0, ports = 0, newSource = 0, newDestination = 0, newPorts = 0], _, { six }) {
      const [from, to, newFrom, newTo] = six;
      const before = `${endText(from, source, sourceOf(ports))} > ${endText(to, destination, destinationOf(ports))}`;
      const after = `${endText(newFrom, newSource, sourceOf(newPorts))} > ${endText(newTo, newDestination, destinationOf(newPorts))}`;
      return { decided: `${before} becomes ${after}`, looked: { before, after } };
    },
  },
  [Abi.STAGE_COUNTERPART]: {
    stage: "ICMP family",
    tell([before = 0, after = 0, rest = 0, toSix = 0], _, { reason }) {
      const [from, to] = toSix === 1 ? ["ICMP", "ICMPv6"] : ["ICMPv6", "ICMP"];
      const type = `${from} ${typeAndCode(before)}`;
      if (reason !== undefined) return { decided: `${type} has no counterpart in ${to}`, looked: { type } };
      const counterpart = `${to} ${typeAndCode(after)}`;
      return { decided: `${type} becomes ${counterpart}`, looked: { type, counterpart, rest } };
    },
  },
  [Abi.STAGE_MSS]: {
    stage: "MSS",
    tell: ([before = 0, after = 0]) => ({ decided: `${before} becomes ${after}`, looked: { before, after } }),
  },
  [Abi.STAGE_NAME]: {
    stage: "name",
    tell([index = 0, length = 0], meaning, { text }) {
      if (length === 0) return { decided: "none is in the message", looked: {} };
      if (index === Abi.TRACE_NONE)
        return { decided: `${text} is none of ${resourceText(meaning)}`, looked: { name: text } };
      const allowed = meaning.names.resourceNames[index] ?? "";
      return { decided: `${text} is the resource's own`, looked: { name: text, allowed } };
    },
  },
  [Abi.STAGE_MESSAGE]: {
    stage: "message",
    tell([before = 0, after = 0, taken = 0, length = 0, outcome = 0, held = 0], _, { reason }) {
      const looked = { expected: expectation(before), bytes: length, judged: taken, held: held === 1 };
      const bytes = `${length} bytes${held === 1 ? " in the hold pool" : ""}`;
      if (reason !== undefined) return { decided: `${bytes} where ${expectation(before)} is expected`, looked };
      if (outcome === Abi.TRACE_MORE) return { decided: `${bytes} are not all of ${expectation(before)}`, looked };
      if (outcome === Abi.TRACE_PASS_ALL) return { decided: "it may pass, and all that follows", looked };
      return {
        decided: `it may pass; ${expectation(after)} comes next`,
        looked: { ...looked, next: expectation(after) },
      };
    },
  },
  [Abi.STAGE_SEGMENT]: {
    stage: "segment",
    tell([sequence = 0, due = 0, bytes = 0, what = 0, code = 0]) {
      const fate = FATES[what] ?? "";
      if (sequence === Abi.TRACE_NONE) return { decided: `its TCP header is cut short: ${fate}`, looked: { fate } };
      const looked = { sequence, ...(due === Abi.TRACE_NONE ? {} : { due }), bytes, fate };
      if (code === Abi.REASON_HELD_RETRANSMISSION)
        return { decided: `${bytes} bytes that are known already: ${fate}`, looked };
      const against = what === Abi.SEGMENT_ALLOWED ? ` (${REASONS[code]?.name})` : "";
      return { decided: `${bytes} bytes${placeOf(sequence, due)}: ${fate}${against}`, looked };
    },
  },
  [Abi.STAGE_OTHER_BEGINNING]: {
    stage: "beginning",
    tell: ([acknowledged = 0, began = 0]) => ({
      decided: `the server acknowledges ${acknowledged} of a stream that began at ${began}: it speaks of another connection`,
      looked: { acknowledgement: acknowledged, began },
    }),
  },
  [Abi.STAGE_HELD]: {
    stage: "hold",
    tell: ([segments = 0]) => ({
      decided: `kept until its message is complete, one of ${segments}`,
      looked: { segments },
    }),
  },
  [Abi.STAGE_LET_GO]: {
    stage: "let go",
    tell: ([offset = 0, length = 0]) => ({
      decided: `a held segment of ${length} bytes, from byte ${offset} on`,
      looked: { offset, bytes: length },
    }),
  },
  [Abi.STAGE_PROXY_HEADER]: {
    stage: "PROXY header",
    tell([bytes = 0, alone = 0], _, { text: header }) {
      const where = alone === 1 ? "in a packet of its own" : "in front of the packet's data";
      const { text, ...says } = proxyHeaderText(Uint8Array.from(header, (character) => character.charCodeAt(0)));
      return { decided: `${bytes} bytes ${where}: ${text}`, looked: { bytes, alone: alone === 1, ...says } };
    },
  },
  [Abi.STAGE_PROXY_SHIFT]: {
    stage: "PROXY shift",
    tell([before = 0, after = 0, acknowledgement = 0]) {
      const what = acknowledgement === 1 ? "acknowledgement" : "sequence";
      return { decided: `${what} number ${before} becomes ${after}`, looked: { number: what, before, after } };
    },
  },
  [Abi.STAGE_ANSWER]: {
    stage: "answer",
    tell([what = 0, side = 0]) {
      const packet = ANSWERS[what] ?? "";
      return {
        decided: `${packet} to the ${DIRECTIONS[side]}'s side`,
        looked: { packet, side: DIRECTIONS[side] ?? "" },
      };
    },
  },
};

function whyTaken(state: string, adminState: string): string {
  if (adminState === "Up") return "takes new flows: its adminState is Up";
  if (state === "up") return "takes new flows";
  return `takes new flows though it is ${state}, as no other of the pool does (AllProbedUp)`;
}

function whyLeft(state: string, adminState: string): string {
  if (state === "draining") return "takes none: it is draining";
  if (adminState === "Down") return "takes none: its adminState is Down";
  return state === "up" || adminState === "Up" ? "takes none: its weight is 0" : `takes none: it is ${state}`;
}

/** The resource of the packet's endpoint, and the first few of its names. */
function resourceText({ endpoint, configuration }: Meaning): string {
  const own = configuration.privateEndpoints.find(({ name }) => name === endpoint);
  const resource = own === undefined ? undefined : resourceOf(configuration, own);
  if (resource === undefined) return "the names of the endpoint's resource";
  const { name, groupId, names } = resource;
  const more = names.length > NAMES_TOLD ? ", ..." : "";
  const group = groupId === undefined ? "" : ` (${groupId})`;
  return `the names of ${name}${group}: ${names.slice(0, NAMES_TOLD).join(", ")}${more}`;
}

/** Where bytes lie in a client's stream. */
function placeOf(sequence: number, due: number): string {
  if (due === Abi.TRACE_NONE) return " of a stream whose beginning is not known";
  const distance = (sequence - due) | 0;
  if (distance === 0) return ", the next that are due";
  return distance > 0 ? `, ${distance} behind those that are due` : `, ${-distance} before those that are due`;
}

const typeAndCode = (both: number): string => `type ${both >>> 8}, code ${both & 255}`;

/** A source's and a destination's port in the lower half of a number; undefined where a packet has none. */
const sourceOf = (ports: number): number | undefined => (ports === 0 ? undefined : ports);
const destinationOf = (ports: number): number | undefined => (ports === 0 ? undefined : ports >>> 16);
