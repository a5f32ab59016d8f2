// Whether a tuple may open a flow, and the flow it opens (behaviour 3, steps 8 to 14).
import type { ConnectionState } from "../../host/config/configuration.ts";
import { comesFromHost } from "./martian.ts";
import { addressOf } from "./address.ts";
import { allowedBy } from "./endpoint-rules.ts";
import { type DeniedFlow, type Flow, noDirection, stateWithoutPackets, type Tuple, tupleKey } from "./flow.ts";
import { RELEASE_WHEN_FULL } from "./flows.ts";
import { ofFlow } from "./consumer.ts";
import { providerKey, translated } from "./forward.ts";
import { Inspection } from "./inspection.ts";
import { Stream } from "./stream-judge.ts";
import { TCP } from "./ip.ts";
import { pick } from "./mix.ts";
import type { NatPort } from "./nat.ts";
import type { Arrival, Decision, Path } from "./path.ts";
import { proxyOf } from "./proxy.ts";
import { type Backend, type Rule, ruleOf } from "./service.ts";
import { isTooBig, serviceFamily, serviceMtu } from "./size.ts";
import { isBeginning, type Transport } from "./transport.ts";
import { wordsOf } from "./words.ts";

const NO_FLOW = -1;
const REFUSED_CONNECTIONS: Partial<Record<ConnectionState, string>> = {
  Pending: "connection-pending",
  Rejected: "connection-rejected",
  Disconnected: "connection-disconnected",
  Refused: "connection-refused",
};

/** Opens a flow and forwards its first packet, or says why not. `denied` is the tuple's live denied flow. */
export function admit(
  path: Path,
  arrival: Arrival,
  transport: Transport,
  tuple: Tuple,
  denied: DeniedFlow | undefined,
): Decision | string {
  const { flows, settings } = path;
  const { service, connectionState, rules } = tuple.endpoint;
  if (!comesFromHost(arrival.ip)) return "martian-source";
  if (!path.networks.reaches(tuple.network, tuple.client, tuple.endpoint)) return "endpoint-unreachable";
  const refused = REFUSED_CONNECTIONS[connectionState];
  if (refused !== undefined) return refused;
  if (rules !== undefined && !allowedBy(rules, tuple)) return "endpoint-rule-denied";
  const rule = ruleOf(service, tuple.protocol, tuple.endpointPort);
  if (rule === undefined) return "no-rule";
  if (rule.identify !== "address" && tuple.protocol !== TCP) return "udp-not-identified";
  const readsStream = rule.identify !== "address" || tuple.endpoint.proxy !== undefined;
  if (arrival.ip.kind === "fragment" && tuple.protocol === TCP && readsStream) return "fragment";
  if (isTooBig(path, arrival, serviceMtu(tuple.endpoint), NO_FLOW, serviceFamily(tuple.endpoint)))
    return "packet-too-big";
  const midStream = tuple.protocol === TCP && !isBeginning(transport);
  if (midStream && settings.midStream !== "admit") return "mid-stream";
  const backend = preferred(rule, arrival.packet.backend) ?? backendOf(path, tuple, rule);
  if (backend === undefined) return "no-backend";
  if (!clientHasRoom(path, tuple)) return "client-flows-full";
  if (!flows.numbers.hasRoom()) flows.takeDue(RELEASE_WHEN_FULL);
  const evicts = tuple.protocol === TCP && !midStream && settings.whenFull === "evict";
  if (!flows.numbers.hasRoom() && evicts) evict(path, flows.oldestOpening(), false);
  if (!flows.numbers.hasRoom()) return "flow-table-full";
  const target = rule.frontend ?? backend.address;
  const port = natPort(path, tuple, target) ?? (evicts ? portTakenOver(path, tuple, target) : undefined);
  if (port === undefined) return "nat-exhausted";
  if (denied !== undefined) flows.release(denied, false);
  const flow = opened(path, arrival, tuple, { rule, backend, target, port, midStream });
  flows.add(flow);
  path.counters.created(tuple.endpoint.name, backend.name);
  flow.first.translated = translated(arrival, transport, flow).bytes.slice(0, arrival.ip.at);
  const reason = midStream ? "mid-stream-admitted" : "new-flow";
  if (rule.identify !== "address") {
    flow.inspection = new Inspection(rule.identify);
    if (rule.everyRequest) flow.inspection.stream = new Stream();
  }
  flow.proxy = proxyOf(flow);
  return ofFlow(path, arrival, transport, flow, reason);
}

/** Whether a client may have one flow more (behaviour 20.6). */
function clientHasRoom({ flows, settings: { maxFlowsPerClient: most, shards } }: Path, tuple: Tuple): boolean {
  if (most === undefined) return true;
  const share = Math.ceil(most / shards);
  if (flows.ofClient(tuple) >= share) flows.takeDue(RELEASE_WHEN_FULL);
  return flows.ofClient(tuple) < share;
}

function backendOf({ mix }: Path, tuple: Tuple, { table, distribution }: Rule): Backend | undefined {
  if (table.length === 0) return undefined;
  const { low, high } = wordsOf(mix, tuple, distribution);
  return table[pick(mix(low, high), table.length)];
}

/** The backend that a packet asks for, if new flows may go to it. */
function preferred({ pool }: Rule, address: string | undefined): Backend | undefined {
  if (address === undefined) return undefined;
  const number = addressOf(address);
  return pool.find((backend) => backend.address === number && backend.takes);
}

function natPort({ nat, flows }: Path, tuple: Tuple, target: number): NatPort | undefined {
  const port = nat.take(tuple, target, flows.nowTick);
  if (port !== undefined || flows.takeDue(RELEASE_WHEN_FULL) === 0) return port;
  return nat.take(tuple, target, flows.nowTick);
}

/** Ends an opening flow in favour of another one. */
function evict(path: Path, flow: Flow | undefined, keepsPort: boolean): void {
  if (flow === undefined) return;
  path.counters.flows.evicted++;
  path.flows.release(flow, false, keepsPort);
}

function portTakenOver(path: Path, tuple: Tuple, target: number): NatPort | undefined {
  const oldest = path.nat.oldestOpening(tuple, target);
  if (oldest === undefined) return undefined;
  evict(path, oldest, true);
  return { address: oldest.nat, port: oldest.natPort, pool: oldest.pool };
}

interface Found {
  rule: Rule;
  backend: Backend;
  target: number;
  port: NatPort;
  midStream: boolean;
}

function opened({ flows }: Path, { packet, ip }: Arrival, tuple: Tuple, found: Found): Flow {
  const { rule, backend, target, port, midStream } = found;
  const backendPort = rule.backendPort === 0 ? tuple.endpointPort : rule.backendPort;
  const header = packet.frame.slice(0, ip.at);
  return {
    ...tuple,
    denied: false,
    number: flows.numbers.take(),
    key: tupleKey(tuple),
    epoch: flows.epoch,
    providerKey: providerKey(tuple.endpoint.service.network, tuple.protocol, {
      source: target,
      sourcePort: backendPort,
      destination: port.address,
      destinationPort: port.port,
    }),
    midStream,
    state: stateWithoutPackets(tuple.protocol, midStream),
    rule,
    backend,
    target,
    backendPort,
    nat: port.address,
    natPort: port.port,
    pool: port.pool,
    first: { link: packet.link, header, translated: header },
    firstSeen: flows.now,
    lastSeen: flows.now,
    toService: noDirection(),
    toConsumer: noDirection(),
  };
}
