// Writes the tables of fields into docs/configuration.md from the schema: `npm run docs`.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configurationJsonSchema } from "../host/config/json-schema.ts";

interface Schema {
  description?: string;
  type?: string;
  enum?: string[];
  const?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  prefixItems?: Schema[];
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

const PAGE = new URL("configuration.md", import.meta.url);
const MADE = /(<!-- made by npm run docs -->\n)[\s\S]*(<!-- end -->)/;

/** The page with its tables made anew. */
export function configurationPage(page: string): string {
  const { $schema: _, $id: __, title: ___, ...root } = configurationJsonSchema() as Schema & Record<string, unknown>;
  return page.replace(MADE, (_whole, begin, end) => `${begin}\n${tables("", root)}${end}`);
}

/** A table of an object's fields, and those of the objects in it. */
function tables(path: string, schema: Schema): string {
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => name !== "$schema");
  const rows = fields.map(([name, field]) => {
    const optional = field.default !== undefined || !(schema.required ?? []).includes(name);
    const otherwise = optional ? (typeof field.default === "object" ? "" : `\`${field.default ?? "-"}\``) : "needed";
    return `| \`${name}\` | ${kind(field)} | ${otherwise} | ${field.description ?? ""} |\n`;
  });
  const title = path === "" ? "" : `### ${path}\n\n`;
  const table = `${title}| field | value | left out | meaning |\n|---|---|---|---|\n${rows.join("")}\n`;
  const inner = fields.flatMap(([name, field]) => {
    const object = field.type === "array" ? field.items : field;
    const at = `${path === "" ? "" : `${path}.`}${name}${field.type === "array" ? "[]" : ""}`;
    return object?.properties === undefined ? [] : [tables(at, object)];
  });
  return table + inner.join("");
}

/** What a field may hold, in words. */
function kind(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(kind).join(" or ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(kind).join(", ")}]`;
  if (schema.type === "array")
    return `list of ${schema.items?.properties === undefined ? `${kind(schema.items ?? {})}s` : "objects"}`;
  if (schema.type === "integer" || schema.type === "number")
    return `${schema.minimum ?? ""} to ${(schema.maximum ?? 0).toLocaleString("en")}`;
  return schema.type ?? "";
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(PAGE, configurationPage(readFileSync(PAGE, "utf8")));
