// Writes the JSON Schemas beside it from the schemas in the sources: `npm run schema`.

import { writeFileSync } from "node:fs";
import { configurationJsonSchema, eventsJsonSchema } from "../host/config/json-schema.ts";
import { expectationsJsonSchema } from "../host/expect/json-schema.ts";

const FILES = {
  "linkplane.schema.json": configurationJsonSchema(),
  "events.schema.json": eventsJsonSchema(),
  "expectations.schema.json": expectationsJsonSchema(),
};

for (const [name, schema] of Object.entries(FILES))
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
