// From folders or a label file to images, classes and splits. Sources are read only; what does not fit becomes a problem
// with a sentence, and the rest goes on.
import { createReadStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImportPreview } from '../../shared/core-contract.ts';
import type { Problem, Split } from '../../shared/labels.ts';
import { cancelled } from '../../shared/errors.ts';
import { sentence, tell } from '../../shared/told.ts';
import type { MeasuredImage } from '../../shared/compute-contract.ts';
import type { SourceRow } from '../store/source-table.ts';
import type { ComputeClient } from './compute-client.ts';
import { readCsv, readCsvHeader, type CsvChoice } from './formats/csv.ts';
import { readFolders } from './formats/folders.ts';
import type { LabelledFile } from './formats/labelled-file.ts';
import { isInside } from './grants.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Project } from './project.ts';
import { chooseSamples } from './models.ts';
import { drawTestSplit } from './splits.ts';

/** Absolute paths: grants do not outlive the process, a job to be resumed does. */
export interface ImportJobParams {
  imagesFolder: string;
  labels: { format: 'folders' } | ({ format: 'csv'; file: string } & CsvChoice);
  testFraction: number;
  seed: number;
}

export interface ImportResult {
  images: { train: number; test: number };
  classes: { name: string; train: number; test: number }[];
  problems: Problem[];
}

const imagesPerBatch = 256;
const problemsPreviewed = 200;

interface Listing {
  files: (LabelledFile & { split: Split })[];
  problems: Problem[];
}

/** Reads the label source only; nothing is written and no picture is opened. */
export async function previewImport(params: ImportJobParams): Promise<ImportPreview> {
  const header = params.labels.format === 'csv' ? await readCsvHeader(params.labels.file, params.labels) : null;
  const { files, problems } = await list(params, new AbortController().signal);
  const { images, classes } = count(files);
  return {
    images,
    classes,
    columns: header?.columns ?? [],
    chosen: header?.chosen ?? null,
    problems: problems.slice(0, problemsPreviewed),
    problemCount: problems.length,
    samples: chooseSamples(files).map(({ path }) => path),
  };
}

/** Goes on where an earlier import of the same source stopped: images that are in the project are not read again. */
export async function importImages(
  { store }: Project,
  compute: ComputeClient,
  params: ImportJobParams,
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  report({ done: 0, total: null, stage: 'reading-labels' });
  const root = await realpath(params.imagesFolder);
  const { imageRoot } = store.project.read();
  if (imageRoot !== null && imageRoot !== root)
    throw tell('conflict', 'other-images', { before: imageRoot, now: root });
  const { files, problems } = await list(params, signal);
  if (files.length === 0)
    throw tell('bad-request', 'no-labelled-image', {
      folder: params.imagesFolder,
      why: problems[0]?.reason ?? sentence('because.expected-labels'),
    });

  const source = await describeSource(params);
  const sourceBytes = params.labels.format === 'csv' ? await readChunks(params.labels.file) : [];
  const classIds = store.transaction(() => {
    store.project.setImageRoot(root);
    store.source.set(source);
    for (const chunk of sourceBytes) store.source.addChunk(chunk);
    store.images.clearProblems();
    for (const problem of problems) store.images.addProblem(problem);
    return addClasses(store.classes.list(), files, store.classes.add);
  });

  const known = new Set(store.images.paths());
  const missing = files.filter(({ path }) => !known.has(path));
  let done = files.length - missing.length;
  for (let first = 0; first < missing.length; first += imagesPerBatch) {
    report({ done, total: files.length, stage: 'reading-images' });
    if (signal.aborted) throw cancelled();
    const batch = missing.slice(first, first + imagesPerBatch);
    const measured = await measureInside(root, batch, compute, signal);
    store.transaction(() => {
      batch.forEach(({ path, label, split, record }, index) => {
        const image = measured[index]!;
        if (image.sha256 === '') store.images.addProblem({ path, reason: image.problem! });
        else store.images.add({ path, split, record, classId: classIds.get(label)!, ...image });
      });
    });
    done += batch.length;
  }
  report({ done, total: files.length, stage: 'reading-images' });
  store.refreshStatistics();

  const { train, test } = store.images.countBySplit();
  const result: ImportResult = {
    images: { train, test },
    classes: store.classes
      .listWithCounts()
      .map(({ name, ...counts }) => ({ name, train: counts.train, test: counts.test })),
    problems: store.images.problems(Number.MAX_SAFE_INTEGER),
  };
  const note = [sentence('result.import', { train, test, count: result.classes.length })];
  if (result.problems.length > 0) note.push(sentence('result.import-problems', { count: result.problems.length }));
  return { note: note.join(' '), result };
}

/** Path to label of a CSV whose columns are named as usual; what does not fit is left out. */
export async function readLabelFile(file: string, imagesFolder: string): Promise<Map<string, string>> {
  const labels = new Map<string, string>();
  for await (const entry of readCsv(file, imagesFolder, {})) if ('label' in entry) labels.set(entry.path, entry.label);
  return labels;
}

async function list(
  { imagesFolder, labels, testFraction, seed }: ImportJobParams,
  signal: AbortSignal,
): Promise<Listing> {
  const found: LabelledFile[] = [];
  const problems: Problem[] = [];
  const entries = labels.format === 'csv' ? readCsv(labels.file, imagesFolder, labels) : readFolders(imagesFolder);
  for await (const entry of entries) {
    if (signal.aborted) throw cancelled();
    if ('reason' in entry) problems.push(entry);
    else found.push(entry);
  }
  const isSplit = found.some(({ split }) => split === 'test');
  const drawn = isSplit
    ? null
    : drawTestSplit(
        found.map(({ label }) => label),
        testFraction,
        seed,
      );
  const files = found.map((file, index) => ({ ...file, split: drawn?.[index] ?? file.split ?? 'train' }));
  return { files, problems };
}

function count(files: Listing['files']): Pick<ImportResult, 'images' | 'classes'> {
  const images = { train: 0, test: 0 };
  const classes = new Map<string, { name: string; train: number; test: number }>();
  for (const { label, split } of files) {
    if (split === 'ignored') continue;
    const counts = classes.get(label) ?? { name: label, train: 0, test: 0 };
    counts[split] += 1;
    images[split] += 1;
    classes.set(label, counts);
  }
  return { images, classes: [...classes.values()].sort((a, b) => byName(a.name, b.name)) };
}

/** Classes in order of name; those of an earlier, unfinished import of the same source keep their ids. */
function addClasses(
  known: readonly { id: number; name: string }[],
  files: readonly LabelledFile[],
  add: (name: string) => number,
): Map<string, number> {
  const ids = new Map(known.map(({ id, name }) => [name, id]));
  const names = [...new Set(files.map(({ label }) => label))].sort(byName);
  for (const name of names) if (!ids.has(name)) ids.set(name, add(name));
  return ids;
}

const collator = new Intl.Collator('en', { numeric: true });
const byName = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : 1);

/** Measures the images of a batch; a link that leads out of the images folder is not followed. */
async function measureInside(
  root: string,
  batch: readonly LabelledFile[],
  compute: ComputeClient,
  signal: AbortSignal,
): Promise<MeasuredImage[]> {
  const isAllowed = await Promise.all(
    batch.map(async ({ path }) => {
      const real = await realpath(join(root, path)).catch(() => undefined);
      return real === undefined || isInside(root, real);
    }),
  );
  const paths = batch.filter((_, index) => isAllowed[index]).map(({ path }) => join(root, path));
  const measured = (await compute.call('images.measure', { paths }, { signal })).values();
  return isAllowed.map((allowed) => (allowed ? measured.next().value! : outside));
}

const outside: MeasuredImage = {
  problem: sentence('problem.linked-outside'),
  sha256: '',
  width: 0,
  height: 0,
  sizeBytes: 0,
};

async function describeSource({ imagesFolder, labels }: ImportJobParams): Promise<SourceRow> {
  if (labels.format === 'folders')
    return { format: 'folders', name: basename(imagesFolder), pathColumn: null, labelColumn: null, splitColumn: null };
  const { chosen } = await readCsvHeader(labels.file, labels);
  return {
    format: 'csv',
    name: basename(labels.file),
    pathColumn: chosen.path,
    labelColumn: chosen.label,
    splitColumn: chosen.split,
  };
}

async function readChunks(file: string): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) chunks.push(chunk as Buffer);
  return chunks;
}
