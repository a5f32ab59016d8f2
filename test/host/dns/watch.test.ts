// DNS answers in a capture, compared with what the configuration's zones give.

import { encode, TRUNCATED_RESPONSE } from "dns-packet";
import type { Configuration } from "../../../host/config/configuration.ts";
import { NameWatch, type WrongAnswer } from "../../../host/dns/watch.ts";
import { addressNumber } from "../../../host/config/address.ts";
import { AddressBook } from "../../../host/replay/address-book.ts";
import { FrameView, PROTOCOL_UDP, UDP } from "../../../host/replay/frame.ts";
import { answersText } from "../../../host/report/answers.ts";
import { assert, suite } from "../../kit.ts";
import { ACCOUNT, ACCOUNT_ALIAS, named } from "./sample.ts";

/** A DNS answer to a client in network `shop`, as the replay sees it; addresses follow an alias. */
function answerTo(
  client: string,
  name: string,
  addresses: readonly string[],
  cut = 0,
  flags = 0,
  alias = ACCOUNT_ALIAS,
): FrameView {
  const message = encode({
    type: "response",
    flags,
    questions: [{ type: "A", name }],
    answers: [
      { type: "CNAME", name, data: alias },
      ...addresses.map((data) => ({ type: "A" as const, name: alias, data })),
    ],
  });
  const view = new FrameView();
  view.buffer = Buffer.concat([new Uint8Array(UDP.min), message]);
  view.end = view.buffer.length - cut;
  view.protocol = PROTOCOL_UDP;
  view.sourcePort = 53;
  view.destination = addressNumber(client);
  return view;
}

function watched(...views: FrameView[]): WrongAnswer[] {
  const watch = new NameWatch(named());
  views.forEach((view, i) => watch.see(view, i + 1));
  return watch.wrongAnswers();
}

/** The same of an AAAA question, over IPv6. */
function answerTo6(book: AddressBook, client: string, addresses: readonly string[]): FrameView {
  const answers = addresses.map((data) => ({ type: "AAAA" as const, name: ACCOUNT, data }));
  const message = encode({ type: "response", questions: [{ type: "AAAA", name: ACCOUNT }], answers });
  const view = new FrameView(book);
  view.buffer = Buffer.concat([new Uint8Array(UDP.min), message]);
  view.end = view.buffer.length;
  view.protocol = PROTOCOL_UDP;
  view.sourcePort = 53;
  view.destination = book.ofText(client);
  return view;
}

/** The sample with endpoints of both families. */
const dual = (): Configuration => named({}, [{ privateIPv6Address: "fd00:1::4" }, {}]);

suite("DNS answers in a capture", (test) => {
  test("of both types are held against the addresses of their family", () => {
    const book = new AddressBook();
    const rows = (...views: FrameView[]): WrongAnswer[] => {
      const watch = new NameWatch(dual(), book);
      views.forEach((view, i) => watch.see(view, i + 1));
      return watch.wrongAnswers();
    };
    const right = [answerTo("10.1.0.9", ACCOUNT, ["10.1.0.4"]), answerTo6(book, "fd00:1::9", ["fd00:1::4"])];
    assert.equal(rows(...right, answerTo6(book, "fd00:1::9", [])), []);
    const [row, ...others] = rows(answerTo6(book, "fd00:1::9", ["2603:1030::4"]));
    assert.equal(others, []);
    assert.equal([row?.answered, row?.expected, row?.clients], [["2603:1030::4"], ["fd00:1::4"], ["fd00:1::9"]]);
  });

  test("with an IPv6 address of a name that leads to an IPv4 endpoint: no record was due, the name is there", () => {
    const book = new AddressBook();
    const watch = new NameWatch(named(), book);
    watch.see(answerTo6(book, "fd00:1::9", ["2603:1030::4"]), 1);
    const rows = watch.wrongAnswers();
    assert.equal([rows[0]?.type, rows[0]?.expected], ["AAAA", []]);
    assert.match(answersText(rows), / 2603:1030::4 +no AAAA record /);
  });

  test("that lead past an endpoint are listed with what was expected and who got them", () => {
    const past = (client: string): FrameView => answerTo(client, ACCOUNT, ["20.60.1.2"]);
    const [row, ...others] = watched(past("10.1.0.9"), past("10.1.0.10"), past("10.1.0.9"));
    assert.equal(others, []);
    assert.equal([row?.answered, row?.expected], [["20.60.1.2"], ["10.1.0.4"]]);
    assert.equal([row?.answers, row?.clients], [3, ["10.1.0.9", "10.1.0.10"]]);
    assert.match(answersText(row && [row]), /account1\S+ +20\.60\.1\.2 +10\.1\.0\.4 +3 +2 +shop/);
  });

  test("that say there is no such name are listed, too", () =>
    assert.equal(
      watched(answerTo("10.1.0.9", ACCOUNT, [])).map(({ answered }) => answered),
      [[]],
    ));

  test("to a name of somebody's own that is an alias of a resource's are listed under the resource's", () => {
    const [row] = watched(answerTo("10.1.0.9", "data.shop.example", ["20.60.1.2"]));
    assert.equal([row?.name, row?.answered, row?.expected], [ACCOUNT_ALIAS, ["20.60.1.2"], ["10.1.0.4"]]);
  });

  test("that failed, or came truncated, say nothing of a name; that there is none does", () => {
    const SERVER_FAILED = 2;
    const NO_NAME = 3;
    assert.equal(watched(answerTo("10.1.0.9", ACCOUNT, [], 0, SERVER_FAILED)), []);
    assert.equal(watched(answerTo("10.1.0.9", ACCOUNT, ["20.60.1.2"], 0, TRUNCATED_RESPONSE)), []);
    assert.is(watched(answerTo("10.1.0.9", ACCOUNT, [], 0, NO_NAME)).length, 1);
  });

  test("that are as expected, of other names, or cut short are not", () =>
    assert.equal(
      watched(
        answerTo("10.1.0.9", ACCOUNT, ["10.1.0.4"]),
        answerTo("10.1.0.9", "www.example", ["20.60.1.2"], 0, 0, "cdn.example"),
        answerTo("10.1.0.9", ACCOUNT, ["20.60.1.2"], 3),
      ),
      [],
    ));
});
