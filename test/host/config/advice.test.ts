// Messages name what is wrong and what would be right, also where several kinds of value would do.

import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { parseConfiguration } from "../../../host/config/parse.ts";
import { assert, suite } from "../../kit.ts";
import { complaint, edited } from "./sample.ts";

const settings = (text: string): [change: string, to: string] => [
  "loadBalancers:\n",
  `settings: { ${text} }\nloadBalancers:\n`,
];

/** A change of the sample, and what its one message has to speak of. */
const SPOKEN_OF: [name: string, change: string, to: string, said: RegExp][] = [
  ["a VLAN that is no number", "vlan: 10", "vlan: ^ten", /number|1 to 4,?094|\[outer, inner\]/],
  ["one VLAN in a list", "[20, 30]", "^[20]", /2|two|\[outer, inner\]/],
  ["three VLANs", "[20, 30]", "^[20, 30, 40]", /2|two|\[outer, inner\]/],
  ["a seed in words", ...settings("seed: ^chance"), /random/],
  [
    "a rule without a protocol",
    "{ name: https, frontendIPConfiguration: front, backendAddressPool: servers, protocol: Tcp,",
    "^{ name: https, frontendIPConfiguration: front, backendAddressPool: servers,",
    /protocol/,
  ],
  ["a VLAN beyond the most", "vlan: 10", "vlan: ^4095", /^4095 is too big\. Use at most 4094\.$/],
  ["an inner VLAN beyond the most", "[20, 30]", "[20, ^4095]", /^4095 is too big\. Use at most 4094\.$/],
  ["a seed beyond the most", ...settings("seed: ^4294967296"), /^4294967296 is too big\. Use at most 4294967295\.$/],
];

suite("A message says what would be right", (test) => {
  for (const [name, change, to, said] of SPOKEN_OF)
    test(name, () => {
      const { text, line, column } = edited(change, to);
      const { problems } = complaint(() => parseConfiguration(text, "sample.yaml"));
      const there = problems.filter((problem) => problem.line === line && problem.column === column);
      assert.is(
        there.length,
        1,
        problems.map((problem) => `${problem.line}:${problem.column} ${problem.message}`).join("\n"),
      );
      assert.match(there[0]?.message ?? "", said);
    });

  test("of a value that is not there at all", () => {
    for (const nothing of [undefined, null, 7, "text", []]) {
      const { problems } = complaint(() => normalizeConfiguration(nothing));
      assert.is(problems.length, 1);
      assert.match(problems[0]?.message ?? "", /^Fields belong here/, String(nothing));
    }
  });
});
