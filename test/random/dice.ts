// Reproducible chance for random traffic: xorshift. Neighbouring seeds would begin alike, so the seed is mixed first (the
// finalizer of MurmurHash3).

export class Dice {
  private state: number;

  constructor(seed: number) {
    let mixed = seed ^ 0x9e3779b9;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    this.state = (mixed ^ (mixed >>> 16)) >>> 0 || 1;
  }

  /** 32 random bits. */
  bits(): number {
    let state = this.state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state >>> 0;
    return this.state;
  }

  /** 0 to count - 1. */
  below(count: number): number {
    return Math.floor((this.bits() / 4294967296) * count);
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(1000) < percent * 10;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}
