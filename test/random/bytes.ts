// Packets of the shipped example and of nothing at all, damaged, through core and reference.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { memorySource } from "../../host/capture/memory.ts";
import { openCapture } from "../../host/capture/reader.ts";
import { type Configuration, parseConfiguration } from "../../host/config/index.ts";
import type { LinkName, Outcome, PacketIn } from "../plane.ts";
import { answerTo } from "../assembly/segment.ts";
import type { PacketSource } from "./compare.ts";
import type { Dice } from "./dice.ts";
import { mutated } from "./mutation.ts";

const LINKS: readonly LinkName[] = ["ethernet", "raw", "null", "sll", "sll2", "other"];
const RANDOM_MOST = 120;
const ANSWERS_MOST = 64;
const SECOND = 1_000_000_000;

/** The shipped example: its files' bytes, its configuration, its frames. */
export interface Example {
  capture: Uint8Array;
  configuration: Configuration;
  frames: Uint8Array[];
}

export async function readExample(): Promise<Example> {
  const path = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const capture = new Uint8Array(readFileSync(path("storage.pcapng")));
  const frames: Uint8Array[] = [];
  for await (const { count, buffer, offset, captured } of (await openCapture(memorySource(capture))).batches()) {
    for (let i = 0; i < count; i++) {
      const at = offset[i] as number;
      frames.push(buffer.slice(at, at + (captured[i] as number)));
    }
  }
  return {
    capture,
    configuration: parseConfiguration(readFileSync(path("storage.yaml"), "utf8"), "storage.yaml"),
    frames,
  };
}

/** Frames of the example, answers to what left, and random bytes, most of them damaged. */
export class DamagedTraffic implements PacketSource {
  private readonly dice: Dice;
  private readonly frames: readonly Uint8Array[];
  private readonly answers: Uint8Array[] = [];
  private time = 0n;

  constructor(dice: Dice, frames: readonly Uint8Array[]) {
    this.dice = dice;
    this.frames = frames;
  }

  next(): PacketIn {
    const { dice } = this;
    this.time += BigInt(dice.below(dice.chance(1) ? 90 * SECOND : SECOND / 10));
    const link = dice.chance(90) ? "ethernet" : dice.pick(LINKS);
    const answer = this.answers.length > 0 && dice.chance(30);
    const whole = answer ? dice.pick(this.answers) : dice.chance(15) ? this.noise() : dice.pick(this.frames);
    const frame = dice.chance(60) ? mutated(whole, dice) : whole.slice();
    const wireLength = dice.chance(80) ? Math.max(whole.length, frame.length) : frame.length;
    const side = answer || dice.chance(3) ? "provider" : "consumer";
    const network = side === "provider" ? "provider-vnet" : "consumer-vnet";
    return { frame, link, side, network, time: this.time, wireLength };
  }

  observe({ side, link }: PacketIn, { verdict, out }: Outcome): void {
    if (side !== "consumer" || link !== "ethernet" || verdict !== "forward") return;
    const bytes = out.find(({ cause }) => cause === "input")?.bytes;
    if (bytes === undefined || bytes.length < 54) return;
    const answer = answerTo(bytes);
    if (this.answers.length < ANSWERS_MOST) this.answers.push(answer);
    else this.answers[this.dice.below(ANSWERS_MOST)] = answer;
  }

  private noise(): Uint8Array {
    return Uint8Array.from({ length: this.dice.below(RANDOM_MOST) }, () => this.dice.below(256));
  }
}
