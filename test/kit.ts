// Suites over uvu that cannot end green without having run: uvu alone loses a suite whose `before` throws, whose test
// throws a non-Error, or whose `.run()` was forgotten. test/run.ts counts what is printed here.
import { suite as uvuSuite } from "uvu";
import * as assert from "uvu/assert";
import { describeBytes } from "./hex.ts";

export { assert };

export type Step = () => void | Promise<void>;

export interface Hook {
  (step: Step): void;
  each(step: Step): void;
}

export interface Test {
  (name: string, step: Step): void;
  /** Once before the first test. When it fails, every test of the suite fails with its error. */
  before: Hook;
  /** Once after the last test, whatever failed. When it fails, the last test fails. */
  after: Hook;
  /** Runs the test when the condition holds, else says why not; test/run.ts accepts no other way to skip. */
  skipUnless(condition: unknown, why: string, name: string, step: Step): void;
}

/** Begins the line on stderr that declares one skipped test. */
export const SKIP_MARK = "[skipped] ";

interface Plan {
  name: string;
  tests: { name: string; step: Step }[];
  skips: number;
  before: Step[];
  after: Step[];
  beforeEach: Step[];
  afterEach: Step[];
  closed: boolean;
}

/** Collects the tests that `body` declares, synchronously, and runs them. A body that throws or declares none fails. */
export function suite(name: string, body: (test: Test) => void): void {
  const plan: Plan = { name, tests: [], skips: 0, before: [], after: [], beforeEach: [], afterEach: [], closed: false };
  try {
    const returned: unknown = body(recorder(plan));
    if (returned instanceof Promise) throw new Error("The body of a suite must declare its tests synchronously.");
    if (plan.tests.length + plan.skips === 0) throw new Error("The suite declares no test.");
  } catch (thrown) {
    plan.tests = [{ name: "declares its tests", step: () => Promise.reject(printable(thrown)) }];
    plan.before = [];
  }
  plan.closed = true;
  schedule(plan);
}

function recorder(plan: Plan): Test {
  const record = (name: string, step: Step): void => {
    if (plan.closed) throw new Error(`Test "${name}" was declared after the body of suite "${plan.name}" had ended.`);
    plan.tests.push({ name, step });
  };
  const hook = (once: Step[], each: Step[]): Hook =>
    Object.assign((step: Step) => void once.push(step), { each: (step: Step) => void each.push(step) });
  const skipUnless = (condition: unknown, why: string, name: string, step: Step): void => {
    if (condition) return record(name, step);
    plan.skips++;
    process.stderr.write(`${SKIP_MARK}${plan.name}: ${name}: ${why.replaceAll("\n", " ")}\n`);
  };
  return Object.assign(record, {
    before: hook(plan.before, plan.beforeEach),
    after: hook(plan.after, plan.afterEach),
    skipUnless,
  });
}

/** Hands the plan to uvu. Hooks run inside the tests, where uvu counts what they throw. */
function schedule(plan: Plan): void {
  const test = uvuSuite(plan.name);
  let begun: Promise<void> | undefined;
  plan.tests.forEach(({ name, step }, index) => {
    const last = index === plan.tests.length - 1;
    test(name, async () => {
      begun ??= inOrder(plan.before);
      const own = async (): Promise<void> => {
        await begun;
        await allOf([() => inOrder([...plan.beforeEach, step]), ...plan.afterEach]);
      };
      await allOf(last ? [own, ...plan.after] : [own]);
    });
  });
  for (let skip = 0; skip < plan.skips; skip++) test.skip();
  test.run();
}

async function inOrder(steps: Step[]): Promise<void> {
  for (const step of steps) await step();
}

/** Runs every step, though earlier ones fail, and then throws what was thrown first. */
async function allOf(steps: Step[]): Promise<void> {
  const thrown: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      thrown.push(error);
    }
  }
  if (thrown.length > 0) throw printable(thrown[0]);
}

/** An Error that uvu can print: its printer throws, and loses the suite, on values without `name`, `stack` or text details. */
function printable(thrown: unknown): Error {
  if (thrown instanceof assert.Assertion) return thrown;
  if (!(thrown instanceof Error)) return new Error(`A value that is no Error was thrown: ${String(thrown)}`);
  const error = new Error(thrown.name === "Error" ? thrown.message : `${thrown.name}: ${thrown.message}`);
  if (typeof thrown.stack === "string") error.stack = thrown.stack;
  return error;
}

/** Compares bytes; Buffers and other Uint8Arrays are alike. Fails with the rows around the first differing offset. */
export function bytes(actual: Uint8Array, expected: Uint8Array, message?: string): void {
  if (!(actual instanceof Uint8Array) || !(expected instanceof Uint8Array)) {
    throw new TypeError("bytes() compares Uint8Arrays.");
  }
  if (Buffer.compare(actual, expected) === 0) return;
  const difference = describeBytes(actual, expected);
  throw new assert.Assertion({
    message: message === undefined ? difference.sentence : `${message}: ${difference.sentence}`,
    details: difference.rows.join("\n"),
    generated: message === undefined,
    operator: "bytes",
    expects: expected,
    actual,
  });
}
