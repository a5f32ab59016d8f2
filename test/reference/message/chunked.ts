// What frames chunks (behaviour 14.5), line by line: each begun line must be the beginning of a sound one.

export type Line = "size" | "end" | "trailer";

const BEGUN: Record<Line, RegExp> = {
  size: /^[0-9a-f]+(;[^\r\n]*)?(\r\n?)?$/i,
  end: /^\r\n?$/,
  trailer: /^([!#$%&'*+.^_`|~0-9A-Za-z-]+(:[^\r\n]*(\r\n?)?)?|\r\n?)$/,
};
const SIZE_BELOW = 2 ** 32;

/** Whether what there is of a line can be the beginning of one. */
export const isBegun = (line: Line, text: string): boolean =>
  BEGUN[line].test(text) && (line !== "size" || sizeOf(text) < SIZE_BELOW);

/** The size that a line gives. */
export const sizeOf = (text: string): number => Number.parseInt(text, 16);
