// A file of true labels: read as label files are imported, used to measure and for nothing else.
import { basename } from 'node:path';
import { describeLeftOut, type LeftOut, type TruthReading } from '../../shared/experiment.ts';
import { AppError } from '../../shared/errors.ts';
import { sentence } from '../../shared/told.ts';
import { chooseColumns, type CsvColumns } from './formats/csv-columns.ts';
import { compareRows, readRows } from './formats/csv.ts';
import { ImagePaths } from './formats/image-paths.ts';
import { requireImageRoot, type Project } from './project.ts';

const examples = 5;

/**
 * Class ids by image id, from a path and a `true_label` or another label in each row, and what could not be used. Of two rows
 * on one image the first counts. Throws as `readCsvHeader`, and 'bad-request' where no image is left.
 */
export async function readTruth(
  project: Project,
  file: string,
): Promise<{ truth: Map<number, number>; reading: TruthReading }> {
  const { store } = project;
  const classIds = new Map(store.classes.list().map(({ id, name }) => [name, id]));
  const paths = new ImagePaths(requireImageRoot(project));
  const idOf = async (written: string): Promise<number | undefined> => {
    const id = store.images.idOfPath(written.replaceAll('\\', '/'));
    if (id !== undefined) return id;
    const found = await paths.find(written);
    return 'path' in found ? store.images.idOfPath(found.path) : undefined;
  };
  const seen = new Map<number, { label: string; line: number }>();
  const truth = new Map<number, number>();
  const reading: TruthReading = { told: 0, rows: none(), paths: none(), labels: none() };
  for await (const row of readRows(file, chooseTrueLabels)) {
    if ('reason' in row) {
      add(reading.rows, row.reason);
      continue;
    }
    const imageId = await idOf(row.path);
    const classId = classIds.get(row.label);
    if (imageId === undefined) add(reading.paths, row.path);
    else if (seen.has(imageId)) add(reading.rows, compareRows(seen.get(imageId)!, row));
    else if (classId === undefined) add(reading.labels, row.label);
    else truth.set(imageId, classId);
    if (imageId !== undefined && !seen.has(imageId)) seen.set(imageId, row);
  }
  reading.told = truth.size;
  if (truth.size === 0)
    throw new AppError(
      'bad-request',
      [sentence('error.no-truth', { file: basename(file) }), ...describeLeftOut(reading)].join(' '),
    );
  return { truth, reading };
}

/** Where a file has both, the true label is meant; a split is of no interest. */
const chooseTrueLabels = (columns: readonly string[], name: string): CsvColumns => ({
  ...chooseColumns(columns, columns.includes('true_label') ? { labelColumn: 'true_label' } : {}, name),
  split: null,
});

const none = (): LeftOut => ({ count: 0, first: [] });

function add(left: LeftOut, example: string): void {
  left.count += 1;
  if (left.first.length < examples && !left.first.includes(example)) left.first.push(example);
}
