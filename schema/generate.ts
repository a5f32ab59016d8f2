// Writes schema/linkplane.schema.json from the schema in the sources: `npm run schema`.

import { writeFileSync } from "node:fs";
import { configurationJsonSchema } from "../host/config/json-schema.ts";

writeFileSync(
  new URL("linkplane.schema.json", import.meta.url),
  `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`,
);
