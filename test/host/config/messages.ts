// The messages that a source file can give, read out of its syntax tree.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const HOST_CONFIG = new URL("../../../host/config/", import.meta.url);
const SENTENCE = /\w \S.*[.?](\s|$)/;

/** A pattern for each sentence in the file's strings; whatever is put into a template matches anything. Descriptions are none. */
export function messagesOf(file: string): RegExp[] {
  const text = readFileSync(fileURLToPath(new URL(file, HOST_CONFIG)), "utf8");
  const found: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    if (isDescription(node)) {
      ts.forEachChild(node.expression, visit);
      return;
    }
    const parts = partsOf(node);
    if (parts !== undefined && SENTENCE.test(parts.join("x"))) found.push(new RegExp(parts.map(literally).join(".*")));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return found;
}

function isDescription(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === "describe"
  );
}

/** What a string or template says, cut where something is put in. */
function partsOf(node: ts.Node): string[] | undefined {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
