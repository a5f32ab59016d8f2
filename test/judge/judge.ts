// Runs a scenario through the kernel and through linkplane, and compares what leaves, from the IP header on.

import { markChecked } from "../../host/config/configuration.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { frameOf } from "../conformance/packet.ts";
import { corePlane } from "../core-plane.ts";
import { KernelNat, type Left } from "./kernel.ts";
import type { JudgedStep, Scenario } from "./scenario.ts";

const ETHERNET_HEADER = 14;
const SECOND = 1_000_000_000;

/** What was found about one packet. */
export interface Finding {
  step: JudgedStep;
  kernel: Left[];
  linkplane: Left[];
  /** linkplane's verdict and reason. */
  verdict: string;
  /** What is not as the scenario says; absent when it is. */
  fault?: string;
}

export async function judged(scenario: Scenario): Promise<Finding[]> {
  const configuration = baseConfiguration();
  Object.assign(configuration.settings, scenario.settings);
  scenario.change?.(configuration);
  const plane = await corePlane(markChecked(configuration));
  const kernel = await KernelNat.start(scenario.kernel ?? {});
  const findings: Finding[] = [];
  let time = 0;
  try {
    for (const step of scenario.steps) {
      const { pause = 0, side = "consumer" } = step;
      await new Promise((settle) => setTimeout(settle, pause * 1000));
      time += pause;
      const frame = typeof step.in === "string" ? frameOf(step.in) : step.in;
      const network = side === "consumer" ? "shop" : "provider";
      const packet = { frame: frame.slice(), link: "ethernet", side, network, time: BigInt(time * SECOND) } as const;
      const [outcome] = plane.process([packet]);
      const { verdict = "", reason = "", out = [] } = outcome ?? {};
      const linkplane = out.map((emit) => ({ side: emit.side, bytes: emit.bytes.slice(ETHERNET_HEADER) }));
      findings.push(found(step, await kernel.send(frame, side), linkplane, `${verdict} ${reason}`));
    }
  } finally {
    await kernel.stop();
  }
  return findings;
}

function found(step: JudgedStep, kernel: Left[], linkplane: Left[], verdict: string): Finding {
  const finding = { step, kernel, linkplane, verdict };
  const { differs } = step;
  if (differs === undefined)
    return same(kernel, linkplane) ? finding : { ...finding, fault: "what leaves is not the same" };
  if (same(kernel, linkplane)) return { ...finding, fault: `they do not differ by ${differs.by}` };
  const expected = (texts: string[]): Left[] => texts.map((text) => leftOf(text));
  if (
    !same(
      kernel,
      differs.kernel.map((text, i) => leftOf(text, kernel[i])),
    )
  )
    return { ...finding, fault: "the kernel does something else" };
  if (!same(linkplane, expected(differs.linkplane))) return { ...finding, fault: "linkplane does something else" };
  return finding;
}

/** A packet by its text, or by its bytes as `hex:` and digits. `id=any` stands for the identification of what left, which the kernel draws by lot. */
function leftOf(text: string, actual?: Left): Left {
  const [side, ...words] = text.split(" ");
  const [high = 0, low = 0] = actual?.bytes.subarray(4, 6) ?? [];
  const packet = words.join(" ").replace("id=any", `id=${(high << 8) | low}`);
  const bytes = packet.startsWith("hex:")
    ? Uint8Array.from(Buffer.from(packet.slice(4), "hex"))
    : frameOf(packet, "raw");
  return { side: side === "consumer" ? "consumer" : "provider", bytes };
}

/** The same packets in the same order on each side. */
function same(a: Left[], b: Left[]): boolean {
  const of = (left: Left[], side: string): string =>
    left.flatMap((packet) => (packet.side === side ? [Buffer.from(packet.bytes).toString("hex")] : [])).join();
  return of(a, "consumer") === of(b, "consumer") && of(a, "provider") === of(b, "provider");
}

/** A finding for a person: what went in, and what left of each. */
export function described({ step, kernel, linkplane, verdict, fault }: Finding): string {
  const packets = (left: Left[]): string =>
    left.length === 0
      ? "nothing"
      : left.map(({ side, bytes }) => `${side} ${Buffer.from(bytes).toString("hex")}`).join("\n               ");
  const what = typeof step.in === "string" ? step.in : Buffer.from(step.in).toString("hex");
  return `${fault ?? "as said"}: ${step.side ?? "consumer"} ${what}\n    kernel:    ${packets(kernel)}\n    linkplane: ${packets(linkplane)}\n               (${verdict})`;
}
