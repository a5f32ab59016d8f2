// The JSON Schemas of the files people write, for editors.

import * as z from "zod";
import { eventsSchema } from "./events-schema.ts";
import { fileSchema } from "./schema.ts";

/** JSON Schema of a configuration as people write it: fields with defaults may be left out. */
export const configurationJsonSchema = (): Record<string, unknown> => jsonSchemaOf(fileSchema, "configuration");

/** JSON Schema of an events file. */
export const eventsJsonSchema = (): Record<string, unknown> => jsonSchemaOf(eventsSchema, "events");

function jsonSchemaOf(shape: z.ZodType, what: string): Record<string, unknown> {
  const schema = z.toJSONSchema(shape, { io: "input", target: "draft-2020-12" }) as Record<string, unknown>;
  const { $schema, ...rest } = schema;
  return { $schema, $id: `urn:linkplane:${what}`, title: `linkplane ${what}`, ...rest };
}
