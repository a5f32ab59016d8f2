// What a move behind endpoints would come to: which of the captured flows would work, which would not and why, what the service's idle
// timeout would cut, and how many connections at once it takes. Collected while a capture is replayed; bounded.

import { keyOf } from "../config/numbering.ts";
import type { AskedName } from "../dns/watch.ts";
import type { Plane } from "../plane.ts";
import { REASONS } from "../reasons.ts";
import type { Conversation } from "./conversation.ts";
import { endOf } from "../config/end.ts";
import type { FlowLine, ReplaySummary } from "./summary.ts";
import type { Tally } from "./tally.ts";
import { timeText, wasRefused } from "./flowlog.ts";

const CLIENTS_MAX = 10_000;
const ROWS_MAX = 1000;
const NANOSECONDS = 1e9;

/** Flows to one port of an endpoint that would work. */
export interface WorkingFlows {
  endpoint: string;
  port: number;
  protocol: "tcp" | "udp";
  /** Clients, up to 10,000 of which are told apart. */
  clients: number;
  flows: number;
  packets: number;
  bytes: number;
}

/** What would not work at an endpoint, for one reason. */
export interface FailingFlows {
  endpoint: string;
  reason: string;
  sentence: string;
  remedy: string;
  /** Ports that were asked for. */
  ports: string[];
  clients: string[];
  flows: number;
  packets: number;
  /** First such packet in the capture; null where packets are not told apart. */
  packet: number | null;
}

/** A connection that was silent for longer than the service keeps it. */
export interface Silence {
  client: string;
  endpoint: string;
  port: number;
  /** Longest, and how often it was beyond the timeout. */
  seconds: number;
  timeoutSeconds: number;
  times: number;
  /** Packet that ended the first one. */
  packet: number;
}

/** The report's data, as in `linkplane replay --report FILE --json`. */
export interface MigrationReport {
  /** RFC 3339; null for a capture without packets. */
  first: string | null;
  last: string | null;
  works: WorkingFlows[];
  fails: FailingFlows[];
  silences: Silence[];
  /** Names that clients asked for, and where the configuration's zones would lead them. */
  names: AskedName[];
}

interface Counted<Row> {
  row: Row;
  clients: Set<string>;
}

/** Collects. */
export class Migration {
  private readonly works = new Map<string, Counted<WorkingFlows>>();
  private readonly denied = new Map<string, { ports: Set<string>; clients: Set<string>; flows: number }>();
  private readonly silent = new Map<string, Silence>();

  /** Takes a flow or denied flow. */
  flow(line: FlowLine): void {
    if (wasRefused(line)) return;
    const { verdict, endpoint, endpointPort: port, protocol, client, reason, toService, toConsumer } = line;
    const address = endOf(client)?.address ?? client;
    if (verdict === "denied") {
      const denied = entry(this.denied, keyOf(endpoint, reason), () => ({
        ports: new Set<string>(),
        clients: new Set<string>(),
        flows: 0,
      }));
      denied.flows++;
      denied.ports.add(`${port}/${protocol}`);
      if (denied.clients.size < CLIENTS_MAX) denied.clients.add(address);
      return;
    }
    const { row, clients } = entry(this.works, keyOf(endpoint, port, protocol), () => ({
      row: { endpoint, port, protocol, clients: 0, flows: 0, packets: 0, bytes: 0 },
      clients: new Set<string>(),
    }));
    if (clients.size < CLIENTS_MAX) clients.add(address);
    row.clients = clients.size;
    row.flows++;
    row.packets += toService.packets + toConsumer.packets;
    row.bytes += toService.bytes + toConsumer.bytes;
  }

  /** Takes a pause of an established connection that was longer than its idle timeout; times in nanoseconds. */
  silence(conversation: Conversation, endpoint: string, client: string, pause: number, packet: number): void {
    const port = conversation.service % 65_536;
    const key = keyOf(endpoint, port, client);
    if (!this.silent.has(key) && this.silent.size >= ROWS_MAX) return;
    const timeoutSeconds = conversation.idle / NANOSECONDS;
    const row = entry(this.silent, key, () => ({
      client,
      endpoint,
      port,
      seconds: 0,
      timeoutSeconds,
      times: 0,
      packet,
    }));
    row.times++;
    row.seconds = Math.max(row.seconds, pause / NANOSECONDS);
  }

  /** The report, when the capture is replayed. */
  report(plane: Plane, summary: ReplaySummary, tally: Tally, names: readonly AskedName[]): MigrationReport {
    const { first, last, firstDrops } = tally;
    const fails = summary.endpoints.flatMap(({ name: endpoint, drops }, number) =>
      Object.entries(drops).map(([reason, packets]): FailingFlows => {
        const { sentence = "", remedy = "" } = REASONS.find(({ name }) => name === reason) ?? {};
        const { ports, clients, flows = 0 } = this.denied.get(keyOf(endpoint, reason)) ?? {};
        const packet = firstDrops.get(`${number} ${reason}`) ?? null;
        return {
          endpoint,
          reason,
          sentence,
          remedy,
          ports: [...(ports ?? [])],
          clients: [...(clients ?? [])],
          flows,
          packets,
          packet,
        };
      }),
    );
    const named = plane.configuration.privateEndpoints.map(({ name }) => name);
    const order = (name: string): number => named.indexOf(name);
    return {
      first: first === undefined ? null : timeText(first),
      last: last === undefined ? null : timeText(last),
      works: [...this.works.values()]
        .map(({ row }) => row)
        .sort((a, b) => order(a.endpoint) - order(b.endpoint) || b.flows - a.flows),
      fails: fails.sort(
        (a, b) =>
          order(a.endpoint) - order(b.endpoint) ||
          Number(isConsequence(a)) - Number(isConsequence(b)) ||
          b.packets - a.packets,
      ),
      silences: [...this.silent.values()].sort((a, b) => b.seconds - a.seconds),
      names: [...names],
    };
  }
}

/** Whether replies are refused only because their requests were. */
export const isConsequence = ({ reason }: FailingFlows): boolean => reason.startsWith("reply-");

/** What a map has for a key, made if there is nothing. */
function entry<Value>(map: Map<string, Value>, key: string, made: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = made()));
  return value;
}
