// Numbers as people read them.

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** 12,345, of a whole number. Without Intl, whose first use takes 30 ms, a tenth of a short replay. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

/** `1 packet`, `2 packets`. */
export const amount = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

/** Bytes in decimal units. */
export function bytesText(bytes: number): string {
  return scaled(bytes, UNITS);
}

/** Bits a second in decimal units. */
export function rateText(bits: number): string {
  return scaled(
    bits,
    UNITS.map((unit) => `${unit.replace("B", "")}bit/s`),
  );
}

/** One decimal, or none for the smallest unit; what rounds up to a thousand is one of the next. */
function scaled(value: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  for (; rest >= (unit === 0 ? 999.5 : 999.95) && unit < units.length - 1; unit++) rest /= 1000;
  return `${unit === 0 ? Math.round(rest) : rest.toFixed(1)} ${units[unit]}`;
}
