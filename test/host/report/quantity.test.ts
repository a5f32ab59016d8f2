import { amount, bytesText, count, rateText } from "../../../host/report/quantity.ts";
import { assert, suite } from "../../kit.ts";

const COUNTS: [number, string][] = [
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1_234_567, "1,234,567"],
];

const AMOUNTS: [number, string][] = [
  [0, "0 packets"],
  [1, "1 packet"],
  [2, "2 packets"],
  [1000, "1,000 packets"],
];

/** The unit changes where three digits before the point no longer hold what would be printed. */
const SIZES: [number, string, string][] = [
  [0, "0 B", "0 bit/s"],
  [1, "1 B", "1 bit/s"],
  [999, "999 B", "999 bit/s"],
  [1000, "1.0 kB", "1.0 kbit/s"],
  [1049, "1.0 kB", "1.0 kbit/s"],
  [1051, "1.1 kB", "1.1 kbit/s"],
  [999_900, "999.9 kB", "999.9 kbit/s"],
  [1e6, "1.0 MB", "1.0 Mbit/s"],
  [342_159_000, "342.2 MB", "342.2 Mbit/s"],
  [1e9, "1.0 GB", "1.0 Gbit/s"],
  [1e12, "1.0 TB", "1.0 Tbit/s"],
  [1.5e15, "1500.0 TB", "1500.0 Tbit/s"],
];

const ROUNDED_UP: [number, string, string][] = [
  [999.6, "1.0 kB", "1.0 kbit/s"],
  [999_960, "1.0 MB", "1.0 Mbit/s"],
  [999_999_999, "1.0 GB", "1.0 Gbit/s"],
];

suite("Quantities", (test) => {
  for (const [value, text] of COUNTS) test(`count of ${value}`, () => assert.is(count(value), text));
  for (const [value, text] of AMOUNTS) test(`amount of ${value}`, () => assert.is(amount(value, "packet"), text));
  for (const [value, bytes, rate] of SIZES)
    test(`${value} bytes, ${value} bits a second`, () =>
      assert.equal([bytesText(value), rateText(value)], [bytes, rate]));
  for (const [value, bytes, rate] of ROUNDED_UP)
    test(`${value}, which rounds up to the next unit`, () =>
      assert.equal([bytesText(value), rateText(value)], [bytes, rate]));
  test("a fraction of a bit is no number of its own", () => assert.is(rateText(12.4), "12 bit/s"));
});
