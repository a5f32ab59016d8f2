// How two byte sequences differ, for a person.

const ROW_BYTES = 16;
const ROWS_SHOWN = 3;

export interface ByteDifference {
  sentence: string;
  /** Rows of hexadecimal bytes from the one before the first difference: equal ones once, others as - expected and + actual. */
  rows: string[];
}

/** Describes the first difference of two sequences that do differ. */
export function describeBytes(actual: Uint8Array, expected: Uint8Array): ByteDifference {
  const shorter = Math.min(actual.length, expected.length);
  let offset = 0;
  while (offset < shorter && actual[offset] === expected[offset]) offset++;
  const lengths =
    actual.length === expected.length
      ? `both ${actual.length} bytes long`
      : `${actual.length} bytes instead of ${expected.length}`;
  const first = Math.max(0, Math.floor(offset / ROW_BYTES) - 1) * ROW_BYTES;
  const rows: string[] = [];
  for (let start = first; start < first + ROWS_SHOWN * ROW_BYTES; start += ROW_BYTES) {
    const wanted = hexRow(expected, start);
    const got = hexRow(actual, start);
    const label = start.toString(16).padStart(4, "0");
    if (wanted === got && wanted !== "") rows.push(`  ${label}  ${got}`);
    if (wanted === got) continue;
    rows.push(`- ${label}  ${wanted}`, `+ ${label}  ${got}`);
  }
  return { sentence: `bytes differ first at offset ${offset} (0x${offset.toString(16)}), ${lengths}`, rows };
}

function hexRow(sequence: Uint8Array, start: number): string {
  return Array.from(sequence.subarray(start, start + ROW_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join(
    " ",
  );
}
