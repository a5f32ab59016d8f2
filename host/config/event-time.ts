// When an event happens: so long after the first packet, or at a date and time.

/** Nanoseconds, after the first packet of a capture or since 1970. */
export interface EventTime {
  after: "first packet" | "1970";
  nanoseconds: bigint;
}

const SECONDS = /^\+?(\d{1,9})(?:\.(\d{1,9}))?s?$/;
const DATE = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;
const DIGITS = 9;
const SECONDS_MOST = 999_999_999;
const MILLION = 1_000_000n;

/** Whether a date is in the calendar: `Date.parse` takes the 30th of February for the 2nd of March. */
const exists = (date: string): boolean => new Date(`${date}Z`).toISOString().startsWith(date);

/** Reads `12.5`, `+12.5s` or `2026-11-24T00:10:30.5Z`; undefined for what is no time. */
export function timeOf(at: number | string): EventTime | undefined {
  if (typeof at === "number") {
    if (!(at >= 0 && at <= SECONDS_MOST)) return undefined;
    return timeOf(at.toFixed(DIGITS));
  }
  const [, whole, fraction = ""] = SECONDS.exec(at) ?? [];
  if (whole !== undefined) return { after: "first packet", nanoseconds: BigInt(whole + fraction.padEnd(DIGITS, "0")) };
  const [, date, part = "", zone] = DATE.exec(at) ?? [];
  const milliseconds = Date.parse(`${date}${zone}`);
  if (!(milliseconds >= 0) || !exists(date ?? "")) return undefined;
  return { after: "1970", nanoseconds: BigInt(milliseconds) * MILLION + BigInt(part.padEnd(DIGITS, "0")) };
}
