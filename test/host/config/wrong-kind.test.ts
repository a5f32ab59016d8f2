// Every field with every kind of value that it may not have: each mistake is told once, in our words, with what to do.

import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { assert, suite } from "../../kit.ts";
import { ADVICE, complaint, valueOf } from "./sample.ts";

type Holder = Record<string | number, unknown>;
type Path = (string | number)[];

const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  "",
  "chance",
  -1,
  1.5,
  1e30,
  -1e30,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  5n,
  [],
  [null],
  [1, 2, 3],
  {},
  { chance: 1 },
  () => 1,
];
const SETTINGS = {
  seed: 1,
  shards: 1,
  maxFlows: 100,
  maxDenied: 10,
  midStream: "drop",
  endpointSources: "drop",
  portQuarantineSeconds: 0,
  icmpTimeExceeded: true,
  timers: { tcpIdleSeconds: 300 },
};

/** The sample with a value of each field that it leaves out. */
function full(): Holder {
  const value = valueOf() as Holder;
  return { ...value, $schema: "schema.json", settings: structuredClone(SETTINGS) };
}

/** Every place, one entry of each list. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const inside = Array.isArray(value) ? [...value.entries()].slice(0, 1) : Object.entries((value ?? {}) as object);
  const deeper = typeof value === "object" ? inside.flatMap(([key, item]) => pathsOf(item, [...path, key])) : [];
  return [path, ...deeper];
}

function replaced(path: Path, value: unknown): unknown {
  const holder: Holder = { root: full() };
  const whole = ["root", ...path];
  const last = whole.pop() as string | number;
  whole.reduce((at, part) => at[part] as Holder, holder)[last] = value;
  return holder.root;
}

suite("A value of the wrong kind", (test) => {
  const paths = pathsOf(full());

  test("anywhere is told in our words, with what to do, once", () => {
    assert.ok(paths.length > 40);
    let told = 0;
    for (const path of paths)
      for (const value of VALUES) {
        const { code, problems } = complaint(() => normalizeConfiguration(replaced(path, value)));
        const where = `${path.join(".")} = ${String(value)}`;
        assert.is(code === "ACCEPTED", problems.length === 0, where);
        for (const { message } of problems) {
          assert.match(message, ADVICE, where);
          assert.match(message, /[.?]$/, where);
          assert.not.match(message, /expected|received|Invalid|Too (big|small)/, where);
        }
        const lines = problems.map(({ path: at, message }) => `${at}: ${message}`);
        assert.is(new Set(lines).size, lines.length, `${where}: ${lines.join("; ")}`);
        told += problems.length;
      }
    assert.ok(told > 400, `${told} messages`);
  });
});
