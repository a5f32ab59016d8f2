// Fuzzing of the readers of first messages: damaged messages, those that reach something new kept to be damaged further. Each
// goes through the core's reader, watched (core.ts), and through the reference plane's, which must say the same.

import { assert } from "../../kit.ts";
import type { Dice } from "../../random/dice.ts";
import { mutated } from "../../random/mutation.ts";
import { hexOf } from "../hello.ts";
import { CoreReaders, READERS, type Reader } from "./core.ts";
import { referenceReading } from "./reference.ts";

/** Longer messages are not made: the reference plane is slow. */
const LENGTH_MOST = 20_000;
const CHANGES_MOST = 4;

export class Fuzzer {
  readonly core = new CoreReaders();
  private readonly dice: Dice;
  private readonly kept = new Map<Reader, Uint8Array[]>();

  /** Gives each of the messages to each reader first, and keeps those that reach something new. */
  constructor(messages: readonly Uint8Array[], dice: Dice) {
    this.dice = dice;
    for (const reader of READERS) {
      const fresh = messages.filter((message) => this.check(reader, message));
      this.kept.set(reader, fresh.length > 0 ? fresh : [...messages]);
    }
  }

  /** Messages kept so far. */
  get found(): number {
    return [...this.kept.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** One damaged message through one reader. */
  round(): void {
    const { dice } = this;
    const reader = dice.pick(READERS);
    const list = this.kept.get(reader) as Uint8Array[];
    const message = this.damaged(dice.pick(list), list).subarray(0, LENGTH_MOST);
    if (message.length > 0 && this.check(reader, message)) list.push(message);
  }

  /** Whether it reached something new. */
  private check(reader: Reader, message: Uint8Array): boolean {
    const where = `${reader}: ${hexOf(message)}`;
    try {
      const { text, fresh } = this.core.run(reader, message);
      if (reader !== "answer") assert.is(text, referenceReading(reader, message));
      return fresh;
    } catch (error) {
      throw new Error(`${where}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private damaged(message: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
    const { dice } = this;
    if (dice.chance(15)) {
      const other = dice.pick(others);
      const head = message.subarray(0, dice.below(message.length + 1));
      return Uint8Array.from([...head, ...other.subarray(dice.below(other.length + 1))]);
    }
    if (dice.chance(10)) return message.subarray(0, 1 + dice.below(message.length));
    return mutated(message, dice, CHANGES_MOST);
  }
}
