import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { parseOptions } from './csv-records.ts';

/**
 * The bytes of one record with another text in one of its cells; every other byte stays, empty lines before the record
 * and its line break included. The new cell is quoted where its text needs it or the old one was.
 */
export function replaceCell(record: Buffer, column: number, text: string, delimiter: string): Buffer {
  const cells: { end: number; isQuoted: boolean }[] = [];
  parse(record, {
    ...parseOptions(delimiter),
    bom: false,
    cast(value, { bytes, quoting }) {
      cells.push({ end: bytes, isQuoted: quoting });
      return value;
    },
  });
  const cell = cells[column];
  if (!cell) throw new Error(`A record of ${cells.length} cells has no cell ${column}.`);
  const before = cells[column - 1];
  const start = before
    ? before.end + delimiter.length
    : record.findIndex((byte) => byte !== lineFeed && byte !== carriageReturn);
  const written = stringify([[text]], { delimiter, eof: false, quoted: cell.isQuoted, quoted_match: /[\r\n]/ });
  return Buffer.concat([record.subarray(0, start), Buffer.from(written), record.subarray(cell.end)]);
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
