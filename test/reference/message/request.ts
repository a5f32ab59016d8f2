// The head of an HTTP/1.x request.
import { AMBIGUOUS, against, MORE, type Outcome, UNEXPECTED } from "./outcome.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/;
const METHOD_MOST = 32;

export function readRequest(bytes: Uint8Array): Outcome {
  const text = Buffer.from(bytes).toString("latin1");
  const start = /^[\r\n]*/.exec(text)?.[0].length ?? 0;
  if (start === text.length) return MORE;
  const method = TOKEN.exec(text.slice(start))?.[0] ?? "";
  if (method.length > METHOD_MOST) return UNEXPECTED;
  const behind = text[start + method.length];
  if (behind === undefined) return MORE;
  if (method === "" || behind !== " ") return UNEXPECTED;
  const lines = text.slice(start).split("\n");
  const complete = lines.slice(0, -1).map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  const [first, ...fields] = complete;
  if (first === undefined) return MORE;
  const target = readTarget(first.slice(method.length + 1), method);
  if (typeof target === "object") return target;
  let host: string | undefined;
  for (const [index, line] of fields.entries()) {
    if (line === "") {
      const size = start + sizeOf(lines.slice(0, index + 2));
      const name = target ?? host;
      return name === undefined
        ? { kind: "named", size }
        : { kind: "named", size, name: Uint8Array.from(Buffer.from(name, "latin1")) };
    }
    const field = TOKEN.exec(line)?.[0] ?? "";
    if (field === "" || line[field.length] !== ":") return UNEXPECTED;
    if (field.toLowerCase() !== "host") continue;
    if (host !== undefined) return AMBIGUOUS;
    host = line.slice(field.length + 1).replace(/^[ \t]+|[ \t]+$/g, "");
  }
  return MORE;
}

const sizeOf = (lines: string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

/** The name in a request line behind its method, undefined when it has none, or what is against it. */
function readTarget(line: string, method: string): Outcome | string | undefined {
  const parts = /^([^ ]+) HTTP\/(.)\..$/s.exec(line);
  if (parts === null) return UNEXPECTED;
  const [, target = "", major] = parts;
  if (major === "2") return against("http2-prior-knowledge");
  if (major !== "1") return UNEXPECTED;
  if (target.startsWith("/") || target === "*") return undefined;
  const authority = method === "CONNECT" ? target : /^[^:]*:\/\/(.*)$/s.exec(target)?.[1];
  if (authority === undefined) return UNEXPECTED;
  const host = /^[^/?#]*/.exec(authority)?.[0] ?? "";
  return host.slice(host.lastIndexOf("@") + 1);
}
