// The JSON Schema that editors check with: up to date, complete, and of one mind with what reads the file.

import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { configurationJsonSchema } from "../../../host/config/json-schema.ts";
import { parseConfiguration } from "../../../host/config/parse.ts";
import { assert, suite } from "../../kit.ts";
import { SAMPLE, edited, valueOf } from "./sample.ts";
import { ACCESS_SHAPES } from "./access-mistakes.ts";
import { SHAPE_MISTAKES } from "./shape-mistakes.ts";

const ROOT = new URL("../../../", import.meta.url);
const FILE = readFileSync(new URL("schema/linkplane.schema.json", ROOT), "utf8");

/** What draft 2020-12 calls what the schema uses. */
const KEYWORDS = [
  ..."$schema $id title description default type enum const anyOf properties required additionalProperties".split(" "),
  ..."items prefixItems minItems maxItems minLength maxLength pattern minimum maximum".split(" "),
];
/** What the text of a field must be, which the JSON Schema does not say; and that of shards. */
const UNSAID =
  /no IPv[46] address|another plain form|cannot belong to a host|no address block|bits set beyond|no address prefix|are no ports|no MAC address|power of two/;

interface Schema {
  $schema?: string;
  $id?: string;
  title?: string;
  description?: string;
  default?: unknown;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Schema | false;
  anyOf?: Schema[];
  prefixItems?: Schema[];
}

/** A schema and all schemas in it, each with the path of the field it is for. */
function schemasIn(schema: Schema, path = ""): [path: string, schema: Schema][] {
  const { properties = {}, items, anyOf = [], prefixItems = [] } = schema;
  return [
    [path, schema],
    ...Object.entries(properties).flatMap(([name, field]) => schemasIn(field, path === "" ? name : `${path}.${name}`)),
    ...(items === undefined || items === false ? [] : schemasIn(items, `${path}[]`)),
    ...[...anyOf, ...prefixItems].flatMap((each) => schemasIn(each, path)),
  ];
}

const schema = JSON.parse(FILE) as Schema;
const all = schemasIn(schema);
/** The fields of all objects. */
const fields = all.flatMap(([path, { properties = {}, required = [] }]) =>
  Object.entries(properties).map(([name, field]) => ({
    path: `${path}.${name}`,
    field,
    needed: required.includes(name),
  })),
);
/** Of the examples, these hold events and expectations. */
const OTHERS = ["incident.yaml", "storage.expect.yaml"];
const examples = readdirSync(new URL("examples/", ROOT)).filter(
  (name) => /\.(ya?ml|json)$/.test(name) && !OTHERS.includes(name),
);
const configurations: [name: string, text: string][] = [
  ["the sample of the tests", SAMPLE],
  ...examples.map((name): [string, string] => [
    `examples/${name}`,
    readFileSync(new URL(`examples/${name}`, ROOT), "utf8"),
  ]),
];
/** What the schema says of a value, read by zod's own reader of JSON Schema. */
const judge = z.fromJSONSchema(JSON.parse(FILE));

suite("schema/linkplane.schema.json", (test) => {
  test("is what npm run schema makes", () => {
    assert.is(FILE, `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`);
  });

  test("says what it is", () => {
    assert.is(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
    assert.is(schema.$id, "urn:linkplane:configuration");
    assert.is(schema.title, "linkplane configuration");
    const { exports } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"));
    assert.is(exports["./schema.json"], "./schema/linkplane.schema.json");
  });

  test("describes every field in a sentence", () => {
    assert.ok(fields.length > 50, `${fields.length} fields`);
    const wanting = fields.filter(({ field }) => !/^[A-Z].{4,}\.$/.test(field.description ?? ""));
    assert.equal(
      wanting.map(({ path, field }) => `${path}: ${field.description}`),
      [],
    );
  });

  test("has no field that is needed and has a default, and says what is left out of those without either", () => {
    assert.equal(
      fields.filter(({ field, needed }) => needed && field.default !== undefined).map(({ path }) => path),
      [],
    );
    const silent = fields.filter(({ field, needed }) => !needed && field.default === undefined);
    const unexplained = silent.filter(({ field }) => !/left out/i.test(field.description ?? ""));
    // Nothing follows from leaving these out.
    assert.equal(
      unexplained.map(({ path }) => path),
      [
        ".$schema",
        "virtualNetworks[].vlan",
        "privateEndpoints[].groupId",
        "privateLinkServices[].macAddress",
        "loadBalancers[].backendAddressPools[].backends[].macAddress",
      ],
    );
  });

  test("has a default that its own field takes", () => {
    for (const { path, field } of fields)
      if (field.default !== undefined) {
        const { default: value, ...rest } = field;
        assert.ok(z.fromJSONSchema(rest as z.core.JSONSchema.JSONSchema).safeParse(value).success, path);
      }
  });

  test("lets no object have fields that it does not know", () => {
    const objects = all.filter(([, { type }]) => type === "object");
    assert.ok(objects.length >= 10);
    assert.equal(
      objects.filter(([, { additionalProperties }]) => additionalProperties !== false).map(([path]) => path),
      [],
    );
  });

  test("keeps to keywords of draft 2020-12 that editors know", () => {
    const used = new Set(all.flatMap(([, each]) => Object.keys(each)));
    assert.equal(
      [...used].filter((keyword) => !KEYWORDS.includes(keyword)),
      [],
    );
  });
});

suite("What the schema says", (test) => {
  for (const [name, text] of configurations)
    test(`${name} is right by the schema, and is read`, () => {
      const { error } = judge.safeParse(parse(text));
      assert.is(error?.message, undefined);
      assert.ok(parseConfiguration(text, name).virtualNetworks.length > 0);
    });

  test("examples are there", () => {
    assert.ok(examples.includes("storage.yaml"));
  });

  for (const [change, to, message] of [...SHAPE_MISTAKES, ...ACCESS_SHAPES])
    test(`${UNSAID.test(message) ? "left to the reader" : "wrong by the schema too"}: ${message}`, () => {
      assert.is(judge.safeParse(valueOf(edited(change, to).text)).success, UNSAID.test(message));
    });
});
