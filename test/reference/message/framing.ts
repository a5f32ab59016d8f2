// Where the body of a request ends, by its head (behaviour 14.5).

export type Framing =
  | { kind: "length"; bytes: number }
  | { kind: "chunked" }
  | { kind: "fault"; reason: "stream-opaque" | "request-ambiguous" };

const AMBIGUOUS: Framing = { kind: "fault", reason: "request-ambiguous" };

/** `head` goes from the empty lines before a request to the one behind its fields. */
export function framingOf(head: Uint8Array): Framing {
  const text = Buffer.from(head)
    .toString("latin1")
    .replace(/^[\r\n]+/, "");
  const [first = "", ...fields] = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const values = (name: string): string[] =>
    fields
      .filter((line) => line.toLowerCase().startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^[ \t]+|[ \t]+$/g, ""));
  if (first.startsWith("CONNECT ") || values("upgrade").length > 0) return { kind: "fault", reason: "stream-opaque" };
  if (/\r(?!\n)/.test(text)) return AMBIGUOUS;
  const lengths = values("content-length");
  const codings = values("transfer-encoding");
  if (lengths.length + codings.length > 1) return AMBIGUOUS;
  const [length] = lengths;
  const [coding] = codings;
  if (coding !== undefined)
    return coding.toLowerCase() === "chunked" && first.endsWith("1") ? { kind: "chunked" } : AMBIGUOUS;
  if (length === undefined) return { kind: "length", bytes: 0 };
  return /^[0-9]{1,15}$/.test(length) ? { kind: "length", bytes: Number(length) } : AMBIGUOUS;
}
