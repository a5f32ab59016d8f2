// Numbers of flows: the one released last first, else the lowest never used (behaviour 9).
export class Numbers {
  /** Numbers in use. */
  taken = 0;
  private readonly free: number[] = [];
  private next: number;
  private readonly count: number;

  constructor(first: number, count: number) {
    this.next = first;
    this.count = count;
  }

  hasRoom(): boolean {
    return this.taken < this.count;
  }

  /** Only when there is room. */
  take(): number {
    this.taken++;
    return this.free.pop() ?? this.next++;
  }

  release(number: number): void {
    this.taken--;
    this.free.push(number);
  }
}
