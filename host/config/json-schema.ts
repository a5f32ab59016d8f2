// The JSON Schemas of the files people write, for editors.

import { eventsSchema } from "./events-schema.ts";
import { schemaDocument } from "./schema-document.ts";
import { fileSchema } from "./schema.ts";

/** JSON Schema of a configuration as people write it: fields with defaults may be left out. */
export const configurationJsonSchema = (): Record<string, unknown> => schemaDocument(fileSchema, "configuration");

/** JSON Schema of an events file. */
export const eventsJsonSchema = (): Record<string, unknown> => schemaDocument(eventsSchema, "events");
