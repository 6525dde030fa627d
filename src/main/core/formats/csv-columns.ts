// Which column is which: named by the person, or guessed from the names that people use.
import { tell } from '../../../shared/told.ts';

/** Column names as in the header; what is left out is guessed. */
export interface CsvChoice {
  pathColumn?: string | undefined;
  labelColumn?: string | undefined;
  splitColumn?: string | undefined;
}

export interface CsvColumns {
  path: string;
  label: string;
  /** null where the file has no such column. */
  split: string | null;
}

/** Most telling first. Where a file has both, the given label is meant, never the true one. */
const pathNames = words(`path file filename file_name filepath file_path relative_path image_path image_file
  image_filename image_name image img_path img file_path_abs`);
const labelNames = words(`given_label label class class_name classname label_name category category_name target
  annotation choice labels y`);
const splitNames = words('split subset partition');

/**
 * Throws 'bad-request' with the columns that there are, where one that was named is not among them or the path or the
 * label cannot be guessed. `name` is for sentences.
 */
export function chooseColumns(columns: readonly string[], choice: CsvChoice, name: string): CsvColumns {
  const choose = (named: string | undefined, usual: readonly string[]): string | undefined => {
    if (named === undefined) return guess(columns, usual);
    if (columns.includes(named)) return named;
    throw tell('bad-request', 'no-column', { file: name, column: named, columns: columns.join(', ') });
  };
  const path = choose(choice.pathColumn, pathNames);
  const label = choose(choice.labelColumn, labelNames);
  const split = choose(choice.splitColumn, splitNames) ?? null;
  if (path !== undefined && label !== undefined) return { path, label, split };
  const missing = path === undefined ? 'which-path' : 'which-label';
  throw tell('bad-request', missing, { file: name, columns: columns.join(', ') });
}

function guess(columns: readonly string[], usual: readonly string[]): string | undefined {
  const plain = columns.map((column) => column.toLowerCase().replace(/[\s-]+/g, '_'));
  const found = usual.find((name) => plain.includes(name));
  return found === undefined ? undefined : columns[plain.indexOf(found)];
}

function words(text: string): string[] {
  return text.split(/\s+/);
}
