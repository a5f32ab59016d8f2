// The JSON Schema of expectations.

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import * as z from "zod";
import { expectationsJsonSchema } from "../../../host/expect/json-schema.ts";
import { assert, suite } from "../../kit.ts";

const ROOT = new URL("../../../", import.meta.url);

suite("schema/expectations.schema.json", (test) => {
  test("is what npm run schema makes, and takes the example", () => {
    const file = readFileSync(new URL("schema/expectations.schema.json", ROOT), "utf8");
    assert.is(file, `${JSON.stringify(expectationsJsonSchema(), null, 2)}\n`);
    const example = parse(readFileSync(new URL("examples/storage.expect.yaml", ROOT), "utf8"));
    assert.ok(z.fromJSONSchema(JSON.parse(file)).safeParse(example).success);
  });
});
