// Everything that lives as long as a project is open.
import { runExperiment, type ExperimentJobParams } from './experiments.ts';
import type { ExportJobParams } from './export.ts';
import type { ExtractParams } from './extraction.ts';
import type { FitParams } from '../../shared/core-contract.ts';
import type { Job, JobKind } from '../../shared/jobs.ts';
import type { QueueLearning, RankingMethod } from '../../shared/ranking.ts';
import { openStore } from '../store/store.ts';
import type { ComputeClient } from './compute-client.ts';
import { Confusions } from './confusion.ts';
import { exportLabels } from './export.ts';
import { exportTestLabels } from './export-test-labels.ts';
import { findDuplicates } from './duplicates.ts';
import { exportPace } from './export-pace.ts';
import { exportModel } from './export-model.ts';
import { extract } from './extraction.ts';
import { fit, retrain } from './fits.ts';
import { importImages, type ImportJobParams } from './imports.ts';
import { Jobs, type JobWork } from './jobs.ts';
import { Learning } from './learning.ts';
import { Loaded } from './loaded.ts';
import { createProject, type Project } from './project.ts';
import { bakeOff } from './bake-off.ts';
import { rank } from './rankings.ts';
import { drawCurve, type RecoveryJobParams } from './recovery.ts';
import { reproduce } from './reproduce.ts';
import { writeReport, type ReportJobParams } from './report.ts';
import { Reviews } from './reviews.ts';
import { makeSample, type SampleJobParams } from './sample.ts';
import type { Thumbnails } from './thumbnails.ts';

export interface OpenProject {
  project: Project;
  jobs: Jobs;
  loaded: Loaded;
  learning: Learning;
  confusions: Confusions;
  /** This reviewer's decisions; made when first needed and again for another reviewer. */
  reviews(reviewer: string): Reviews;
  /** Tells the listeners that something changed. */
  touch(): void;
  close(): Promise<void>;
}

interface OpenOptions {
  path: string;
  /** Makes a new file of this name. */
  create?: { name: string };
  /** The app's. */
  version: string;
  compute: ComputeClient;
  thumbnails: Thumbnails;
  onJob(job: Job): void;
  onChange(revision: number): void;
  onReordered(learning: QueueLearning): void;
  onBug(error: unknown, where: string): string;
}

/** Opens (or makes) a project file; throws what openStore throws. */
export function openProject({
  path,
  create,
  version,
  compute,
  thumbnails,
  onJob,
  onChange,
  onReordered,
  onBug,
}: OpenOptions): OpenProject {
  const store = openStore(path, { create: create !== undefined });
  if (create) store.transaction(() => store.project.create(create.name, version));
  const project = createProject(path, store);
  const loaded = new Loaded(project, compute);
  // A job of its own kind waits for it, and it waits for jobs.
  const learning = new Learning({
    project,
    compute,
    loaded,
    isBusy: () => jobs.isBusy(),
    onReordered,
    onBug: (error) => void onBug(error, 'learning'),
  });

  let reviews: { reviewer: string; of: Reviews } | undefined;

  const touch = () => {
    project.revision += 1;
    onChange(project.revision);
  };
  /** Work that wants the compute process to itself. */
  const alone =
    (job: JobWork): JobWork =>
    async (params, context) => {
      await learning.stop();
      return job(params, context);
    };
  // Each job gets the parameters that it was started with; the contract and the job table have kept their shape.
  const work: Record<JobKind, JobWork> = {
    sample: (params, context) => makeSample(project, compute, params as SampleJobParams, context),
    import: (params, context) => importImages(project, compute, params as ImportJobParams, context),
    extract: alone((params, context) => {
      loaded.invalidate();
      return extract(project, compute, params as ExtractParams, context);
    }),
    fit: alone((params, context) => fit(project, compute, loaded, version, params as FitParams, context)),
    rank: (params, context) =>
      'bakeOff' in (params as object)
        ? bakeOff(project, compute, loaded, context)
        : rank(project, compute, loaded, learning, params as { methods: RankingMethod[] }, context),
    duplicates: alone((_, context) => findDuplicates(project, compute, loaded, context)),
    experiment: alone((params, context) =>
      runExperiment(project, compute, loaded, params as ExperimentJobParams, context),
    ),
    retrain: alone((_, context) => retrain(project, compute, loaded, version, context)),
    reproduce: alone((params, context) =>
      reproduce(project, compute, loaded, version, params as { runId: number }, context),
    ),
    report: (params, context) => {
      const { estimate } = learning.read();
      return writeReport(project, compute, loaded, thumbnails, estimate, params as ReportJobParams, context);
    },
    recovery: alone((params, context) => drawCurve(project, compute, loaded, params as RecoveryJobParams, context)),
    export: (params, context) => {
      const asked = params as ExportJobParams;
      if (asked.format === 'pace') return exportPace(project, asked, context);
      if (asked.format === 'onnx') return exportModel(project, compute, loaded, version, asked, context);
      return (asked.format === 'csv' ? exportLabels : exportTestLabels)(project, asked, context);
    },
  };
  const jobs = new Jobs({
    store,
    work,
    onBug,
    onChange(job) {
      onJob(job);
      if (job.endedAt === null) return;
      // An import may have brought images that the counts of a review do not know.
      if (job.kind === 'import' || job.kind === 'sample') reviews = undefined;
      // The step that it ended is due again, and this job has the compute process until it has let go.
      if (job.state === 'done') setImmediate(() => learning.noteDecision());
      touch();
    },
  });

  return {
    project,
    jobs,
    loaded,
    learning,
    confusions: new Confusions(project, compute, loaded),
    reviews(reviewer) {
      if (reviews?.reviewer !== reviewer) reviews = { reviewer, of: new Reviews(store, reviewer) };
      return reviews.of;
    },
    touch,
    async close() {
      await Promise.all([jobs.close(), learning.close()]);
      store.close();
    },
  };
}
