// A table with a path and a label in each row. What was read can be written back with nothing changed but labels.
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Problem } from '../../../shared/labels.ts';
import { sentence, tell } from '../../../shared/told.ts';
import { replaceCell } from './csv-cells.ts';
import { chooseColumns, type CsvChoice, type CsvColumns } from './csv-columns.ts';
import { openCsv, type ByteSource, type CsvRecord } from './csv-records.ts';
import { ImagePaths } from './image-paths.ts';
import type { LabelledFiles } from './labelled-file.ts';
import { readSplitName, settleSplit, type NamedSplit } from './split-names.ts';

export type { CsvChoice } from './csv-columns.ts';

export interface CsvHeader {
  columns: string[];
  delimiter: string;
  chosen: CsvColumns;
}

/** Throws 'unreadable' for a file that cannot be read as UTF-8, 'bad-request' where a column is missing or in doubt. */
export async function readCsvHeader(file: string, choice: CsvChoice): Promise<CsvHeader> {
  const name = basename(file);
  const bytes = createReadStream(file);
  try {
    const { columns, delimiter } = await openCsv(translateErrors(bytes, file), name);
    return { columns, delimiter, chosen: chooseColumns(columns, choice, name) };
  } finally {
    bytes.destroy();
  }
}

/**
 * Reads the rows as images of `imagesFolder`. A row that cannot be used is a problem that names its line, and the rest
 * goes on. Labels are taken as they are written, without the space around them. Throws as `readCsvHeader`.
 */
export async function* readCsv(file: string, imagesFolder: string, choice: CsvChoice): LabelledFiles {
  const { columns, chosen } = await readCsvHeader(file, choice);
  const paths = new ImagePaths(imagesFolder);
  const seen = new Map<string, { label: string; line: number }>();
  let hasTest: Promise<boolean> | undefined;

  for await (const row of readRows(file, () => chosen)) {
    if ('reason' in row) {
      yield row;
      continue;
    }
    const { line, record, label, split } = row;
    const found = await paths.find(row.path);
    if ('reason' in found) {
      yield { path: row.path, reason: sentence(`problem.path-${found.reason}`, { line }) };
      continue;
    }
    const earlier = seen.get(found.path);
    if (earlier) {
      yield { path: found.path, reason: compareRows(earlier, row) };
      continue;
    }
    seen.set(found.path, { label, line });
    if (split === 'validation') hasTest ??= hasTestRow(file, columns.indexOf(chosen.split!));
    yield {
      path: found.path,
      label,
      split: split && settleSplit(split, (await hasTest) ?? false),
      record,
    };
  }
}

/**
 * The rows of a table as they are written, without the space around their cells, or what is wrong with one, by its line.
 * `choose` says which column is which. Throws as `readCsvHeader`, and what `choose` throws.
 */
export async function* readRows(
  file: string,
  choose: (columns: readonly string[], name: string) => CsvColumns,
): AsyncGenerator<Row | Problem> {
  const name = basename(file);
  const bytes = createReadStream(file);
  try {
    const { columns, records } = await openCsv(translateErrors(bytes, file), name);
    const readRow = createRowReader(columns, choose(columns, name), name);
    for await (const record of records) if (record.number > 0) yield readRow(record);
  } finally {
    bytes.destroy();
  }
}

export interface Row {
  /** Of the file, and of its data records; both counted from 1. */
  line: number;
  record: number;
  path: string;
  label: string;
  split: NamedSplit | null;
}

function createRowReader(columns: readonly string[], chosen: CsvColumns, name: string) {
  const pathAt = columns.indexOf(chosen.path);
  const labelAt = columns.indexOf(chosen.label);
  const splitAt = chosen.split === null ? -1 : columns.indexOf(chosen.split);

  return ({ line, number: record, cells }: CsvRecord): Row | Problem => {
    if (!cells)
      return {
        path: name,
        reason: sentence('problem.open-quote', { line }),
      };
    const path = cells[pathAt]?.trim() ?? '';
    const toProblem = (reason: string): Problem => ({ path: path || name, reason });
    if (cells.length !== columns.length)
      return toProblem(sentence('problem.cells', { line, found: cells.length, wanted: columns.length }));
    const label = cells[labelAt]!.trim();
    const splitName = cells[splitAt]?.trim() ?? '';
    const split = splitName === '' ? null : readSplitName(splitName);
    if (path === '') return toProblem(sentence('problem.no-path', { line }));
    if (label === '') return toProblem(sentence('problem.no-label', { line }));
    if (split === undefined) return toProblem(sentence('problem.split', { line, split: splitName }));
    return { line, record, path, label, split };
  };
}

/** Why the second row on an image does not count. */
export const compareRows = (first: { label: string; line: number }, { label, line }: Row): string =>
  first.label === label
    ? sentence('problem.repeated', { line, first: first.line })
    : sentence('problem.contradicted', { line, label, first: first.line, counts: first.label });

async function hasTestRow(file: string, splitAt: number): Promise<boolean> {
  for await (const { cells } of readRecords(file)) {
    if (readSplitName(cells?.[splitAt]?.trim() ?? '') === 'test') return true;
  }
  return false;
}

async function* readRecords(file: string): AsyncGenerator<CsvRecord> {
  const bytes = createReadStream(file);
  try {
    const { records } = await openCsv(translateErrors(bytes, file), basename(file));
    yield* records;
  } finally {
    bytes.destroy();
  }
}

async function* translateErrors(bytes: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (cause) {
    throw tell('unreadable', 'file-unreadable', { file }, { cause });
  }
}

/** Bytes pass in pieces of about this size where nothing changes. */
const pieceBytes = 65_536;

/**
 * The same file with other labels: `changes` is from data record (counted from 1) to label, everything else stays as it
 * is, byte for byte. `labelColumn` is a name of the header.
 */
export async function* writeCsv(
  source: ByteSource,
  labelColumn: string,
  changes: ReadonlyMap<number, string>,
): AsyncGenerator<Buffer> {
  const kept = new KeptBytes();
  const { delimiter, columns, records } = await openCsv(kept.keep(source), 'The label file');
  const column = columns.indexOf(labelColumn);
  if (column < 0) throw new Error(`The label file has no column ${labelColumn}.`);
  let startByte = 0;
  for await (const { number, endByte } of records) {
    const label = changes.get(number);
    if (label !== undefined) {
      yield kept.take(startByte);
      yield replaceCell(kept.take(endByte), column, label, delimiter);
    } else if (kept.sizeUpTo(endByte) > pieceBytes) yield kept.take(endByte);
    startByte = endByte;
  }
  yield kept.take(Number.POSITIVE_INFINITY);
}

/** What was read of a source and not yet written. Places are bytes from its start. */
class KeptBytes {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;

  async *keep(source: ByteSource): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      yield chunk;
    }
  }

  sizeUpTo(end: number): number {
    return end - this.#start;
  }

  /** Hands over what lies before `end`. */
  take(end: number): Buffer {
    const taken = this.#bytes.subarray(0, end - this.#start);
    this.#bytes = this.#bytes.subarray(taken.length);
    this.#start += taken.length;
    return taken;
  }
}
