/** Rows as aligned columns: text to the left, numbers (and what begins like one) to the right. */
export function toTable(header: string[], rows: string[][]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[−+-]?[\d.]/.test(row[column] ?? '')),
  );
  return all.map((row) =>
    row
      .map((cell, column) => (isNumeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** A share that may be tiny, to two significant digits: 0.000083 -> '0.0083 %'. */
export const smallPercent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
