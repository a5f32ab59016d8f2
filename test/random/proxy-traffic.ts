// Random packets of TCP flows with PROXY headers, most of them where it matters: around a client's first byte, around what fits, with
// every flag, option and cut.

import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { frameOf } from "../conformance/packet.ts";
import { announcing, LENGTH, PROFILES } from "../conformance/proxy-kit.ts";
import { hexOf } from "../names/hello.ts";
import type { LinkName, Outcome, PacketIn } from "../plane.ts";
import type { PacketSource } from "./compare.ts";
import type { Dice } from "./dice.ts";

const CONVERSATIONS = 8;
const SECOND = 1e9;
const FILLER = "01";
const LINKS: LinkName[] = ["ethernet", "ethernet", "ethernet", "ethernet", "raw", "null", "sll", "sll2"];
const CLIENT_FLAGS = ["A", "A", "A", "PA", "PA", "FA", "RA", "R", "PAU", "F", "P", "-", "SA", "FAU"];
const SERVER_FLAGS = ["A", "A", "A", "PA", "FA", "SA", "R", "RA", "-", "P"];

/** Services with headers of some profile, networks of some MTU, and short lives. */
export function proxyConfiguration(dice: Dice): Configuration {
  const configuration = baseConfiguration();
  announcing(dice.pick(PROFILES))(configuration);
  const { settings, virtualNetworks, loadBalancers, privateLinkServices } = configuration;
  for (const network of virtualNetworks) network.mtu = dice.pick([576, 600, 1500, 65_535]);
  for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = dice.chance(60);
  const [backend] = loadBalancers[0]?.backendAddressPools[0]?.backends ?? [];
  if (dice.chance(30)) Object.assign(backend ?? {}, { macAddress: "02:00:00:00:00:99" });
  const [service] = privateLinkServices;
  if (service !== undefined && dice.chance(30)) {
    privateLinkServices.push({ ...service, name: "plain", natAddresses: ["10.2.0.20"], enableProxyProtocol: false });
    for (const endpoint of configuration.privateEndpoints)
      if (endpoint.virtualNetwork === "lab") endpoint.privateLinkService = "plain";
  }
  Object.assign(settings, { icmpTimeExceeded: dice.chance(50), shards: dice.pick([1, 1, 1, 4]) });
  Object.assign(settings.timers, { tcpOpeningSeconds: dice.pick([1, 60]), tcpIdleSeconds: dice.pick([4, 300]) });
  if (dice.chance(30)) settings.midStream = "admit";
  return markChecked(configuration);
}

interface Conversation {
  client: string;
  network: string;
  link: LinkName;
  first: number;
  serverFirst: number;
  nat: string;
  backend: string;
  open: boolean;
}

export class ProxyTraffic implements PacketSource {
  private readonly dice: Dice;
  private readonly length: number;
  private readonly mtu: number;
  private readonly conversations: Conversation[] = [];
  private current: Conversation | undefined;
  private time = 0n;

  constructor(dice: Dice, { settings, virtualNetworks }: Configuration) {
    this.dice = dice;
    this.length = LENGTH[settings.profile];
    this.mtu = virtualNetworks.at(-1)?.mtu ?? 0;
  }

  next(): PacketIn {
    const { dice } = this;
    this.time += BigInt(Math.floor(dice.chance(0.5) ? dice.below(400) * SECOND : dice.below(0.05 * SECOND)));
    if (this.conversations.length < CONVERSATIONS || dice.chance(3)) this.replace();
    const conversation = dice.pick(this.conversations);
    this.current = conversation;
    const [side, words] = this.packet(conversation);
    const { link, network } = conversation;
    const frame = frameOf(words, link);
    const wireLength = frame.length;
    const packet: PacketIn = {
      frame: dice.chance(4) ? frame.slice(0, dice.below(frame.length)) : frame,
      link,
      side,
      network: side === "provider" ? "provider" : network,
      time: this.time,
      wireLength,
    };
    return packet;
  }

  observe(packet: PacketIn, { out }: Outcome): void {
    const left = out.find(({ side, cause }) => side === "provider" && cause === "input");
    const { current } = this;
    if (packet.side === "provider" || left === undefined || current === undefined) return;
    const header = { ethernet: 14, raw: 0, null: 4, sll: 16, sll2: 20, other: 0 }[packet.link];
    const view = new DataView(left.bytes.buffer, left.bytes.byteOffset + header);
    const address = (at: number): string => [0, 1, 2, 3].map((i) => view.getUint8(at + i)).join(".");
    const ports = (view.getUint8(0) & 15) * 4;
    if (!address(12).startsWith("10.2.0.")) return;
    current.nat = `${address(12)}:${view.getUint16(ports)}`;
    current.backend = `${address(16)}:${view.getUint16(ports + 2)}`;
  }

  private replace(): void {
    const { dice } = this;
    const fresh: Conversation = {
      client: `10.1.0.${20 + dice.below(4)}:${5000 + dice.below(6)}`,
      network: dice.pick(["shop", "shop", "lab"]),
      link: dice.pick(LINKS),
      first: dice.pick([100, 0xffff_ffd0, 0x7fff_fff0, dice.bits() >>> 0]),
      serverFirst: dice.bits() >>> 0,
      nat: "",
      backend: "",
      open: false,
    };
    if (this.conversations.length < CONVERSATIONS) this.conversations.push(fresh);
    else this.conversations[dice.below(CONVERSATIONS)] = fresh;
  }

  private packet(conversation: Conversation): [PacketIn["side"], string] {
    const { dice } = this;
    const asCaptured = dice.chance(15);
    if (conversation.nat !== "" && dice.chance(30))
      return asCaptured
        ? ["captured", this.answer(conversation, "10.1.0.4:443", conversation.client, 0)]
        : ["provider", this.answer(conversation, conversation.backend, conversation.nat, this.length)];
    const side = asCaptured ? "captured" : "consumer";
    if (!conversation.open || dice.chance(3)) return [side, this.syn(conversation)];
    return [side, this.data(conversation)];
  }

  private syn(conversation: Conversation): string {
    const { dice } = this;
    conversation.open = true;
    const first = dice.chance(5) ? conversation.first + dice.below(3) - 1 : conversation.first;
    const data = dice.chance(15) ? this.bytes(1 + dice.below(40)) : "";
    return `tcp ${conversation.client} > 10.1.0.4:443 S seq=${first >>> 0} ${this.oddities(data, "")}`;
  }

  private data({ client, first, serverFirst }: Conversation): string {
    const { dice, length } = this;
    const away = dice.pick([
      0,
      0,
      0,
      0,
      -1,
      -2,
      -10,
      1,
      5,
      length,
      dice.below(3000),
      -dice.below(100),
      2 ** 31,
      2 ** 31 - 1,
    ]);
    const edge = this.mtu - 40 - length;
    const size = dice.pick([0, 0, 0, 1, 2, 3, dice.below(100), edge, edge + 1, edge - 1, 1460]);
    const seq = (first + 1 + away) >>> 0;
    const ack = (serverFirst + 1 + dice.below(3)) >>> 0;
    const words = `${dice.pick(CLIENT_FLAGS)} seq=${seq} ack=${ack} urgent=${dice.chance(5) ? dice.below(9) : 0}`;
    return `tcp ${client} > 10.1.0.4:443 ${words} ${this.oddities(this.bytes(Math.min(size, 1500)), this.options(first))}`;
  }

  /** What a server answers; `length` lies before a client's first byte in its numbers. */
  private answer({ first, serverFirst }: Conversation, from: string, to: string, length: number): string {
    const { dice } = this;
    const seq = (serverFirst + dice.below(5)) >>> 0;
    const words = `${dice.pick(SERVER_FLAGS)} seq=${seq} ack=${this.near(first, length)}`;
    const data = dice.chance(40) ? this.bytes(dice.below(40)) : "";
    return `tcp ${from} > ${to} ${words} ${this.oddities(data, this.options(first))}`;
  }

  /** A number near the client's first byte, or behind what lies before it. */
  private near(first: number, length: number): number {
    const { dice } = this;
    const away = dice.pick([
      0,
      0,
      length,
      length,
      length + 1,
      length - 1,
      dice.below(200),
      -dice.below(9),
      2 ** 31,
      dice.below(2 ** 32),
    ]);
    return (first + 1 + away) >>> 0;
  }

  /** TCP options in hexadecimal digits, most often none or selective acknowledgements. */
  private options(first: number): string {
    const { dice } = this;
    const kind = dice.below(100);
    if (kind < 60) return "";
    if (kind < 66)
      return hexOf(
        Uint8Array.from({ length: 4 * (1 + dice.below(10)) }, () =>
          dice.pick([0, 1, 2, 5, 8, 10, 18, dice.below(256)]),
        ),
      );
    const count = 1 + dice.below(4);
    const numbers = Array.from({ length: 2 * count }, () =>
      this.near(first, this.length).toString(16).padStart(8, "0"),
    );
    if (dice.chance(10)) numbers[1] = numbers[0] as string;
    const before = dice.below(3);
    const option = `05${(2 + count * 8).toString(16).padStart(2, "0")}${numbers.join("")}`;
    const filled = FILLER.repeat(before) + option;
    return (filled + FILLER.repeat((8 - ((filled.length / 2) % 4)) % 4)).slice(0, 80);
  }

  /** Data, options and what is seldom otherwise. */
  private oddities(data: string, options: string): string {
    const { dice } = this;
    const words = [`offset=${5 + options.length / 8} hex=${options}${data}`];
    if (dice.chance(4)) words.push("total=0");
    if (dice.chance(2)) words.push(`ttl=${dice.pick([0, 1, 2, 255])}`);
    if (dice.chance(10)) words.push(`l4sum=${dice.pick([0, 0xffff, dice.below(65_536)])}`);
    if (dice.chance(5)) words.push(`ipsum=${dice.pick([0, 0xffff, dice.below(65_536)])}`);
    if (dice.chance(10)) words.push(`trailer=${dice.below(12)}`);
    if (dice.chance(5)) words.push(`options=${dice.below(11)}`);
    if (dice.chance(5)) words.push(`reserved=${dice.below(16)}`);
    return words.join(" ");
  }

  private bytes(count: number): string {
    return hexOf(Uint8Array.from({ length: Math.max(count, 0) }, () => this.dice.below(256)));
  }
}
