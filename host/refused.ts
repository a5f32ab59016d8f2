// Names that clients asked for and were refused: gathered from the core's reports.

import * as Abi from "./abi.ts";
import { addressText } from "./config/address.ts";
import { textOf } from "./config/ipv6.ts";
import type { Names } from "./config/compile.ts";
import type { Core } from "./core.ts";
import { REASONS } from "./reasons.ts";

const NAME_BYTES = 255;
/** Different names, and clients of each, that are told apart; the rest counts under OTHERS. */
const NAMES_MOST = 10_000;
const CLIENTS_MOST = 100;
const OTHERS = "(others)";

/** One name that was refused at one endpoint for one reason. */
export interface RefusedName {
  name: string;
  endpoint: string;
  reason: string;
  /** Flows that asked for it. */
  flows: number;
  /** Addresses of the clients, up to 100. */
  clients: string[];
}

/** Keeps what was refused, by name; and the names of recent denied flows, by the serial of their report. */
export class RefusedNames {
  private readonly core: Core;
  private readonly names: Pick<Names, "endpoints">;
  private readonly recentMost: number;
  private readonly recent = new Map<number, string>();
  private readonly byName = new Map<string, RefusedName>();

  constructor(core: Core, names: Pick<Names, "endpoints">) {
    this.core = core;
    this.names = names;
    this.recentMost = core.control(Abi.CONTROL_MAX_DENIED) + Abi.BATCH_MAX;
  }

  /** Takes the reports of the core's last run. */
  read(): void {
    const { core } = this;
    const first = core.region(Abi.REGION_REFUSED);
    for (let i = 0; i < core.control(Abi.CONTROL_REFUSED_COUNT); i++) this.take(first + i * Abi.REFUSED_SIZE);
  }

  /** Name in the report with a serial; empty when it is long gone. */
  named(serial: number): string {
    return this.recent.get(serial) ?? "";
  }

  /** What was refused so far, most flows first. */
  list(): RefusedName[] {
    return [...this.byName.values()].sort((a, b) => b.flows - a.flows || (a.name < b.name ? -1 : 1));
  }

  clear(): void {
    this.recent.clear();
    this.byName.clear();
  }

  private take(at: number): void {
    const { core, recent } = this;
    const length = Math.min(core.u32(at + Abi.REFUSED_LENGTH), NAME_BYTES);
    const from = at + Abi.REFUSED_NAME;
    const name = printable(core.bytes.subarray(from, from + length));
    recent.set(core.u32(at + Abi.REFUSED_SERIAL), name);
    if (recent.size > this.recentMost) recent.delete(recent.keys().next().value as number);
    const refused = this.entry(
      name,
      this.names.endpoints[core.u16(at + Abi.REFUSED_ENDPOINT)] ?? "",
      REASONS[core.u8(at + Abi.REFUSED_REASON)]?.name ?? "",
    );
    refused.flows++;
    const address = core.bytes.subarray(at + Abi.REFUSED_CLIENT, at + Abi.REFUSED_NAME);
    const four = (): string => addressText(new DataView(address.buffer, address.byteOffset).getUint32(0));
    const client = core.u8(at + Abi.REFUSED_SIX) === 1 ? textOf(address) : four();
    if (refused.clients.length < CLIENTS_MOST && !refused.clients.includes(client)) refused.clients.push(client);
  }

  private entry(name: string, endpoint: string, reason: string): RefusedName {
    const full = this.byName.size >= NAMES_MOST;
    const known = this.byName.get(`${endpoint} ${reason} ${name}`);
    if (known !== undefined) return known;
    const kept = full ? OTHERS : name;
    const key = `${endpoint} ${reason} ${kept}`;
    const entry = this.byName.get(key) ?? { name: kept, endpoint, reason, flows: 0, clients: [] };
    this.byName.set(key, entry);
    return entry;
  }
}

/** A name whose bytes that are no printable ASCII are written as \xNN. */
function printable(name: Uint8Array): string {
  const text = (byte: number): string =>
    byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  return Array.from(name, text).join("");
}
