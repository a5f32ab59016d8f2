// What the mirror remembers: a bounded number of conversations. When there are too many, the one whose flow ended first, by the
// mirror's reckoning, is forgotten: the dead before the living, of the living the one that has been silent longest.

import type { Conversation, Queue } from "./conversation.ts";
import type { Lifespans } from "./lifespan.ts";

const MULTIPLIER = 0x9e3779b1;

/** Conversations by endpoint's port and client. */
export class Memory {
  /** By a number made of both, the ones with the same number in a chain: maps find small integers four times faster than others. */
  private readonly conversations = new Map<number, Conversation>();
  /** One for each timeout there is: a handful. */
  private readonly queues = new Map<number, Queue>();
  private readonly capacity: number;
  private readonly lifespans: Lifespans;
  count = 0;

  constructor(capacity: number, lifespans: Lifespans) {
    this.capacity = capacity;
    this.lifespans = lifespans;
  }

  find(service: number, client: number): Conversation | undefined {
    let found = this.conversations.get(placeOf(service, client));
    while (found !== undefined && (found.client !== client || found.service !== service)) found = found.alike;
    return found;
  }

  /** Takes in a conversation that is not there. What had to be forgotten for it, if anything. */
  add(conversation: Conversation): Conversation | undefined {
    const forgotten = this.count === this.capacity ? this.mostDispensable() : undefined;
    if (forgotten !== undefined) this.remove(forgotten);
    const place = placeOf(conversation.service, conversation.client);
    conversation.alike = this.conversations.get(place);
    this.conversations.set(place, conversation);
    this.count++;
    this.enqueue(conversation, this.queueOf(this.lifespans.span(conversation)));
    return forgotten;
  }

  /** Takes note that a conversation's state, flags or last packet changed. */
  touch(conversation: Conversation): void {
    const { queue } = conversation;
    if (queue === undefined) return;
    const span = this.lifespans.span(conversation);
    if (queue.newest === conversation && queue.span === span) return;
    this.dequeue(conversation, queue);
    this.enqueue(conversation, queue.span === span ? queue : this.queueOf(span));
  }

  private mostDispensable(): Conversation | undefined {
    let found: Conversation | undefined;
    let end = Number.POSITIVE_INFINITY;
    for (const { oldest, span } of this.queues.values()) {
      if (oldest === undefined || oldest.last + span >= end) continue;
      found = oldest;
      end = oldest.last + span;
    }
    return found;
  }

  private remove(conversation: Conversation): void {
    this.unchain(conversation);
    this.count--;
    if (conversation.queue !== undefined) this.dequeue(conversation, conversation.queue);
    conversation.queue = undefined;
  }

  private unchain(conversation: Conversation): void {
    const place = placeOf(conversation.service, conversation.client);
    const { alike } = conversation;
    let before = this.conversations.get(place);
    if (before !== conversation) {
      while (before !== undefined && before.alike !== conversation) before = before.alike;
      if (before !== undefined) before.alike = alike;
    } else if (alike === undefined) this.conversations.delete(place);
    else this.conversations.set(place, alike);
    conversation.alike = undefined;
  }

  private queueOf(span: number): Queue {
    let queue = this.queues.get(span);
    if (queue === undefined) this.queues.set(span, (queue = { span, oldest: undefined, newest: undefined }));
    return queue;
  }

  private enqueue(conversation: Conversation, queue: Queue): void {
    conversation.queue = queue;
    conversation.older = queue.newest;
    conversation.newer = undefined;
    if (queue.newest === undefined) queue.oldest = conversation;
    else queue.newest.newer = conversation;
    queue.newest = conversation;
  }

  private dequeue(conversation: Conversation, queue: Queue): void {
    const { older, newer } = conversation;
    if (older === undefined) queue.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) queue.newest = older;
    else newer.older = older;
    conversation.older = undefined;
    conversation.newer = undefined;
  }
}

/** A small integer, seldom the same for two conversations. */
function placeOf(service: number, client: number): number {
  const port = client % 65536;
  const address = (client - port) / 65536;
  return (Math.imul(address ^ Math.imul(port, MULTIPLIER), MULTIPLIER) ^ Math.imul(service % 2 ** 32, MULTIPLIER)) >> 1;
}
