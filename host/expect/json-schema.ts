// The JSON Schema of a file of expectations, for editors.

import { schemaDocument } from "../config/schema-document.ts";
import { expectationsSchema } from "./schema.ts";

/** JSON Schema of what people write. */
export const expectationsJsonSchema = (): Record<string, unknown> => schemaDocument(expectationsSchema, "expectations");
