// The records of a CSV file of unknown delimiter, streamed. Reading and writing go through here, so that record 17 is the
// same record to both.
import { parse, CsvError, type Options } from 'csv-parse';
import { parse as parseWhole } from 'csv-parse/sync';
import { tell } from '../../../shared/told.ts';

export type ByteSource = Iterable<Buffer> | AsyncIterable<Buffer>;

export interface CsvRecord {
  /** 0 is the header, 1 the first data record; empty lines are none. */
  number: number;
  /** Line of the file, from 1; where quoted cells hold line breaks, the record's last. */
  line: number;
  /** null where a quote opens that never closes: nothing after it can be told apart. It comes once for every further chunk. */
  cells: string[] | null;
  /** Place in the file just behind the record and its line break. */
  endByte: number;
}

export interface OpenCsv {
  delimiter: string;
  /** Header cells, without the space around them. */
  columns: string[];
  /** The header first. */
  records: AsyncGenerator<CsvRecord>;
}

const delimiters = [',', ';', '\t', '|'];
const headBytes = 65_536;
/** No record of labels is longer; what seems to be has lost a quote. */
const longestRecordBytes = 2 ** 20;

export const parseOptions = (delimiter: string) =>
  ({
    delimiter,
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // A quote amid a cell is a character like any other.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestRecordBytes,
  }) satisfies Options;

/**
 * Reads the header and makes ready to read the rest. `name` is for sentences. Throws 'unreadable' for a file that is
 * empty or not UTF-8; the latter also later, while the records are read.
 */
export async function openCsv(source: ByteSource, name: string): Promise<OpenCsv> {
  const chunks = refuseOtherEncodings(source, name);
  const head = await takeHead(chunks);
  if (head.length === 0) throw tell('unreadable', 'file-empty', { file: name });
  const { delimiter, columns } = guessDelimiter(head);
  return { delimiter, columns, records: readRecords(head, chunks, delimiter) };
}

/** The delimiter that cuts the header into the most cells; a comma where none does. */
function guessDelimiter(head: Buffer): { delimiter: string; columns: string[] } {
  const guesses = delimiters.map((delimiter) => {
    const [header = []] = parseWhole(head, { ...parseOptions(delimiter), to: 1 });
    return { delimiter, columns: header.map((cell) => cell.trim()) };
  });
  return guesses.reduce((best, guess) => (guess.columns.length > best.columns.length ? guess : best));
}

async function* readRecords(head: Buffer, rest: AsyncGenerator<Buffer>, delimiter: string): AsyncGenerator<CsvRecord> {
  // Kept here and not in the parser's stream, which drops what it holds when it fails.
  let ready: CsvRecord[] = [];
  let line = 0;
  const parser = parse({
    ...parseOptions(delimiter),
    on_record(cells: string[], { records, lines, bytes }) {
      line = lines;
      ready.push({ number: records - 1, line, cells, endByte: bytes });
      return null;
    },
  });
  // Every write reports its error too.
  parser.on('error', () => undefined);
  let broken: CsvRecord | undefined;
  try {
    for await (const chunk of joinHead(head, rest)) {
      const error = broken ? null : await settle((done) => parser.write(chunk, done));
      yield* ready;
      ready = [];
      if (error) broken = toBroken(error, line + 1);
      if (broken) yield broken;
    }
    const error = broken ? null : await settle((done) => parser.end(done));
    yield* ready;
    if (error) yield toBroken(error, line + 1);
  } finally {
    parser.destroy();
  }
}

/** Waits for a write or for the end; what went wrong is the answer. */
const settle = (start: (done: (error?: Error | null) => void) => void): Promise<Error | null> =>
  new Promise((resolve) => start((error) => resolve(error ?? null)));

function toBroken(error: Error, line: number): CsvRecord {
  const isOpenQuote =
    error instanceof CsvError && (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE');
  if (!isOpenQuote) throw error;
  return { number: Number.POSITIVE_INFINITY, line, cells: null, endByte: Number.POSITIVE_INFINITY };
}

async function* refuseOtherEncodings(source: ByteSource, name: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Buffer) => {
    try {
      const text = decoder.decode(chunk, { stream: chunk !== undefined });
      if (!text.includes('\0')) return;
    } catch {
      // Bytes that are no UTF-8; the sentence below is all there is to say of them.
    }
    throw tell('unreadable', 'file-not-utf8', { file: name });
  };
  for await (const chunk of source) {
    decode(chunk);
    yield chunk;
  }
  decode();
}

/** The first bytes: enough for the header, or all there are. */
async function takeHead(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const taken: Buffer[] = [];
  let size = 0;
  while (size < headBytes) {
    const next = await chunks.next();
    if (next.done) break;
    taken.push(next.value);
    size += next.value.length;
  }
  return Buffer.concat(taken);
}

async function* joinHead(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}
