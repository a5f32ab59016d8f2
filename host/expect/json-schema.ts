// The JSON Schema of a file of expectations, for editors.

import * as z from "zod";
import { expectationsSchema } from "./schema.ts";

/** JSON Schema of what people write. */
export function expectationsJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(expectationsSchema, { io: "input", target: "draft-2020-12" }) as Record<
    string,
    unknown
  >;
  const { $schema, ...rest } = schema;
  return { $schema, $id: "urn:linkplane:expectations", title: "linkplane expectations", ...rest };
}
