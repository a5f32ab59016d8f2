// Random orders that are the same every time.

import { randomOrder } from "../../host/measure/tape.ts";

/** The numbers below `length`, each once. */
export function shuffled(length: number): Uint32Array {
  const numbers = Uint32Array.from({ length }, (_, i) => i);
  const random = randomOrder(length, 2 ** 32);
  for (let i = length - 1; i > 0; i--) {
    const other = (random[i] as number) % (i + 1);
    const kept = numbers[i] as number;
    numbers[i] = numbers[other] as number;
    numbers[other] = kept;
  }
  return numbers;
}
