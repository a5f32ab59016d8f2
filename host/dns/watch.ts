// Names in a capture: DNS answers that sent clients past an endpoint. Compared with what the configuration's resolvers answer.

import { decode, type Packet, TRUNCATED_RESPONSE } from "dns-packet";
import { isAddress } from "../config/address.ts";
import type { Configuration } from "../config/configuration.ts";
import { isSix, plainForm } from "../config/ipv6.ts";
import { keyOf } from "../config/numbering.ts";
import { AddressBook } from "../replay/address-book.ts";
import { type FrameView, PROTOCOL_UDP, UDP } from "../replay/frame.ts";
import { BypassWatch } from "./bypass.ts";
import { Resolver } from "./resolve.ts";

const DNS_PORT = 53;
/** Response code among the flags, and those that say what a name leads to. */
const RCODE = 0x000f;
const RCODE_SUCCESS = 0;
const RCODE_NO_NAME = 3;
const ROWS_MAX = 1000;
const CLIENTS_MAX = 1000;
const ANSWERED_MAX = 8;

/** Answers that clients got and that the configuration's resolver would not have given. */
export interface WrongAnswer {
  name: string;
  network: string;
  /** Of the records that were asked for. */
  type: "A" | "AAAA";
  /** Addresses; empty: no such name. */
  answered: string[];
  /** Addresses; empty: no such name, or none of this type. */
  expected: string[];
  /** Why that is expected. */
  why: string;
  answers: number;
  /** Up to 1,000 of them. */
  clients: string[];
}

/** A name of a resource that clients asked for, and what it would lead to. */
export interface AskedName {
  name: string;
  network: string;
  /** Up to 8 addresses that were answered in the capture; empty: no such name. */
  answered: string[];
  /** What the configuration's zones give; empty where the public address is not known. */
  leads: string[];
  /** Endpoint that these lead to; null: past every endpoint. */
  endpoint: string | null;
  why: string;
}

/** Looks at the frames of a capture. What it keeps is bounded. */
export class NameWatch {
  private readonly resolver: Resolver;
  private readonly book: AddressBook;
  /** Traffic past endpoints, which answers lead to. */
  readonly bypass: BypassWatch;
  private readonly networks: readonly string[];
  private readonly asked = new Map<string, AskedName>();
  private readonly rows = new Map<string, WrongAnswer & { seen: Set<string> }>();

  /** `book` is that of the views it is shown. */
  constructor(configuration: Configuration, book = new AddressBook()) {
    this.book = book;
    this.resolver = new Resolver(configuration);
    this.bypass = new BypassWatch(configuration, this.resolver, book);
    this.networks = configuration.virtualNetworks.map(({ name }) => name);
  }

  /** Looks at a packet, in case it is a DNS answer over UDP; `packet` is its number in the capture. */
  see(view: FrameView, packet: number): void {
    if (view.protocol !== PROTOCOL_UDP || view.sourcePort !== DNS_PORT) return;
    const message = read(view.buffer.subarray(view.l4 + UDP.min, view.end));
    const network = this.networks[view.network];
    const [question] = message?.questions ?? [];
    if (message === undefined || network === undefined || question === undefined || !isAnswer(message)) return;
    const { type } = question;
    if (type !== "A" && type !== "AAAA") return;
    const name = this.resourceNameOf(message, question.name);
    if (name === undefined) return;
    const answered = addressesIn(message, type);
    if (answered === undefined) return;
    this.bypass.answered(view.network, name, question.name, answered, packet);
    // A name may be there without an address of IPv6.
    if (type === "AAAA" && answered.length === 0) return;
    this.compare(name, network, type, answered, this.book.text(view.destination));
  }

  /** The first name of a resource with an endpoint on the way that an answer takes: the one asked for, or one it is an alias of. */
  private resourceNameOf({ answers = [] }: Packet, asked: string): string | undefined {
    const aliases = answers.flatMap((answer) => (answer.type === "CNAME" ? [answer.data] : []));
    return [asked, ...aliases].find((name) => this.resolver.knows(name));
  }

  /** What was otherwise, most answers first. */
  wrongAnswers(): WrongAnswer[] {
    const rows = [...this.rows.values()].map(({ seen, ...row }) => ({ ...row, clients: [...seen] }));
    return rows.sort((a, b) => b.answers - a.answers);
  }

  /** Names of resources with endpoints that were asked for, in the order of the capture. */
  askedNames(): AskedName[] {
    return [...this.asked.values()];
  }

  private compare(name: string, network: string, type: "A" | "AAAA", answered: string[], client: string): void {
    const { addresses, steps, outcome, endpoint = null } = this.resolver.resolve(name, network);
    const why = steps.at(-1)?.why ?? "";
    const asked = keyOf(name.toLowerCase(), network);
    const before = this.asked.get(asked)?.answered;
    const all = [...new Set([...(before ?? []), ...answered])].slice(0, ANSWERED_MAX);
    if (before !== undefined || this.asked.size < ROWS_MAX)
      this.asked.set(asked, { name, network, answered: all, leads: addresses, endpoint, why });
    const expected = addresses.filter((address) => isSix(address) === (type === "AAAA")).sort();
    const unknown = outcome === "public" && expected.length === 0;
    if (unknown || expected.join() === answered.join()) return;
    const key = keyOf(name.toLowerCase(), network, type, ...answered);
    let row = this.rows.get(key);
    if (row === undefined) {
      if (this.rows.size >= ROWS_MAX) return;
      row = { name, network, type, answered, expected, why, answers: 0, clients: [], seen: new Set() };
      this.rows.set(key, row);
    }
    row.answers++;
    if (row.seen.size < CLIENTS_MAX) row.seen.add(client);
  }
}

/** Whether a message says what a name leads to: a whole response, of success or of no such name (RFC 1035, 4.1.1). */
function isAnswer({ type, flags = 0 }: Packet): boolean {
  const code = flags & RCODE;
  return (
    type === "response" && (flags & TRUNCATED_RESPONSE) === 0 && (code === RCODE_SUCCESS || code === RCODE_NO_NAME)
  );
}

/** The addresses of a type in a message, in order; undefined when some are cut short: the decoder makes addresses with parts missing. */
function addressesIn({ answers = [] }: Packet, type: "A" | "AAAA"): string[] | undefined {
  const texts = answers.flatMap((answer) => (answer.type === type ? [answer.data] : []));
  const addresses = texts.flatMap((text) => (type === "A" ? text : (plainForm(text) ?? [])));
  const whole = addresses.length === texts.length && (type === "AAAA" || addresses.every(isAddress));
  return whole ? addresses.sort() : undefined;
}

/** A DNS message; undefined when the bytes are none. */
function read(bytes: Uint8Array): Packet | undefined {
  try {
    return decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch {
    return undefined;
  }
}
