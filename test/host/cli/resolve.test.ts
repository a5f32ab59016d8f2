// linkplane resolve, as a shell runs it.

import { writeFileSync } from "node:fs";
import { assert, suite } from "../../kit.ts";
import { ACCOUNT, namedValue } from "../dns/sample.ts";
import { linkplane, scratch } from "./command.ts";

const file = scratch()("named.json");
writeFileSync(file, JSON.stringify(namedValue()));
const resolve = (name: string, network: string, ...more: string[]) =>
  linkplane(["resolve", name, "--config", file, "--network", network, ...more]);

suite("linkplane resolve", (test) => {
  test("says what a name is and why", async () => {
    const { status, stdout } = await resolve(ACCOUNT, "shop");
    assert.is(status, 0);
    assert.match(stdout, /^In "shop", account1\.blob\.core\.windows\.net is 10\.1\.0\.4, endpoint "pe-shop"\.\n/);
    assert.match(stdout, /"pe-shop" wrote it\./);
  });

  test("with --json gives every step", async () => {
    const resolution = JSON.parse((await resolve(ACCOUNT, "office", "--json")).stdout);
    assert.is(resolution.schema, "linkplane.resolve/1");
    assert.equal(resolution.addresses, ["20.60.1.2"]);
    assert.is(resolution.steps.length, 2);
  });

  test("refuses a network that is not there, and what is no name", async () => {
    const { status, stderr } = await resolve(ACCOUNT, "shpo");
    assert.is(status, 2);
    assert.match(stderr, /Did you mean "shop"/);
    assert.is((await resolve("a name", "shop")).status, 2);
  });
});
