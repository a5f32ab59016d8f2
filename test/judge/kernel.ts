// The Linux kernel's NAT between two interfaces, in network namespaces of its own: it does for one endpoint, backend and NAT address
// what the configuration of the table tests asks of linkplane. Frames go in with tcpreplay and are read with tcpdump.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PcapWriter } from "../../host/capture/index.ts";
import { memorySink } from "../../host/capture/memory.ts";
import { frameOf } from "../conformance/packet.ts";
import type { Side } from "../plane.ts";
import { Listener } from "./listener.ts";

/** What a scenario asks of the kernel beyond the usual. */
export interface KernelOptions {
  /** Settings of the router, by their names below /proc/sys. */
  sysctl?: Record<string, string>;
  /** MTU of the provider's side, 1500 when absent. */
  providerMtu?: number;
  /** Statements for a chain that every forwarded packet passes. */
  rules?: string[];
}

/** A packet that left: from its IP header on. */
export interface Left {
  side: Side;
  bytes: Uint8Array;
}

const TOOLS = ["ip", "nft", "tcpdump", "tcpreplay", "sysctl"];
const ETHERNET_HEADER = 14;
const ROUTER: Record<Side, string> = { consumer: "10.1.0.1", provider: "10.2.0.254" };
/** Hosts whose packets say, by coming through, that everything before them has been handled. */
const MARKER: Record<Side, string> = { consumer: "10.1.9.9", provider: "10.2.9.9" };
const MARKER_PORT = 9;
const OTHER: Record<Side, Side> = { consumer: "provider", provider: "consumer" };
const INTERFACE: Record<Side, string> = { consumer: "c0", provider: "p0" };
const SIDES = ["consumer", "provider"] as const;

/** The same as the table tests' configuration: one endpoint, one backend, one NAT address. */
const RULES = (more: readonly string[]): string => `
table ip judge {
  chain to_backend {
    type nat hook prerouting priority dstnat
    iifname "c1" ip daddr 10.1.0.4 tcp dport 443 dnat to 10.2.1.1:8443
    iifname "c1" ip daddr 10.1.0.4 tcp dport 80 dnat to 10.2.1.1:80
    iifname "c1" ip daddr 10.1.0.4 udp dport 53 dnat to 10.2.1.1:5353
  }
  chain from_nat_address {
    type nat hook postrouting priority srcnat
    oifname "p1" ct status dnat ip protocol { tcp, udp } snat to 10.2.0.10:1024-65535
  }
  chain through {
    type filter hook forward priority filter; policy drop
    ${more.join("\n    ")}
    udp dport ${MARKER_PORT} accept
    ct state invalid drop
    ct state established,related accept
    iifname "c1" ct state new ct status dnat accept
  }
}`;

function run(command: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

/** Why the judge cannot sit on this machine, if it cannot, or not within so many milliseconds. */
export async function hindrance(most = Number.POSITIVE_INFINITY): Promise<string | undefined> {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root, for network namespaces";
  const folders = (process.env.PATH ?? "").split(":");
  const missing = TOOLS.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
  if (missing.length > 0)
    return `not installed: ${missing.join(", ")} (on Debian: apt-get install nftables iproute2 tcpdump tcpreplay procps)`;
  removeAbandoned();
  try {
    const began = performance.now();
    await (await KernelNat.start({})).stop();
    return performance.now() - began > most ? "the machine is too busy now; npm run judge waits" : undefined;
  } catch (error) {
    return `the kernel does not let it: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Removes the namespaces of runs that were killed. */
function removeAbandoned(): void {
  for (const [name, pid] of run("ip", ["netns", "list"]).matchAll(/^linkplane-(\d+)-\d+-\w+/gm))
    if (!existsSync(`/proc/${pid}`)) run("ip", ["netns", "del", name]);
}

export class KernelNat {
  private static count = 0;
  private readonly ends: string;
  private readonly router: string;
  private readonly folder = mkdtempSync(join(tmpdir(), "linkplane-judge-"));
  private readonly listeners = new Map<Side, Listener>();
  private step = 0;

  private constructor() {
    const name = `linkplane-${process.pid}-${KernelNat.count++}`;
    this.ends = `${name}-ends`;
    this.router = `${name}-router`;
  }

  static async start(options: KernelOptions): Promise<KernelNat> {
    const nat = new KernelNat();
    try {
      nat.build(options);
      for (const side of SIDES) nat.listeners.set(side, new Listener(nat.ends, INTERFACE[side]));
      for (const listener of nat.listeners.values()) await listener.ready();
    } catch (error) {
      await nat.stop();
      throw error;
    }
    return nat;
  }

  /** Sends a frame on a side, and gives back what left for it on both, in order on each. */
  async send(frame: Uint8Array, side: Side): Promise<Left[]> {
    const step = ++this.step;
    const file = join(this.folder, "send.pcap");
    const [through, back] = this.markers(side, step);
    writeFileSync(file, await pcapOf([frame, through, back]));
    const from = INTERFACE[side];
    run("ip", ["netns", "exec", this.ends, "tcpreplay", "-q", "-t", "-i", from, file]);
    const isMarker = (bytes: Uint8Array): boolean => hasAddress(bytes, MARKER[side]);
    const left: Left[] = [];
    for (const at of SIDES) {
      const frames = (await this.listeners.get(at)?.until((bytes) => isMarker(bytes) && isOfStep(bytes, step))) ?? [];
      for (const bytes of frames)
        if (isIpv4(bytes) && !isMarker(bytes)) left.push({ side: at, bytes: bytes.slice(ETHERNET_HEADER) });
    }
    return left;
  }

  async stop(): Promise<void> {
    for (const listener of this.listeners.values()) await listener.stop();
    spawnSync("ip", ["-force", "-batch", "-"], { input: `netns del ${this.ends}\nnetns del ${this.router}\n` });
    rmSync(this.folder, { recursive: true, force: true });
  }

  private build({ sysctl = {}, providerMtu = 1500, rules = [] }: KernelOptions): void {
    const pair = (letter: string): string =>
      `link add ${letter}0 netns ${this.ends} address 02:00:00:00:00:01 type veth peer name ${letter}1 netns ${this.router} address 02:00:00:00:00:02`;
    run("ip", ["-batch", "-"], [`netns add ${this.ends}`, `netns add ${this.router}`, pair("c"), pair("p")].join("\n"));
    const settings = {
      "net.ipv6.conf.all.disable_ipv6": "1",
      "net.ipv4.ip_forward": "1",
      "net.ipv4.conf.all.rp_filter": "0",
      "net.ipv4.conf.c1.rp_filter": "0",
      "net.ipv4.conf.p1.rp_filter": "0",
      "net.ipv4.icmp_ratelimit": "0",
      "net.ipv4.conf.all.send_redirects": "0",
      "net.ipv4.conf.c1.send_redirects": "0",
      "net.ipv4.conf.p1.send_redirects": "0",
      "net.netfilter.nf_conntrack_tcp_loose": "0",
      ...sysctl,
    };
    const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    run("ip", ["netns", "exec", this.router, "sysctl", "-qw", ...assignments]);
    // Without ARP: what leaves is read off the wire, whoever it is for.
    const up = SIDES.flatMap((side) => {
      const name = INTERFACE[side].replace("0", "1");
      return [`link set ${name} arp off up`, `addr add ${ROUTER[side]}/16 dev ${name}`];
    });
    run("ip", ["-n", this.router, "-batch", "-"], [...up, `link set p1 mtu ${providerMtu}`].join("\n"));
    run("ip", ["-n", this.ends, "-batch", "-"], "link set c0 up\nlink set p0 up\n");
    run("ip", ["netns", "exec", this.router, "nft", "-f", "-"], RULES(rules));
  }

  /** A packet to the other side, and one to the router itself, which answers. */
  private markers(side: Side, step: number): [Uint8Array, Uint8Array] {
    const data = step.toString(16).padStart(8, "0");
    const through = `udp ${MARKER[side]}:${MARKER_PORT} > ${MARKER[OTHER[side]]}:${MARKER_PORT} hex=${data}`;
    const ping = frameOf(`icmp ${MARKER[side]} > ${ROUTER[side]} hex=08000000${"0".repeat(8)}${data}`);
    sumMessage(ping);
    return [frameOf(through), ping];
  }
}

/** Writes the checksum of the ICMP message of a frame without IP options. */
function sumMessage(frame: Uint8Array): void {
  const message = ETHERNET_HEADER + 20;
  let sum = 0;
  for (let at = message; at < frame.length; at += 2) sum += ((frame[at] as number) << 8) + (frame[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.set([(~sum >>> 8) & 255, ~sum & 255], message + 2);
}

const isIpv4 = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 0;
const hasAddress = (frame: Uint8Array, address: string): boolean =>
  isIpv4(frame) && [frame.subarray(26, 30), frame.subarray(30, 34)].some((bytes) => bytes.join(".") === address);

/** Markers end with their step. */
function isOfStep(frame: Uint8Array, step: number): boolean {
  const length = ((frame[ETHERNET_HEADER + 2] as number) << 8) | (frame[ETHERNET_HEADER + 3] as number);
  return new DataView(frame.buffer, frame.byteOffset + ETHERNET_HEADER + length - 4).getUint32(0) === step;
}

async function pcapOf(frames: readonly Uint8Array[]): Promise<Uint8Array> {
  const sink = memorySink();
  const writer = new PcapWriter(sink);
  const id = writer.addInterface({ linkType: 1, snaplen: 262_144, timeDigits: 6 });
  for (const frame of frames) writer.packet(id, 0, 0, frame, frame.length);
  await writer.close();
  return sink.bytes();
}
