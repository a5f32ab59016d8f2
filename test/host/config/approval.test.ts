// The connection workflow: what the lists of a service say, and the numbers of connections.

import { linkIdentifiers, newConnection } from "../../../host/config/approval.ts";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { assert, suite } from "../../kit.ts";
import { valueOf } from "./sample.ts";

const list = (...subscriptions: string[]) => ({ subscriptions });
type Lists = Parameters<typeof newConnection>[0];

const CASES: [lists: Lists, subscription: string | undefined, state: string][] = [
  [{}, undefined, "Approved"],
  [{ visibility: list() }, "shop", "Refused"],
  [{ visibility: list("shop") }, "shop", "Pending"],
  [{ visibility: list("shop") }, "bank", "Refused"],
  [{ visibility: list("shop") }, undefined, "Refused"],
  [{ visibility: list("*") }, undefined, "Pending"],
  [{ visibility: list("*"), autoApproval: list("shop") }, "shop", "Approved"],
  [{ visibility: list("*"), autoApproval: list("shop") }, "bank", "Pending"],
  [{ visibility: list("shop"), autoApproval: list("*") }, "bank", "Refused"],
  [{ autoApproval: list("shop") }, "bank", "Pending"],
  [{ autoApproval: list("*") }, undefined, "Approved"],
];

suite("A connection", (test) => {
  test("a service's lists decide on a new connection", () => {
    for (const [lists, subscription, state] of CASES)
      assert.is(newConnection(lists, subscription), state, `${JSON.stringify(lists)} ${subscription}`);
  });

  test("has the state that the file states, whatever the lists say", () => {
    const value = valueOf() as { privateEndpoints: object[]; privateLinkServices: object[] };
    Object.assign(value.privateLinkServices[0] as object, { visibility: list("shop") });
    Object.assign(value.privateEndpoints[0] as object, { connectionState: "Approved" });
    assert.equal(
      normalizeConfiguration(value).privateEndpoints.map(({ connectionState }) => connectionState),
      ["Approved", "Refused"],
    );
  });
});

const connection = (name: string, linkIdentifier?: number) => ({ name, privateLinkService: "storage", linkIdentifier });

suite("Link identifiers", (test) => {
  test("numbers stay when connections come and go around them, and none is given twice", () => {
    const names = Array.from({ length: 100_000 }, (_, i) => connection(`pe-${i}`));
    const numbers = linkIdentifiers(names);
    assert.is(new Set(numbers).size, names.length);
    assert.ok(numbers.every((number) => Number.isInteger(number) && number > 0 && number < 2 ** 32));
    const kept = names.filter((_, i) => i % 1000 === 7);
    assert.equal(
      linkIdentifiers(kept),
      numbers.filter((_, i) => i % 1000 === 7),
    );
  });

  test("those given are kept, and kept from others", () => {
    const [own = 0] = linkIdentifiers([connection("a")]);
    assert.equal(linkIdentifiers([connection("a"), connection("b", own)]), [own + 1, own]);
  });
});
