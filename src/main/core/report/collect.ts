// Everything that a report tells, as data: what `--format json` writes and what the page is made of.
import { readFile } from 'node:fs/promises';
import type { Certificate } from '../../../shared/fit.ts';
import type { ClassCount, ReviewState, Split } from '../../../shared/labels.ts';
import type { ProjectModel } from '../../../shared/project.ts';
import type { ErrorsLeft } from '../../../shared/ranking.ts';
import type { Measured, PairedTest, RecoveryCurve, Run, RunMeasures, Versions } from '../../../shared/runs.ts';
import { tell } from '../../../shared/told.ts';
import { findFalls, type Fall } from '../../../shared/falls.ts';
import { contentKeyOf, thumbnailWidth } from '../../../shared/media-url.ts';
import type { ComputeClient } from '../compute-client.ts';
import type { Loaded } from '../loaded.ts';
import { resolveMedia } from '../media.ts';
import { describeProject, type Project } from '../project.ts';
import { measureRun } from '../run-measures.ts';
import { readRecovery } from '../runs.ts';
import type { Thumbnails } from '../thumbnails.ts';

/** Fixed labels that are shown with their picture: so many in all, and so many of one pair of classes. */
const mostExamples = 24;
const mostOfPair = 3;

export interface Report {
  project: string;
  createdAt: string;
  dataSet: { images: Record<Split, number>; classes: ClassCount[]; problems: number };
  model: Pick<ProjectModel, 'name' | 'description' | 'provider' | 'providersTried'> & { sha256: string };
  certificate: Certificate;
  decisions: {
    states: Record<ReviewState, number>;
    changedLabels: number;
    secondsSpent: number | null;
    byClass: ({ label: string } & Record<ReviewState, number>)[];
    byReviewer: { reviewer: string; decisions: number; changes: number; seconds: number | null }[];
    /** Labels that were changed, the most frequent pair first; null for no class. */
    pairs: { from: string; to: string | null; images: number }[];
    errorsLeft: ErrorsLeft | null;
  };
  before: Run;
  after: Run;
  beforeMeasures: RunMeasures;
  afterMeasures: RunMeasures;
  pairedTest: PairedTest | null;
  difference: Measured | null;
  runs: Run[];
  recovery: RecoveryCurve | null;
  isRecoveryOlder: boolean;
  falls: Fall[];
  /** `picture` is a data URL; null where the picture cannot be read. */
  examples: { path: string; from: string; to: string; picture: string | null }[];
  versions: Partial<Versions>;
}

/** Throws 'not-found' where there is no run to report. */
export async function collectReport(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  thumbnails: Thumbnails,
  errorsLeft: ErrorsLeft | null,
  signal: AbortSignal,
): Promise<Report> {
  const { store } = project;
  const overview = describeProject(project);
  const { runs, pairedTest, difference, secondsSpent, curve, isCurveOlder } = readRecovery(project);
  const [before, after] = [runs[0], runs.at(-1)];
  if (!before || !after || !overview.model || !overview.fit) throw tell('not-found', 'no-run-to-report', {});
  const measure = (run: Run) => measureRun(project, compute, loaded, run.id, signal);
  const nameOf = (classId: number) => overview.classes[classId - 1]!.name;
  const { name, description, provider, providersTried } = overview.model;
  return {
    project: overview.name,
    createdAt: new Date().toISOString(),
    dataSet: { images: overview.images, classes: overview.classes, problems: overview.problemCount },
    model: { name, description, provider, providersTried, sha256: after.record.model.sha256 },
    certificate: after.certificate,
    decisions: {
      states: store.labels.countByState(),
      changedLabels: store.labels.changedCount(),
      secondsSpent,
      byClass: store.labels.countByClass().map(({ classId, ...states }) => ({ label: nameOf(classId), ...states })),
      byReviewer: store.decisions.countByReviewer(),
      pairs: store.labels
        .countChanges()
        .map(({ from, to, images }) => ({ from: nameOf(from), to: to === null ? null : nameOf(to), images })),
      errorsLeft,
    },
    before,
    after,
    beforeMeasures: await measure(before),
    afterMeasures: await measure(after),
    pairedTest,
    difference,
    runs,
    recovery: curve,
    isRecoveryOlder: isCurveOlder,
    falls: curve ? findFalls(curve.points) : [],
    examples: await readExamples(project, thumbnails, nameOf, signal),
    versions: after.record.versions,
  };
}

async function readExamples(
  project: Project,
  thumbnails: Thumbnails,
  nameOf: (classId: number) => string,
  signal: AbortSignal,
): Promise<Report['examples']> {
  const { store } = project;
  const frequent = store.labels.countChanges().filter(({ to }) => to !== null);
  const chosen = frequent
    .flatMap(({ from, to }) => store.labels.examplesOf(from, to!, mostOfPair))
    .slice(0, mostExamples);
  const examples: Report['examples'] = [];
  for (const imageId of chosen) {
    signal.throwIfAborted();
    const { path, sha256, givenClassId, classId } = store.images.find(imageId)!;
    const request = { imageId, contentKey: contentKeyOf(sha256), width: thumbnailWidth } as const;
    const file = await resolveMedia(project, thumbnails, request);
    const bytes = file && (await readFile(file.path).catch(() => undefined));
    examples.push({
      path,
      from: nameOf(givenClassId),
      to: nameOf(classId!),
      picture: bytes ? `data:${file.contentType};base64,${bytes.toString('base64')}` : null,
    });
  }
  return examples;
}
