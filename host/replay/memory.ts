// What the mirror remembers: a bounded number of conversations. When there are too many, the one whose flow ended first, by the
// mirror's reckoning, is forgotten: the dead before the living, of the living the one that has been silent longest.

import type { Conversation } from "./conversation.ts";
import type { Lifespans } from "./lifespan.ts";

/** Conversations of one span, the one that was silent longest first. */
interface Queue {
  span: number;
  oldest: Conversation | undefined;
  newest: Conversation | undefined;
}

/** Conversations by endpoint's port and client. */
export class Memory {
  private readonly conversations = new Map<number, Map<number, Conversation>>();
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
    return this.conversations.get(service)?.get(client);
  }

  /** Takes in a conversation that is not there. What had to be forgotten for it, if anything. */
  add(conversation: Conversation): Conversation | undefined {
    const forgotten = this.count === this.capacity ? this.mostDispensable() : undefined;
    if (forgotten !== undefined) this.remove(forgotten);
    let ofService = this.conversations.get(conversation.service);
    if (ofService === undefined) this.conversations.set(conversation.service, (ofService = new Map()));
    ofService.set(conversation.client, conversation);
    this.count++;
    this.enqueue(conversation);
    return forgotten;
  }

  /** Takes note that a conversation's state, flags or last packet changed. */
  touch(conversation: Conversation): void {
    if (conversation.span < 0) return;
    this.dequeue(conversation);
    this.enqueue(conversation);
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
    const ofService = this.conversations.get(conversation.service);
    ofService?.delete(conversation.client);
    if (ofService?.size === 0) this.conversations.delete(conversation.service);
    this.count--;
    this.dequeue(conversation);
    conversation.span = -1;
  }

  private enqueue(conversation: Conversation): void {
    const span = this.lifespans.span(conversation);
    let queue = this.queues.get(span);
    if (queue === undefined) this.queues.set(span, (queue = { span, oldest: undefined, newest: undefined }));
    conversation.span = span;
    conversation.older = queue.newest;
    conversation.newer = undefined;
    if (queue.newest === undefined) queue.oldest = conversation;
    else queue.newest.newer = conversation;
    queue.newest = conversation;
  }

  private dequeue(conversation: Conversation): void {
    const { older, newer } = conversation;
    const queue = this.queues.get(conversation.span) as Queue;
    if (older === undefined) queue.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) queue.newest = older;
    else newer.older = older;
    conversation.older = undefined;
    conversation.newer = undefined;
  }
}
