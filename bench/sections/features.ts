// What a feature costs on the path that uses it, beside plain IPv4: fragments, tunnels that are opened, IPv6, sizes, ICMP errors, shards;
// and, beside reading out what leaves, what a host makes of it: encapsulation, the legs of DASH. Every subject has a plane of its own,
// opened with the same flows, and takes turns with the plain one.

import * as Abi from "../../host/abi.ts";
import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import { measuredConfiguration, SERVICE_PORT } from "../../host/measure/configuration.ts";
import { intervalOf } from "../../host/measure/interval.ts";
import { type Series, type Subject, takeTurns } from "../../host/measure/rounds.ts";
import { emptySection, type Section } from "../../host/measure/row.ts";
import { BATCH, rateRow, ratioRow, sameRow } from "../../host/measure/rung.ts";
import { createPlane, type Plane } from "../../host/plane.ts";
import { answerTo, datagramFrame, errorBy, fragmentsOf, identify, inVxlan } from "../datagrams.ts";
import { bothLegs, consumerLeg, encapsulating, mapping, readOut, type Take } from "../leaving.ts";
import type { Say } from "../plan.ts";

const FLOWS = 1000;
const BATCHES = 300;
/** Of what is read out of the core, which takes ten times as long and more. */
const READ_BATCHES = 200;
const ROUNDS = 15;
const SHARDS = 4;
const PORT_FIRST = 5000;
const ENDPOINT = Uint8Array.of(10, 128, 0, 4);
const CLIENT = Uint8Array.of(10, 0, 0, 1);
const ENDPOINT6 = "fd00:1::4";
const ADDRESS6 = Uint8Array.of(0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4);
const CLIENT6 = Uint8Array.of(0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
const BACKENDS6 = 64;

/** Packets on the side that has the number of their network. */
interface Played {
  side: number;
  frames: Uint8Array[];
}

interface Variant {
  name: string;
  /** What the ratio is to; plain IPv4 when absent. */
  to?: string;
  change?: (configuration: Configuration) => void;
  /** IPv6 clients. */
  six?: boolean;
  /** What is played instead of a datagram. */
  as?: (datagram: Uint8Array) => Uint8Array[];
  /** What is made of each packet that leaves; nothing reads it when absent. */
  takes?: (plane: Plane) => Take;
}

/** Ends the name of a subject that is another one a second time. */
const AGAIN = ", again";
const PLAIN_NAME = "IPv4, UDP, 98 bytes, both directions";
const READ_NAME = "plain, what leaves read out of the core, a copy of each";
const SHARDED_NAME = `${SHARDS} shards in one thread`;
const sharded = ({ settings }: Configuration): void => void Object.assign(settings, { shards: SHARDS });
const opening = ({ settings }: Configuration): void => void Object.assign(settings, { tunnels: [{ type: "vxlan" }] });

const VARIANTS: Variant[] = [
  { name: PLAIN_NAME },
  { name: `${PLAIN_NAME}${AGAIN}` },
  { name: "in two fragments, in order", as: fragmentsOf },
  { name: "in two fragments, the last one first", as: (datagram) => fragmentsOf(datagram).reverse() },
  { name: "an ICMP error about each", as: (datagram) => [errorBy(datagram)] },
  { name: "plain, while tunnels are opened", change: opening },
  { name: "in VXLAN, opened", change: opening, as: (datagram) => [inVxlan(datagram)] },
  { name: "6 to 6", change: toSix, six: true },
  { name: "6 to 4", change: dualStack, six: true },
  { name: "4 to 4, where there is IPv6", change: dualStack },
  {
    name: "with packetTooBig: answer",
    change: ({ settings }) => void Object.assign(settings, { packetTooBig: "answer" }),
  },
  { name: SHARDED_NAME, change: sharded },
  { name: `${SHARDED_NAME}, two fragments, in order`, to: SHARDED_NAME, change: sharded, as: fragmentsOf },
  {
    name: `${SHARDED_NAME}, two fragments, the last one first`,
    to: SHARDED_NAME,
    change: sharded,
    as: (datagram) => fragmentsOf(datagram).reverse(),
  },
  { name: READ_NAME, takes: readOut },
  { name: `${READ_NAME}${AGAIN}`, to: READ_NAME, takes: readOut },
  {
    name: "read out in VXLAN over IPv4",
    to: READ_NAME,
    change: encapsulating("vxlan", "192.0.2.1", "192.0.2.2"),
    takes: readOut,
  },
  {
    name: "read out in NVGRE over IPv6",
    to: READ_NAME,
    change: encapsulating("nvgre", "2001:db8::1", "2001:db8::2"),
    takes: readOut,
  },
  { name: "DASH, the consumer's leg", to: READ_NAME, change: mapping, takes: consumerLeg },
  { name: "DASH, the consumer's and the provider's leg", to: READ_NAME, change: mapping, takes: bothLegs },
];

export async function measureFeatures(say: Say): Promise<Section> {
  const section = emptySection(
    "features",
    `What features cost that a packet uses: ${FLOWS.toLocaleString("en")} established flows, batches of ${BATCH}`,
  );
  section.notes.push(
    `Every variant has a plane of its own and takes turns with the plain one, ${ROUNDS} rounds. A packet is what comes in: a datagram in two fragments counts as two. A rate is that of a turn's median call. Every packet has to leave. Of what is read out, and of what a host makes of it, all is timed.`,
  );
  const subjects: Subject[] = [];
  for (const variant of VARIANTS) subjects.push(await subjectOf(variant));
  say(subjects.map(({ name }) => name).join("; "));
  const all = await takeTurns(subjects, ROUNDS);
  const [plain, again, ...others] = all as [Series, Series, ...Series[]];
  section.rows.push(rateRow(PLAIN_NAME, plain), sameRow(section, `${PLAIN_NAME}${AGAIN} / itself (A/A)`, plain, again));
  for (const series of others) {
    const to = VARIANTS.find(({ name }) => name === series.name)?.to;
    const base = to === undefined ? plain : (all.find(({ name }) => name === to) as Series);
    if (series.name.endsWith(AGAIN)) {
      section.rows.push(sameRow(section, `${series.name} / itself (A/A)`, base, series));
      continue;
    }
    section.rows.push(rateRow(series.name, series));
    section.rows.push(ratioRow(`${series.name} / ${to ?? "plain"}`, series, base));
  }
  return section;
}

/** A plane with its flows, and what is played to it. */
async function subjectOf(variant: Variant): Promise<Subject> {
  const { name, change, six = false, as = (datagram) => [datagram] } = variant;
  const configuration = structuredClone(measuredConfiguration(2 * FLOWS));
  change?.(configuration);
  const plane = await createPlane(markChecked(configuration));
  const played = opened(plane, six).map(({ side, frames }) => ({ side, frames: frames.flatMap(as) }));
  const take = variant.takes?.(plane);
  const batches = take === undefined ? BATCHES : READ_BATCHES;
  let datagram = 0;
  return {
    name,
    turn() {
      const calls: number[] = [];
      for (let batch = 0; batch < batches; batch++) {
        const first = datagram;
        for (let placed = 0; placed < BATCH; datagram++) placed += placeNext(plane, played, datagram);
        calls.push(timedRun(name, plane, (left) => taken(take, plane, played, first + left)));
      }
      return BATCH / (intervalOf(calls).median * 1e6);
    },
  };
}

/** Opens the flows: a request and an answer of each, which are played. */
function opened(plane: Plane, six: boolean): Played[] {
  return Array.from({ length: FLOWS }, (_, flow): Played[] => {
    const request = datagramFrame({
      source: six ? CLIENT6 : CLIENT,
      sourcePort: PORT_FIRST + flow,
      destination: six ? ADDRESS6 : ENDPOINT,
      destinationPort: SERVICE_PORT,
    });
    place(plane, request, Abi.SIDE_CONSUMER);
    plane.core.run();
    const left = plane.lastEmission();
    if (left === undefined) throw new Error("A flow to be measured was not admitted.");
    const answer = answerTo(left.bytes);
    return [
      { side: Abi.SIDE_CONSUMER, frames: [request] },
      { side: Abi.SIDE_PROVIDER, frames: [answer] },
    ];
  }).flat();
}

/** Places what is played of a datagram; how many packets. */
function placeNext(plane: Plane, played: readonly Played[], datagram: number): number {
  const { side, frames } = played[datagram % played.length] as Played;
  for (const frame of frames) {
    if (frames.length > 1) identify(frame, datagram);
    place(plane, frame, side);
  }
  return frames.length;
}

function place({ core }: Plane, frame: Uint8Array, side: number): void {
  core.place(frame, frame.length, side, Abi.LINK_ETHERNET, side, 1, 0);
}

/** Has what left of a run taken, packets that were not cut up, from a datagram on. */
function taken(take: Take | undefined, { core }: Plane, played: readonly Played[], datagram: number): void {
  if (take === undefined) return;
  for (let emit = 0; emit < core.emitCount; emit++) {
    const { side, frames } = played[(datagram + emit) % played.length] as Played;
    if (take(emit, frames[0] as Uint8Array, side) === undefined) throw new Error("Nothing came of a packet.");
  }
}

/** Has a batch handled, and what left after so many others taken; milliseconds. */
function timedRun(name: string, { core }: Plane, take: (left: number) => void): number {
  let left = 0;
  const start = performance.now();
  while (core.waiting > 0) {
    core.run();
    take(left);
    left += core.emitCount;
  }
  const time = performance.now() - start;
  if (left !== BATCH) throw new Error(`${name}: ${left} of ${BATCH} packets left.`);
  return time;
}

/** The endpoint has an IPv6 address beside its own. */
function dualStack({ privateEndpoints: [endpoint] }: Configuration): void {
  if (endpoint !== undefined) endpoint.privateIPv6Address = ENDPOINT6;
}

/** Endpoint, NAT addresses and backends of IPv6. */
function toSix({
  privateEndpoints: [endpoint],
  privateLinkServices: [service],
  loadBalancers: [balancer],
}: Configuration): void {
  if (endpoint === undefined || service === undefined || balancer === undefined) return;
  endpoint.privateIPAddress = ENDPOINT6;
  service.natAddresses = service.natAddresses.map((_, i) => `fd00:2::${i + 1}`);
  const backends = Array.from({ length: BACKENDS6 }, (_, i) => ({
    address: `fd00:3::${(i + 1).toString(16)}`,
    weight: 1,
    state: "up" as const,
  }));
  balancer.backendAddressPools = [{ name: "pool", backends }];
}
