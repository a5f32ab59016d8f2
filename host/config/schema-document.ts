// A shape as the JSON Schema that editors read.

import * as z from "zod";

/** JSON Schema of what people write: fields with defaults may be left out. `what` names the file in its title. */
export function schemaDocument(shape: z.ZodType, what: string): Record<string, unknown> {
  const schema = z.toJSONSchema(shape, { io: "input", target: "draft-2020-12" }) as Record<string, unknown>;
  const { $schema, ...rest } = schema;
  return { $schema, $id: `urn:linkplane:${what}`, title: `linkplane ${what}`, ...rest };
}
