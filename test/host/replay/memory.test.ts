// What the mirror forgets when there is more than it may remember.

import { Conversation, type ConversationState } from "../../../host/replay/conversation.ts";
import { Lifespans } from "../../../host/replay/lifespan.ts";
import { Memory } from "../../../host/replay/memory.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith } from "./conversation.ts";

const SECOND = 1e9;
const ACK = 0x10;
const FIN = 0x11;
const RST = 0x04;

/** Name, second of its last packet, state, flags of requests and of replies. */
type Remembered = [string, number, ConversationState, number, number];

/** Remembers conversations in order, `capacity` of them; names of what was forgotten, in order. */
function forgotten(capacity: number, remembered: readonly Remembered[], protocol = 6): string[] {
  const lifespans = new Lifespans(configurationWith());
  const memory = new Memory(capacity, lifespans);
  const names = new Map<Conversation, string>();
  const gone: string[] = [];
  remembered.forEach(([name, last, state, asked, answered], client) => {
    const conversation = new Conversation(443, client, protocol, 0, lifespans.idle(0, 443), last * SECOND);
    names.set(conversation, name);
    const forgot = memory.add(conversation);
    if (forgot !== undefined) gone.push(names.get(forgot) ?? "");
    Object.assign(conversation, { state, asked, answered });
    memory.touch(conversation);
    assert.is(memory.find(443, client), conversation);
    assert.ok(memory.count <= capacity);
  });
  return gone;
}

suite("A full mirror forgets", (test) => {
  test("nothing before it is full", () =>
    assert.equal(
      forgotten(2, [
        ["a", 0, "translated", ACK, ACK],
        ["b", 1, "translated", ACK, ACK],
      ]),
      [],
    ));

  test("of live conversations the one that was silent longest, one at a time", () =>
    assert.equal(
      forgotten(2, [
        ["a", 0, "translated", ACK, ACK],
        ["b", 1, "translated", ACK, ACK],
        ["c", 2, "translated", ACK, ACK],
        ["d", 3, "translated", ACK, ACK],
      ]),
      ["a", "b"],
    ));

  test("a closed one before an older one that lives", () =>
    assert.equal(
      forgotten(3, [
        ["live", 0, "translated", ACK, ACK],
        ["closed", 100, "translated", FIN, FIN],
        ["reset", 110, "translated", ACK, RST],
        ["later", 200, "translated", ACK, ACK],
        ["last", 200, "translated", ACK, ACK],
      ]),
      ["reset", "closed"],
    ));

  test("a refused one, and one whose NAT port another was given, before an older one that lives", () =>
    assert.equal(
      forgotten(3, [
        ["live", 0, "translated", ACK, ACK],
        ["refused", 100, "refused", 0, 0],
        ["ended", 101, "ended", ACK, ACK],
        ["later", 200, "translated", ACK, ACK],
        ["last", 200, "translated", ACK, ACK],
      ]),
      ["refused", "ended"],
    ));

  test("a UDP conversation as late as its timeout says", () =>
    assert.equal(
      forgotten(
        2,
        [
          ["a", 10, "translated", 0, 0],
          ["b", 5, "translated", 0, 0],
          ["c", 20, "refused", 0, 0],
          ["d", 21, "translated", 0, 0],
        ],
        17,
      ),
      ["a", "c"],
    ));

  test("one that is used again as if it were new", () => {
    const lifespans = new Lifespans(configurationWith());
    const memory = new Memory(2, lifespans);
    const [a, b, c] = [0, 1, 2].map((client) => new Conversation(443, client, 17, 0, 0, client * SECOND));
    memory.add(a as Conversation);
    memory.add(b as Conversation);
    (a as Conversation).last = 10 * SECOND;
    memory.touch(a as Conversation);
    assert.is(memory.add(c as Conversation), b);
    memory.touch(b as Conversation);
    assert.is(memory.find(443, 1), undefined, "what was forgotten does not come back");
  });

  test("of very many finds each, whatever others came and went", () => {
    const lifespans = new Lifespans(configurationWith());
    const most = 60_000;
    const memory = new Memory(most, lifespans);
    const all = Array.from({ length: 2 * most }, (_, i) => {
      const client = (0x0a000000 + (i % 977) * 65_537 + Math.floor(i / 977)) * 65_536 + (i % 60_000);
      return new Conversation(443 + (i % 3), client, 17, 0, 0, i);
    });
    for (const conversation of all) memory.add(conversation);
    all.forEach((conversation, i) => {
      const expected = i < most ? undefined : conversation;
      if (memory.find(conversation.service, conversation.client) !== expected) assert.unreachable(`number ${i}`);
    });
  });
});
