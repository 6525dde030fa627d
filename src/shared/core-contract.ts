// Every call and event between the screen (or the command line) and core. This file is the API reference:
// values are JSON-safe, parameters are parsed by the schema in core, results are typed and not checked.
import { z } from 'zod';
import { call, type CallerTable, type CallSpec, type HandlerTable } from './contract.ts';
import type { CellEvidence, CellImages, Confusion, Evidence } from './evidence.ts';
import { experimentFeatures, experimentNoises } from './experiment.ts';
import { evidenceOrders, fitTargets, modelOutputs } from './fit.ts';
import type { Job } from './jobs.ts';
import { actions, reviewStates, splits, type ClassCount, type LabelClass, type Problem } from './labels.ts';
import {
  channelOrders,
  pixelRanges,
  providers,
  type ClassMatch,
  type ModelDescription,
  type ProviderCheck,
} from './model.ts';
import type { FolderEntry, Grant, Place, ProjectOverview, RecentProject } from './project.ts';
import type { QueueCounts, QueuePage, SimilarImage } from './queue.ts';
import { arrangements, rankingMethods, type QueueLearning } from './ranking.ts';
import type { FileDecisions, HistoryEntry, ImageCard, ReviewAnswer, ReviewProgress } from './review.ts';
import type { RetrainPreview, Recovery, Run, RunCauses, RunComparison, RunMeasures } from './runs.ts';
import type { TestLabels } from './test-labels.ts';
import { AppError } from './errors.ts';
import type { MediaBase } from './media-url.ts';

export const Id = z.int().positive();
const Index = z.int().nonnegative();
const Nothing = z.strictObject({});
const Name = z.string().trim().min(1).max(200);
/** How many are listed at once. */
export const Listed = z.int().min(0).max(500);

const PlaceSchema = z.strictObject({ grant: z.string().max(64), path: z.string().max(4096).default('') });

export const PreprocessingSchema = z.strictObject({
  width: z.int().min(1).max(8192),
  height: z.int().min(1).max(8192),
  shortestSide: z.int().min(1).max(16384).nullable(),
  channels: z.enum(channelOrders),
  range: z.enum(pixelRanges),
  mean: z.array(z.number()).min(1).max(64),
  std: z.array(z.number().positive()).min(1).max(64),
});

/** The output of a model whose head is used; the likeliest where it is left out. */
const OutputName = z.string().min(1).max(1000);

const QuerySchema = z.strictObject({
  method: z.enum(rankingMethods).default('learned'),
  arrangement: z.enum(arrangements).optional(),
  split: z.enum(splits).optional(),
  states: z.array(z.enum(reviewStates)).max(reviewStates.length).optional(),
  givenClassId: Id.optional(),
  classId: Id.optional(),
  suggestedClassId: Id.optional(),
  scoreFrom: z.number().optional(),
  scoreTo: z.number().optional(),
  reviewer: Name.optional(),
  path: z.string().max(400).optional(),
});

const CellSchema = z.strictObject({
  fit: z.enum(fitTargets).default('labels'),
  /** The label of the images, and what the fit predicts. */
  classId: Id,
  predictedClassId: Id,
});

/** What a person prefers on this machine, whatever the project. */
export const PreferencesSchema = z.strictObject({
  /** BCP 47 code of the screen's language; null for the system's. */
  language: z.string().max(35).nullable().default(null),
  /** Whether letters, digits and signs act without Ctrl (WCAG 2.1.4). */
  areSingleKeysOn: z.boolean().default(true),
  /** Whether a decision goes on to the next image (WCAG 3.2.2). */
  doesAdvance: z.boolean().default(true),
  /** Keys that differ from the screen's own table: action -> keys. */
  keys: z.record(z.string().max(40), z.array(z.string().min(1).max(24)).max(12)).default({}),
});
export type PreferenceValues = z.output<typeof PreferencesSchema>;

const LabelSourceSchema = z.discriminatedUnion('format', [
  /** Folder per class, below `train/` and `test/` (or `val/`) where present. */
  z.strictObject({ format: z.literal('folders') }),
  z.strictObject({
    format: z.literal('csv'),
    file: PlaceSchema,
    /** Column names as in the header; guessed from common names where left out. */
    pathColumn: z.string().max(200).optional(),
    labelColumn: z.string().max(200).optional(),
    splitColumn: z.string().max(200).optional(),
  }),
]);

export const ImportSchema = z.strictObject({
  images: PlaceSchema,
  labels: LabelSourceSchema,
  /** Share of the images that become the test split where the source names none; stratified by class. */
  testFraction: z.number().min(0).max(0.9).default(0.2),
  seed: z
    .int()
    .nonnegative()
    .max(2 ** 31)
    .default(1),
});
export type ImportParams = z.output<typeof ImportSchema>;

export const ExtractSchema = z.strictObject({
  provider: z.enum(['auto', ...providers]).default('auto'),
  /** Pictures that the model takes at a time; found by running it where left out. */
  batch: z.int().min(1).max(1024).optional(),
});

export const FitSchema = z.strictObject({
  lambda: z.union([z.literal('auto'), z.number()]).default('auto'),
  featureScale: z.enum(['unit', 'none']).default('unit'),
  /** Largest logit error that is accepted, relative to the RMS of the logits. */
  tolerance: z.number().positive().max(1).default(0.01),
  /** What the fit learns; `auto` lambda is 0.003 where that is the model. */
  target: z.enum(fitTargets).default('labels'),
  /** What the given model makes of its logits, where it is the target. */
  output: z.enum(modelOutputs).default('softmax'),
});
export type FitParams = z.output<typeof FitSchema>;
/** What a fit is made with where nobody says otherwise. */
export const defaultFit: FitParams = FitSchema.parse({});

export const ExperimentSchema = z.strictObject({
  /** Share of the labels, as they are now, that is made wrong; or `truth` tells the right ones of the given labels. */
  flip: z.number().gt(0).lt(1).optional(),
  noise: z.enum(experimentNoises).exclude(['truth']).default('symmetric'),
  truth: PlaceSchema.optional(),
  methods: z
    .array(z.enum([...rankingMethods, 'random']).exclude(['learned']))
    .min(1)
    .default(['suspicion', 'importance', 'self-influence', 'random']),
  seeds: z.int().min(1).max(50).default(5),
  checked: z.array(z.number().gt(0).max(1)).min(1).default([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4]),
  /** What the head is fitted to: the model's features, or the pixels themselves, as in the paper. */
  features: z.enum(experimentFeatures).default('head'),
  lambda: z.union([z.literal('auto'), z.number().positive()]).default('auto'),
  /** Where experiment.csv and experiment.png go. */
  folder: PlaceSchema.optional(),
});
export type ExperimentParams = z.output<typeof ExperimentSchema>;

export const RecoverySchema = z.strictObject({
  /** The log is cut into so many steps of equally many decisions. */
  steps: z.int().min(1).max(100).default(10),
  /** Random orders that are tried beside it. */
  orders: z.int().min(0).max(20).default(2),
  /** A CSV of the true labels of train images. */
  truth: PlaceSchema.optional(),
});

const TwoRuns = { beforeId: Id, afterId: Id };

export interface AppDescription {
  version: string;
  mediaBase: MediaBase;
  reviewer: string;
  preferences: PreferenceValues;
  /** True while a project is open. */
  isOpen: boolean;
}

/** What an import would do, before anything is written. */
export interface ImportPreview {
  images: { train: number; test: number };
  classes: Omit<ClassCount, 'id'>[];
  /** Header of the CSV, for choosing columns; empty for folders. */
  columns: string[];
  chosen: { path: string; label: string; split: string | null } | null;
  problems: Problem[];
  problemCount: number;
  /** Up to three of the images, from all over the list, relative to the images folder. */
  samples: string[];
}

export interface ModelInspection {
  description: ModelDescription;
}

export const coreContract = {
  /** What this app is and whether a project is open. */
  'app.describe': call<AppDescription>()(Nothing),
  /** The name under which decisions are recorded from now on. */
  'app.setReviewer': call<AppDescription>()(z.strictObject({ name: Name })),
  'app.setPreferences': call<AppDescription>()(PreferencesSchema),

  /** Which execution providers run models on this machine, in the order in which they are tried. */
  'app.providers': call<ProviderCheck[]>()(Nothing),

  /** What a person has opened to the app: chosen in a dialog, dropped, or named by `--root`. */
  'grants.list': call<Grant[]>()(Nothing),
  /** The entries of a granted folder, folders first, hidden ones left out. */
  'folders.list': call<FolderEntry[]>()(PlaceSchema),

  'projects.recent': call<RecentProject[]>()(Nothing),
  /** Creates `NAME.secondlook` in a folder and opens it; a file of that name is a conflict, never overwritten. */
  'projects.create': call<ProjectOverview>()(z.strictObject({ folder: PlaceSchema, name: Name })),
  'projects.open': call<ProjectOverview>()(
    z.union([z.strictObject({ recent: z.string() }), z.strictObject({ file: PlaceSchema })]),
  ),
  /** Creates and opens a sample project in the app's own folder and starts the job that draws it. */
  'projects.createSample': call<ProjectOverview>()(Nothing),
  'projects.overview': call<ProjectOverview>()(Nothing),
  'projects.close': call<null>()(Nothing),

  /** Reads folders or the label file only; no picture is opened and nothing is written. */
  'imports.preview': call<ImportPreview>()(ImportSchema),

  'classes.list': call<LabelClass[]>()(Nothing),

  /**
   * Reads the ONNX file and says what was understood, the person's `preprocessing` laid over what was guessed, and what
   * the model makes of the `pictures`; without them, of images of the open project.
   */
  'models.inspect': call<ModelInspection>()(
    z.strictObject({
      file: PlaceSchema,
      preprocessing: PreprocessingSchema.partial().optional(),
      head: OutputName.optional(),
      pictures: z.array(PlaceSchema).max(3).optional(),
    }),
  ),
  /** Makes it the project's model. Features of another model or preprocessing are left as they are and not used. */
  'models.set': call<ProjectOverview>()(
    z.strictObject({
      file: PlaceSchema,
      preprocessing: PreprocessingSchema.partial().optional(),
      head: OutputName.optional(),
    }),
  ),

  /** Which of the model's own classes is which of the data set's. */
  'models.classes': call<ClassMatch>()(Nothing),
  /** Names of the model's classes, which are matched anew, or for each class of the data set the model's, from 0. */
  'models.setClasses': call<ClassMatch>()(
    z.strictObject({
      names: z.array(z.string().max(500)).max(100_000).optional(),
      places: z.array(z.int().nonnegative().nullable()).max(100_000).optional(),
    }),
  ),

  'jobs.list': call<Job[]>()(Nothing),
  /** Starts at once or queues behind the running job. With `after`, it is cancelled unless that job ends done. */
  'jobs.start': call<Job>()(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('import'), params: ImportSchema, after: Id.optional() }),
      z.strictObject({
        kind: z.literal('extract'),
        params: ExtractSchema,
        after: Id.optional(),
      }),
      z.strictObject({ kind: z.literal('fit'), params: FitSchema, after: Id.optional() }),
      z.strictObject({
        kind: z.literal('rank'),
        params: z.union([
          z.strictObject({ methods: z.array(z.enum(rankingMethods)).min(1) }),
          /** All of them are compared on the verdicts so far; the result is a BakeOff. */
          z.strictObject({ bakeOff: z.literal(true) }),
        ]),
        after: Id.optional(),
      }),
      /** Equal files and nearly equal pictures; the result is a Duplicates. */
      z.strictObject({ kind: z.literal('duplicates'), params: Nothing, after: Id.optional() }),
      z.strictObject({ kind: z.literal('experiment'), params: ExperimentSchema, after: Id.optional() }),
      z.strictObject({ kind: z.literal('retrain'), params: Nothing, after: Id.optional() }),
      /** Makes a run again from its record and compares the two; the result is a Reproduction. */
      z.strictObject({ kind: z.literal('reproduce'), params: z.strictObject({ runId: Id }), after: Id.optional() }),
      /** Draws the recovery curve; the result is a RecoveryCurve. */
      z.strictObject({ kind: z.literal('recovery'), params: RecoverySchema, after: Id.optional() }),
      /** Writes what the decisions bought: one HTML file that needs nothing else, or the same as JSON. */
      z.strictObject({
        kind: z.literal('report'),
        params: z.strictObject({ format: z.enum(['html', 'json']).default('html'), folder: PlaceSchema, name: Name }),
        after: Id.optional(),
      }),
      z.strictObject({
        kind: z.literal('export'),
        /** `pace` is that of the reviewer alone, and leaves in no other way. */
        params: z.strictObject({
          format: z.enum(['csv', 'onnx', 'test-labels', 'pace']),
          folder: PlaceSchema,
          name: Name,
        }),
        after: Id.optional(),
      }),
    ]),
  ),
  'jobs.cancel': call<Job>()(z.strictObject({ id: Id })),
  /** Starts an interrupted, failed or cancelled job again, with the same parameters: what is committed is not done twice. */
  'jobs.resume': call<Job>()(z.strictObject({ id: Id })),

  /** What a job that is done came to, as the command line prints it; null before. */
  'jobs.result': call<unknown>()(z.strictObject({ id: Id })),

  /** A page of a queue. With `order`, of that same order, whatever has been decided since. */
  'queue.page': call<QueuePage>()(
    z.strictObject({
      query: QuerySchema,
      order: z.string().max(64).optional(),
      /** Images that come first in a new order, as they stand here: what a person has before their eyes. */
      lead: z.array(Id).max(500).optional(),
      from: Index,
      count: z.int().min(1).max(500),
    }),
  ),

  /** How many images a query finds, in all and for each choice; slow over a million images, and other calls go on meanwhile. */
  'queue.counts': call<QueueCounts>()(z.strictObject({ query: QuerySchema })),

  /** One image, train or test, with what the current fit says of it. */
  'images.card': call<ImageCard>()(
    z.strictObject({ imageId: Id, method: z.enum(rankingMethods).default('importance') }),
  ),
  /** The id of an image by its path; 'not-found' where there is none. */
  'images.find': call<{ imageId: number }>()(z.strictObject({ path: z.string().max(4096) })),
  /**
   * Representer points of one image, or of a set by its sums, for a class, or for a class over another; they add up to the
   * logit. Under the fit of the labels, or the one that imitates the given model.
   */
  'images.evidence': call<Evidence>()(
    z.strictObject({
      imageIds: z.array(Id).min(1).max(100_000),
      classId: Id,
      againstClassId: Id.optional(),
      count: Listed.default(3),
      order: z.enum(evidenceOrders).default('raw'),
      fit: z.enum(fitTargets).default('labels'),
    }),
  ),
  /** The training images nearest to an image by the cosine of their features, nearest first, itself left out. */
  'images.similar': call<SimilarImage[]>()(z.strictObject({ imageId: Id, count: z.int().min(1).max(500).default(60) })),
  /** Everything that was decided and noted of an image, oldest first. */
  'images.history': call<HistoryEntry[]>()(z.strictObject({ imageId: Id })),
  /** Replaces the image's note; '' takes it away. What it was stays in the history. */
  'images.setNote': call<{ note: string }>()(z.strictObject({ imageId: Id, text: z.string().trim().max(2000) })),

  /** Decides one image or many: one group in the history, one undo. Answered only when it is safely written. */
  'reviews.decide': call<ReviewAnswer>()(
    z.strictObject({
      decisions: z
        .array(
          z.strictObject({
            imageId: Id,
            action: z.enum(actions),
            classId: Id.optional(),
            /** The rank under which the reviewer saw it, where it is not the first. */
            rank: Id.optional(),
          }),
        )
        .min(1)
        .max(10_000),
      /** Milliseconds from showing the image to the key, for the reviewer's own pace. */
      spentMs: z.int().nonnegative().max(86_400_000).optional(),
      /** The ranking and rank under which the reviewer saw the (first) image. */
      seen: z.strictObject({ method: z.enum(rankingMethods), rank: Id }).optional(),
    }),
  ),
  /** Takes back this reviewer's last decision that still stands; changed is empty where there is none. */
  'reviews.undo': call<ReviewAnswer>()(Nothing),
  'reviews.redo': call<ReviewAnswer>()(Nothing),
  /**
   * Decisions from a CSV with the columns `path,label` (a relabel, or a keep where the label is the given one) or
   * `path,action,label`. Rows that do not fit are rejected with their line; the others are one group in the history.
   */
  'reviews.decideFromFile': call<FileDecisions>()(z.strictObject({ file: PlaceSchema })),
  'reviews.progress': call<ReviewProgress>()(Nothing),

  /** What the queue has learned from the verdicts so far. */
  'queue.learned': call<QueueLearning>()(Nothing),

  /** Writes what an experiment that is done came to, as NAME.csv and NAME.png; files that are there stay as they are. */
  'experiments.write': call<{ written: string[] }>()(z.strictObject({ id: Id, folder: PlaceSchema, name: Name })),
  /** What the newest fit predicts of the test split, as a confusion matrix. */
  'confusion.read': call<Confusion>()(z.strictObject({ fit: z.enum(fitTargets).default('labels') })),
  'confusion.images': call<CellImages>()(
    CellSchema.extend({ from: Index.default(0), count: z.int().min(1).max(500).default(60) }),
  ),
  /** The training images that recur among the inhibitory points of a cell; 'not-found' where it has no image. */
  'confusion.evidence': call<CellEvidence>()(CellSchema.extend({ count: Listed.default(25) })),

  /** The most suspicious test labels, and the accuracy on them as given and as corrected. They are in no queue. */
  'testLabels.list': call<TestLabels>()(z.strictObject({ count: Listed.default(50) })),
  /** A verdict on a test label: it changes the corrected accuracy alone. `open` takes the last one back. */
  'testLabels.decide': call<null>()(
    z.strictObject({ imageId: Id, action: z.enum(['keep', 'relabel', 'exclude', 'open']), classId: Id.optional() }),
  ),

  /** Verdicts on test labels from a CSV as `reviews.decideFromFile` reads it, with `open` in the place of `unsure`. */
  'testLabels.decideFromFile': call<FileDecisions>()(z.strictObject({ file: PlaceSchema })),

  'runs.list': call<Run[]>()(Nothing),
  /** What a retrain would say of the test split, by its first steps; null where no label changed, nothing is measured or they do not come near. */
  'runs.preview': call<RetrainPreview | null>()(Nothing),
  /** All runs of the current model in order, the last of them beside the first, and the newest recovery curve. */
  'runs.recovery': call<Recovery>()(Nothing),
  /** What a run says of the test split beyond its accuracy; needs the features. */
  'runs.measure': call<RunMeasures>()(z.strictObject({ runId: Id })),
  /** Which test images turned between two runs, and how sure the difference is. */
  'runs.compare': call<RunComparison>()(z.strictObject(TwoRuns)),
  /** The changed train labels that did most to turn a test image between two runs. */
  'runs.causes': call<RunCauses>()(z.strictObject({ ...TwoRuns, imageId: Id, count: Listed.default(10) })),
} satisfies Record<string, CallSpec>;

export type CoreCalls = CallerTable<typeof coreContract>;
export type CoreHandlerCalls = HandlerTable<typeof coreContract>;
export type CoreEvents = {
  /** The learned queue has another order: pages asked for without an order are of it. */
  'queue.reordered': QueueLearning;
  'job.changed': { job: Job };
  /** What was decided or taken back on a page, for the others that show the same project. */
  'reviews.changed': ReviewAnswer;
  /** A project file was opened outside of the page, which may have something to save before the project changes. */
  'project.offered': { file: Place };
  /** Something in the project changed; `revision` is the overview's. */
  'project.changed': { revision: number };
};
export type StartJob = CoreCalls['jobs.start']['params'];

/** Parses the parameters of a call by its schema; throws 'bad-request' that names the field. */
export function parseCoreParams(name: string, params: unknown): unknown {
  const spec = Object.hasOwn(coreContract, name) ? (coreContract as Record<string, CallSpec>)[name] : undefined;
  if (!spec) throw new AppError('bad-request', `There is no call named "${name}".`);
  const parsed = spec.params.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'the parameters';
  throw new AppError('bad-request', `${name}: ${field}: ${issue?.message ?? 'not valid'}.`);
}
