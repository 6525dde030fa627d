// Labels as a plain table, for projects whose labels came from folders: path, label, split.
import { stringify } from 'csv-stringify/sync';

const rowsPerChunk = 1000;

/** A CSV in pieces, in the order of the rows. A label that is null (excluded) is an empty cell. */
export function* writePathLabel(
  rows: Iterable<{ path: string; label: string | null; split: string }>,
): Generator<string> {
  let waiting: string[][] = [['path', 'label', 'split']];
  for (const { path, label, split } of rows) {
    waiting.push([path, label ?? '', split]);
    if (waiting.length < rowsPerChunk) continue;
    yield toLines(waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield toLines(waiting);
}

const toLines = (rows: string[][]): string => stringify(rows, { quoted_match: /[\r\n]/ });
