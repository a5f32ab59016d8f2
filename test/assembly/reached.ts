// What an export of a WebAssembly module may come to execute: its function, and all that these call.

interface Binaryen {
  readBinary(bytes: Uint8Array): { emitText(): string };
  parseText(text: string): { emitText(): string };
}

/** Loads Binaryen, whose declarations do not suit this program's settings. */
async function binaryen(): Promise<Binaryen> {
  return (await import("binaryen" as string)).default as Binaryen;
}

/** Instructions that functions may be asked about. */
const INSTRUCTIONS = /\((memory\.grow|call_indirect|call_ref|throw|unreachable|call \$[^\s)]+)/g;

/** Calls to imports and instructions of INSTRUCTIONS that each export may execute; calls between functions are followed. */
export async function reached(module: Uint8Array | string): Promise<Map<string, Set<string>>> {
  const { readBinary, parseText } = await binaryen();
  const text = (typeof module === "string" ? parseText(module) : readBinary(module)).emitText();
  const functions = new Map<string, string[]>();
  for (const [, name = "", body = ""] of text.matchAll(/^ \(func (\$[^\s)]+)([\s\S]*?)^ \)$/gm))
    functions.set(
      name,
      [...body.matchAll(INSTRUCTIONS)].map(([, instruction = ""]) => instruction),
    );
  const exports = text.matchAll(/^ \(export "([^"]+)" \(func (\$[^\s)]+)\)\)$/gm);
  return new Map([...exports].map(([, name = "", first = ""]) => [name, follow(first, functions)]));
}

function follow(first: string, functions: ReadonlyMap<string, string[]>): Set<string> {
  const seen = new Set([first]);
  const found = new Set<string>();
  for (const name of seen)
    for (const instruction of functions.get(name) ?? []) {
      const callee = instruction.startsWith("call $") ? instruction.slice(5) : undefined;
      if (callee !== undefined && functions.has(callee)) seen.add(callee);
      else found.add(instruction);
    }
  return found;
}
