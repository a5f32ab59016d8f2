// Random first messages: clients that send what they have to say in pieces, again, out of order, twice with different bytes;
// servers that acknowledge some of it and answer.

import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { identifying, OTHER, OWN } from "../conformance/first-message-kit.ts";
import { frameOf } from "../conformance/packet.ts";
import { announcing, LENGTH, PROFILES } from "../conformance/proxy-kit.ts";
import { clientHello, hexOf, prelogin, request, serverHello, sslRequest, tdsPackets, text } from "../names/hello.ts";
import type { Outcome, PacketIn } from "../plane.ts";
import type { PacketSource } from "./compare.ts";
import { Dice } from "./dice.ts";
import { mutated } from "./mutation.ts";

const PORTS = [443, 443, 80];
const CLIENTS = 6;
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const CHANGE_CIPHER_SPEC = Uint8Array.from([20, 3, 3, 0, 1, 1]);
const EARLY = Uint8Array.from([23, 3, 3, 0, 4, 1, 2, 3, 4]);

/** What clients say, in whole. */
function script(dice: Dice): Uint8Array {
  const name = dice.chance(70)
    ? OWN
    : dice.pick([OTHER, OWN.toUpperCase(), `${OWN}.`, "", "acct.file.core.windows.net"]);
  const hello = clientHello(name, {
    padding: dice.pick([0, 0, 200, 1500]),
    record: dice.pick([16_384, 16_384, 100, 7]),
    extensions: dice.pick([[], [], [0xfe0d], [42]]),
    ...(dice.chance(5) ? { names: dice.pick([[], [OWN, OTHER]]) } : {}),
  });
  const rest = Uint8Array.from(text("x".repeat(dice.below(300))));
  const scripts = [
    () => joined(hello, rest),
    () => joined(hello, CHANGE_CIPHER_SPEC, clientHello(dice.pick([OWN, OWN, OTHER, `${OWN}.`])), rest),
    () => joined(hello, EARLY, clientHello(dice.pick([OWN, OTHER]))),
    () => joined(hello, hello),
    () => joined(sslRequest(), hello, rest),
    () => joined(prelogin(), tdsPackets(hello, dice.pick([4096, 90])), rest),
    () => joined(prelogin(), hello, rest),
    () => requests(dice, name),
    () => requests(dice, OWN),
    () => requests(dice, OWN),
    () => joined(request(name, dice.pick(["", "Accept: */*\r\n", `host:${OWN}\r\n`, "a b: c\r\n"])), rest),
    () => Uint8Array.from(text(`GET http://${name}/x HTTP/1.${dice.below(2)}\r\nHost: ${OTHER}\r\n\r\n`)),
    () => Uint8Array.from(text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
    () => clientHello(name, { padding: 17_000 }),
  ];
  const whole = dice.pick(scripts)();
  return dice.chance(10) ? mutated(whole, dice, 2) : whole;
}

/** Several requests of one connection, most of them sound. */
function requests(dice: Dice, name: string): Uint8Array {
  const parts = Array.from({ length: 1 + dice.below(6) }, () => {
    const body = "b".repeat(dice.pick([0, 1, 20, 700, 3000]));
    const half = dice.below(body.length + 1);
    const sizes = [half, body.length - half].filter((size) => size > 0).map((size) => size.toString(16));
    const chunks = sizes.map(
      (size) => `${size}${dice.pick(["", "", ";x"])}\r\n${"c".repeat(Number.parseInt(size, 16))}\r\n`,
    );
    const end = `${dice.pick(["0", "0", "00"])}\r\n${dice.pick(["", "", "X: y\r\n"])}\r\n`;
    const [fields, rest] = dice.pick([
      ["", ""],
      [`Content-Length: ${body.length}\r\n`, body],
      [`Content-Length: ${body.length}\r\n`, body],
      ["Transfer-Encoding: chunked\r\n", chunks.join("") + end],
      ["Transfer-Encoding: chunked\r\n", chunks.join("") + end],
    ]) as [string, string];
    const more = dice.chance(9)
      ? dice.pick(["Upgrade: h2c\r\n", "Content-Length: 1\r\nContent-Length: 1\r\n", "X: a\rb\r\n"])
      : "";
    return [...request(dice.chance(96) ? OWN : name, fields + more), ...text(rest)];
  });
  return Uint8Array.from(parts.flat());
}

/** A configuration whose rules identify, with a small pool and random choices. */
export function messageConfiguration(dice: Dice): Configuration {
  const configuration = baseConfiguration();
  const choice = (): "allow" | "deny" => (dice.chance(25) ? "allow" : "deny");
  identifying(dice.pick(["tls", "http", "http", "http", "auto", "auto", "auto"]), {
    missingName: choice(),
    encryptedName: choice(),
    unexpectedProtocol: choice(),
    http2PriorKnowledge: choice(),
    messageTooLong: choice(),
    holdPoolFull: choice(),
    otherBeginning: dice.pick(["allow", "allow", "deny"]),
    enableTcpReset: dice.chance(60),
    holdSlots: dice.pick([1, 2, 4, 1024]),
  })(configuration);
  for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? [])
    if (rule.identify === "http") rule.everyRequest = dice.chance(70);
  if (dice.chance(30))
    for (const { backends } of configuration.loadBalancers[0]?.backendAddressPools ?? [])
      for (const backend of backends) backend.macAddress = "02:00:00:00:01:01";
  configuration.settings.seed = dice.bits();
  configuration.settings.maxFlows = dice.pick([4, 500, 500, 500]);
  configuration.settings.maxDenied = dice.pick([0, 3, 50]);
  if (dice.chance(50)) configuration.settings.midStream = "admit";
  if (dice.chance(40)) announcing(dice.pick(PROFILES))(configuration);
  return markChecked(configuration);
}

/** One client's connection. */
class Conversation {
  readonly client: string;
  readonly port: number;
  readonly isn: number;
  readonly serverIsn: number;
  readonly bytes: Uint8Array;
  readonly answer: Uint8Array;
  /** `address:port` of the NAT and of the backend, once a packet left. */
  nat = "";
  backend = "";
  sent = 0;
  open = false;

  constructor(dice: Dice) {
    this.client = `10.1.0.${20 + dice.below(CLIENTS)}:${5000 + dice.below(20)}`;
    this.port = dice.pick(PORTS);
    this.isn = dice.chance(20) ? 2 ** 32 - 1 - dice.below(600) : dice.bits() >>> 0;
    this.serverIsn = dice.bits() >>> 0;
    this.bytes = script(dice);
    this.answer = dice.chance(40)
      ? joined(serverHello(dice.chance(50)), CHANGE_CIPHER_SPEC)
      : Uint8Array.from(text("HTTP/1.1 200 OK\r\n\r\n"));
  }
}

export class MessageTraffic implements PacketSource {
  private readonly dice: Dice;
  private readonly conversations: Conversation[] = [];
  private current: Conversation | undefined;
  private time = 0n;

  /** Bytes of the headers that go in front of clients' streams. */
  private readonly header: number;

  constructor(dice: Dice, { settings, privateLinkServices: [service] }: Configuration) {
    this.dice = dice;
    this.header = service?.enableProxyProtocol === true ? LENGTH[settings.profile] : 0;
  }

  next(): PacketIn {
    const { dice } = this;
    this.time += BigInt(dice.below(1000) < 3 ? dice.below(400) * 1e9 : dice.below(2e7));
    if (this.conversations.length < 8 || dice.chance(5)) this.replace();
    const conversation = dice.pick(this.conversations);
    this.current = conversation;
    const [side, words] = this.packet(conversation);
    const frame = frameOf(words);
    const network = side === "consumer" ? "shop" : "provider";
    const packet: PacketIn = { frame, link: "ethernet", side, network, time: this.time, wireLength: frame.length };
    if (dice.chance(2)) return { ...packet, frame: frame.slice(0, dice.below(frame.length)) };
    return packet;
  }

  observe(packet: PacketIn, outcome: Outcome): void {
    const left = outcome.out.find(({ side, cause }) => side === "provider" && (cause === "input" || cause === "held"));
    if (packet.side !== "consumer" || left === undefined || this.current === undefined) return;
    const view = new DataView(left.bytes.buffer, left.bytes.byteOffset + 26);
    const address = (at: number): string => [0, 1, 2, 3].map((i) => view.getUint8(at + i)).join(".");
    this.current.nat = `${address(0)}:${view.getUint16(8)}`;
    this.current.backend = `${address(4)}:${view.getUint16(10)}`;
  }

  private replace(): void {
    const fresh = new Conversation(this.dice);
    if (this.conversations.length < 8) this.conversations.push(fresh);
    else this.conversations[this.dice.below(8)] = fresh;
  }

  private packet(conversation: Conversation): ["consumer" | "provider", string] {
    const { dice } = this;
    if (!conversation.open || dice.chance(1)) return ["consumer", this.syn(conversation)];
    if (conversation.nat !== "" && dice.chance(25)) return ["provider", this.reply(conversation)];
    return ["consumer", this.data(conversation)];
  }

  private syn(conversation: Conversation): string {
    const { dice } = this;
    const { client, port, isn } = conversation;
    conversation.open = true;
    const data = dice.chance(10) ? ` hex=${hexOf(conversation.bytes.slice(0, 1 + dice.below(200)))}` : "";
    return `tcp ${client} > 10.1.0.4:${port} S seq=${dice.chance(4) ? dice.bits() >>> 0 : isn}${data}`;
  }

  private data(conversation: Conversation): string {
    const { dice } = this;
    const { client, port, isn, bytes, serverIsn } = conversation;
    const from = dice.chance(85) ? conversation.sent : dice.below(bytes.length + 1);
    const most = dice.pick([1, 300, 1460, 20_000, 20_000, 20_000]);
    const to = Math.min(bytes.length, from + 1 + dice.below(most));
    let part: Uint8Array = bytes.slice(from, to);
    if (dice.chance(3) && part.length > 0) {
      part = part.slice();
      part[dice.below(part.length)] = dice.below(256);
    }
    if (from === conversation.sent) conversation.sent = to;
    const flags = dice.chance(2) ? dice.pick(["PAU", "FA", "RA", "R"]) : dice.pick(["PA", "A"]);
    const before = dice.chance(2) ? dice.below(3) : 0;
    const lead = Uint8Array.from({ length: before }, () => 0);
    const seq = (isn + 1 + from - before) >>> 0;
    return `tcp ${client} > 10.1.0.4:${port} ${flags} seq=${seq} ack=${(serverIsn + 1) >>> 0} hex=${hexOf(joined(lead, part))}`;
  }

  private reply(conversation: Conversation): string {
    const { dice } = this;
    const { nat, backend, isn, sent, serverIsn, answer } = conversation;
    const acked = dice.pick([0, 0, sent, sent, sent, dice.below(sent + 1)]);
    const ack = (isn + 1 + acked + dice.pick([0, this.header])) >>> 0;
    if (acked === 0 && dice.chance(60)) return `tcp ${backend} > ${nat} SA seq=${serverIsn} ack=${ack}`;
    const from = dice.chance(80) ? 0 : dice.below(answer.length);
    const part = dice.chance(50) ? new Uint8Array(0) : answer.slice(from, from + 1 + dice.below(answer.length));
    const flags = dice.chance(3) ? dice.pick(["R", "RA", "FA", "P"]) : "A";
    return `tcp ${backend} > ${nat} ${flags} seq=${(serverIsn + 1 + from) >>> 0} ack=${ack} hex=${hexOf(part)}`;
  }
}
