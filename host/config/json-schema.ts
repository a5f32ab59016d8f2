// The configuration file's JSON Schema, for editors.

import * as z from "zod";
import { fileSchema } from "./schema.ts";

const ID = "urn:linkplane:configuration";

/** JSON Schema of what people write: fields with defaults may be left out. */
export function configurationJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(fileSchema, { io: "input", target: "draft-2020-12" }) as Record<string, unknown>;
  const { $schema, ...rest } = schema;
  return { $schema, $id: ID, title: "linkplane configuration", ...rest };
}
