// The names of the suites, tests and table rows that a test file declares, read out of its syntax tree.

import { readFileSync } from "node:fs";
import ts from "typescript";

/** Which argument of a call is the name that it declares. */
const CALLS: Record<string, number> = { suite: 0, table: 0, test: 0, "test.skipUnless": 2, judgedSuite: 0 };

/** Names written out as literals; those put together are none that a page could name. */
export function namesIn(path: string): Set<string> {
  const names = new Set<string>();
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
  const visit = (node: ts.Node): void => {
    const name = declared(node) ?? row(node);
    if (name !== undefined && ts.isStringLiteralLike(name)) names.add(name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** The name that a call declares. */
function declared(node: ts.Node): ts.Node | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const at = CALLS[node.expression.getText()];
  return at === undefined ? undefined : node.arguments[at];
}

/** The name of a row in the list that a table is given. */
function row(node: ts.Node): ts.Node | undefined {
  if (!ts.isPropertyAssignment(node) || node.name.getText() !== "name") return undefined;
  const list = node.parent.parent;
  const call = list.parent;
  const inTable =
    ts.isArrayLiteralExpression(list) && ts.isCallExpression(call) && call.expression.getText() === "table";
  return inTable ? node.initializer : undefined;
}
