// A core without files, model or mathematics: the same calls over a port, on data that a test makes.
import type { CoreCalls, CoreEvents, PreferenceValues } from '../../src/shared/core-contract.ts';
import type { Job } from '../../src/shared/jobs.ts';
import type { ClassMatch } from '../../src/shared/model.ts';
import type { ProjectOverview } from '../../src/shared/project.ts';
import type { QueueRow } from '../../src/shared/queue.ts';
import type { RecoveryCurve, Run } from '../../src/shared/runs.ts';
import type { TestLabels } from '../../src/shared/test-labels.ts';
import type { AppError } from '../../src/shared/errors.ts';
import { portPair } from '../../src/shared/ports.ts';
import { serve, type Handlers, type Port } from '../../src/shared/rpc.ts';
import type { Host } from '../../src/renderer/host/host.ts';
import {
  defaultClasses,
  isFound,
  someImages,
  toCard,
  toCounts,
  toEvidence,
  toQueueRow,
  type FakeImage,
} from './fake-images.ts';
import { FakeReviews, rowOf } from './fake-reviews.ts';
import { fitSummary, modelDescription } from './fake-model.ts';
import { toCauses, toComparison, toMeasures } from './fake-runs.ts';

export interface FakeOptions {
  classes?: string[];
  /** In order of rank. */
  images?: FakeImage[];
  isOpen?: boolean;
  isFitted?: boolean;
  runs?: Run[];
  overview?: Partial<ProjectOverview>;
}

export class FakeCore {
  /** Every call in order, as the screen made it. */
  readonly calls: { call: string; params: unknown }[] = [];
  readonly classes: string[];
  readonly rows: QueueRow[];
  jobs: Job[] = [];
  runs: Run[];
  curve: RecoveryCurve | null = null;
  testLabels: TestLabels = {
    images: 0,
    suspicious: 0,
    decided: 0,
    corrected: 0,
    accuracy: null,
    correctedAccuracy: null,
    rows: [],
  };
  overview: ProjectOverview;
  isOpen: boolean;
  reviewer = 'Lin';
  match: ClassMatch = { names: null, modelClasses: 3, places: [null, null, null], by: 'name' };
  preferences: PreferenceValues = { language: null, areSingleKeysOn: true, doesAdvance: true, keys: {} };
  readonly notes = new Map<number, string>();
  readonly #images: FakeImage[];
  readonly #failures = new Map<string, AppError[]>();
  readonly #held = new Map<string, { promise: Promise<void>; release: () => void }>();
  readonly #pages = new Set<Port>();
  #emitters: (<K extends keyof CoreEvents & string>(event: K, payload: CoreEvents[K]) => void)[] = [];
  #orders = new Map<string, number[]>();
  readonly #reviews: FakeReviews;

  constructor(options: FakeOptions = {}) {
    this.classes = options.classes ?? defaultClasses;
    this.#images = options.images ?? someImages(12);
    this.rows = this.#images.map(toQueueRow);
    this.#reviews = new FakeReviews(this.rows);
    this.isOpen = options.isOpen ?? true;
    this.runs = options.runs ?? [];
    const isFitted = options.isFitted ?? true;
    this.overview = {
      name: 'harbour',
      displayPath: '/data/harbour.secondlook',
      images: { train: this.rows.length, test: 4, ignored: 0 },
      classes: this.classes.map((name, index) => ({
        id: index + 1,
        name,
        train: this.rows.filter(({ givenClassId }) => givenClassId === index + 1).length,
        test: 1,
      })),
      problems: [],
      problemCount: 0,
      source: 'folders',
      model: {
        id: 1,
        name: 'resnet.onnx',
        description: modelDescription,
        matchedClasses: 0,
        extracted: this.rows.length + 4,
        extractable: this.rows.length + 4,
        stale: 0,
        provider: 'cpu',
        batch: 16,
        providersTried: [],
      },
      fit: isFitted ? fitSummary : null,
      modelFit: null,
      revision: 1,
      ...options.overview,
    };
  }

  /** A host whose ports are served by this core. */
  host(extras: Partial<Host> = {}): Host {
    return {
      openPort: () => {
        const [page, ours] = portPair();
        this.attach(ours);
        return Promise.resolve(page);
      },
      ...extras,
    };
  }

  attach(port: Port): void {
    const { emit } = serve<CoreCalls, CoreEvents>(port, this.#handlers(), {
      parse: (call, params) => {
        this.calls.push({ call, params });
        return params;
      },
      onBug: (error) => {
        throw error;
      },
    });
    this.#emitters.push(emit);
    this.#pages.add(port);
    port.onClose(() => {
      this.#emitters = this.#emitters.filter((each) => each !== emit);
      this.#pages.delete(port);
    });
  }

  /** The next call of this name fails so. */
  failNext(call: keyof CoreCalls, error: AppError): void {
    this.#failures.set(call, [...(this.#failures.get(call) ?? []), error]);
  }

  /** Calls of this name wait until the returned function is called. */
  hold(call: keyof CoreCalls): () => void {
    let release = () => {};
    const promise = new Promise<void>((resolve) => (release = resolve));
    this.#held.set(call, { promise, release });
    return () => {
      this.#held.delete(call);
      release();
    };
  }

  /** Ends every page's connection, as a crash would. */
  hangUp(): void {
    for (const port of this.#pages) port.close();
  }

  changeJob(change: Partial<Job> & Pick<Job, 'id' | 'kind'>): void {
    const before = this.jobs.find(({ id }) => id === change.id);
    const job: Job = { ...(before ?? newJob(change.id, change.kind)), ...change };
    this.jobs = [...this.jobs.filter(({ id }) => id !== job.id), job];
    this.emit('job.changed', { job });
  }

  changeOverview(change: Partial<ProjectOverview>): void {
    this.overview = { ...this.overview, ...change, revision: this.overview.revision + 1 };
    this.emit('project.changed', { revision: this.overview.revision });
  }

  emit<K extends keyof CoreEvents & string>(event: K, payload: CoreEvents[K]): void {
    for (const emit of this.#emitters) emit(event, payload);
  }

  params(call: keyof CoreCalls): unknown[] {
    return this.calls.filter((each) => each.call === call).map(({ params }) => params);
  }

  #handlers(): Handlers<CoreCalls> {
    const describe = () => ({
      version: '0.1.0',
      mediaBase: '/media/image/' as const,
      reviewer: this.reviewer,
      preferences: this.preferences,
      isOpen: this.isOpen,
    });
    const open = () => {
      this.isOpen = true;
      return this.overview;
    };
    const plain: Handlers<CoreCalls> = {
      'app.describe': describe,
      'app.providers': () => [{ name: 'cpu', works: true, reason: null }],
      'app.setReviewer': ({ name }) => {
        this.reviewer = name;
        return describe();
      },
      'app.setPreferences': (preferences) => {
        this.preferences = { ...this.preferences, ...(preferences as PreferenceValues) };
        return describe();
      },
      'models.classes': () => this.match,
      'models.setClasses': ({ places, names }) =>
        (this.match = places
          ? { ...this.match, places, by: 'person' }
          : { ...this.match, names: names ?? null, by: 'name' }),
      'grants.list': () => [{ id: 'root', displayPath: '/data', kind: 'folder' }],
      'folders.list': ({ path }) =>
        path === '' || path === undefined
          ? [
              { name: 'photos', kind: 'folder' },
              { name: 'labels.csv', kind: 'file' },
              { name: 'resnet.onnx', kind: 'file' },
            ]
          : [],
      'projects.recent': () => [
        {
          id: 'r1',
          name: this.overview.name,
          displayPath: this.overview.displayPath,
          openedAt: Date.now() - 3_600_000,
        },
      ],
      'projects.create': ({ name }) => {
        this.overview = {
          ...this.overview,
          name,
          images: { train: 0, test: 0, ignored: 0 },
          model: null,
          fit: null,
          modelFit: null,
          source: null,
        };
        return open();
      },
      'projects.open': open,
      'projects.createSample': open,
      'projects.overview': () => this.overview,
      'projects.close': () => {
        this.isOpen = false;
        return null;
      },
      'imports.preview': ({ labels }) => ({
        images: { train: this.rows.length, test: 4 },
        classes: this.overview.classes,
        columns: labels.format === 'csv' ? ['file', 'class', 'part'] : [],
        chosen: labels.format === 'csv' ? { path: 'file', label: labels.labelColumn ?? 'class', split: null } : null,
        problems: [{ path: 'ship/broken.png', reason: 'The file is empty.' }],
        problemCount: 1,
        samples: ['ship/0001.png'],
      }),
      'classes.list': () => this.overview.classes,
      'models.inspect': ({ preprocessing, head, pictures = [] }) => ({
        description: {
          ...modelDescription,
          heads: { chosen: head ?? 'fine', outputs: ['coarse', 'fine'] },
          looks: pictures.map(({ path = '' }) => ({
            path,
            classIndex: 3,
            className: 'ship',
            probability: preprocessing?.mean ? 0.97 : 0.31,
          })),
        },
      }),
      'models.set': () => this.overview,
      'jobs.list': () => this.jobs,
      'jobs.start': ({ kind }) => this.#startJob(kind),
      'jobs.cancel': ({ id }) => {
        this.changeJob({
          id,
          kind: this.#job(id).kind,
          state: 'cancelled',
          endedAt: Date.now(),
          note: 'Stopped; what was done is kept.',
        });
        return this.#job(id);
      },
      'jobs.resume': ({ id }) => this.#startJob(this.#job(id).kind),
      'jobs.result': () => null,
      'queue.page': ({ query, order, from, count }) => {
        const id = order !== undefined && this.#orders.has(order) ? order : `order-${this.#orders.size + 1}`;
        const places = this.#orders.get(id) ?? this.rows.flatMap((row, index) => (isFound(row, query) ? [index] : []));
        this.#orders.set(id, places);
        const firstOpen = places.findIndex((place) => this.rows[place]!.state === 'open');
        return {
          order: id,
          total: places.length,
          firstOpen: firstOpen < 0 ? null : firstOpen,
          from,
          rows: places.slice(from, from + count).map((place) => ({ ...this.rows[place]! })),
        };
      },
      'queue.counts': ({ query }) => toCounts(this.rows, query, this.classes.length),
      'images.card': ({ imageId }) => ({
        ...toCard(rowOf(this.rows, imageId), this.rows, this.classes, this.#images[imageId - 1]!),
        note: this.notes.get(imageId) ?? '',
      }),
      'images.similar': ({ imageId, count = 60 }) =>
        this.rows
          .filter((row) => row.imageId !== imageId)
          .slice(0, count)
          .map((row, index) => ({ ...row, rank: 0, similarity: 0.99 - index / 100 })),
      'images.history': ({ imageId }) => this.#reviews.historyOf(imageId),
      'images.setNote': ({ imageId, text }) => {
        this.notes.set(imageId, text);
        return { note: text };
      },
      'images.find': () => ({ imageId: 1 }),
      'images.evidence': (params) => toEvidence(params, this.rows),
      ...this.#confusion(),
      'reviews.decide': (params) => this.#reviews.decide(params),
      'reviews.undo': () => this.#reviews.undo(),
      'reviews.redo': () => this.#reviews.redo(),
      'reviews.decideFromFile': () => ({ applied: 0, rejected: [] }),
      'queue.learned': () => ({ verdicts: 0, estimate: null, gain: null, dueIn: 20 }),
      'reviews.progress': () => this.#reviews.progress(),
      'runs.list': () => this.runs,
      'runs.preview': () => null,
      'testLabels.list': () => this.testLabels,
      'testLabels.decide': () => null,
      'testLabels.decideFromFile': () => ({ applied: 0, rejected: [] }),
      'experiments.write': () => ({ written: [] }),
      'runs.recovery': () => ({
        runs: this.runs,
        otherRuns: 2,
        pairedTest: this.runs.length < 2 ? null : { turnedRight: 113, turnedWrong: 34, pValue: 3e-11 },
        difference: differenceOf(this.runs),
        secondsSpent: this.runs.length < 2 ? null : 7860,
        curve: this.curve,
        isCurveOlder: this.curve !== null && this.curve.fitId !== this.runs.at(-1)?.fitId,
      }),
      'runs.measure': ({ runId }) => toMeasures(runId),
      'runs.compare': ({ beforeId, afterId }) => toComparison(beforeId, afterId),
      'runs.causes': ({ imageId }) => toCauses(imageId),
    };
    return Object.fromEntries(
      Object.entries(plain).map(([call, handler]) => [call, this.#guard(call, handler as never)]),
    ) as unknown as Handlers<CoreCalls>;
  }

  /** Two of class 1 are taken for class 2, and one of class 2 for class 3; the others are right. */
  #confusion(): Pick<Handlers<CoreCalls>, 'confusion.read' | 'confusion.images' | 'confusion.evidence'> {
    const errors = [
      { classId: 1, predictedClassId: 2, images: 2 },
      { classId: 2, predictedClassId: 3, images: 1 },
    ];
    return {
      'confusion.read': ({ fit = 'labels' }) => ({
        fit,
        fitId: 1,
        testImages: 3 + this.classes.length,
        right: this.classes.map(() => 1),
        wrong: 3,
        errors,
      }),
      'confusion.images': (cell) => {
        const total = errors.find((each) => isSameCell(each, cell))?.images ?? 1;
        const rows = this.rows.slice(0, total).map(({ imageId, contentKey }, index) => ({
          imageId,
          contentKey,
          path: `test/${cell.classId}-${index + 1}.png`,
          margin: -1.5 + index,
        }));
        return { total, from: 0, rows };
      },
      'confusion.evidence': (cell) => {
        const images = errors.find((each) => isSameCell(each, cell))?.images ?? 1;
        const evidence = toEvidence(
          { imageIds: [1], classId: cell.classId, againstClassId: cell.predictedClassId },
          this.rows,
        );
        const inhibitory = evidence.inhibitory.map((point) => ({ ...point, recurrence: images }));
        return { ...evidence, excitatory: [], inhibitory, own: null, images, counted: images };
      },
    };
  }

  /** Adds `hold` and `failNext` to a handler. */
  #guard(call: string, handler: (...parameters: unknown[]) => unknown) {
    return async (...parameters: unknown[]) => {
      await this.#held.get(call)?.promise;
      const failure = this.#failures.get(call)?.shift();
      if (failure) throw failure;
      return handler(...parameters);
    };
  }

  #startJob(kind: Job['kind']): Job {
    const job = newJob(this.jobs.length + 1, kind);
    this.jobs = [...this.jobs, job];
    this.emit('job.changed', { job });
    return job;
  }

  #job(id: number): Job {
    return this.jobs.find((job) => job.id === id)!;
  }
}

type Cell = { classId: number; predictedClassId: number };
const isSameCell = (a: Cell, b: Cell) => a.classId === b.classId && a.predictedClassId === b.predictedClassId;

const differenceOf = (runs: Run[]) => {
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last || first === last) return null;
  const value = last.accuracy.value - first.accuracy.value;
  return { value, interval: [value - 0.01, value + 0.01] as [number, number] };
};

const newJob = (id: number, kind: Job['kind']): Job => ({
  id,
  kind,
  state: 'queued',
  done: 0,
  total: null,
  stage: '',
  note: null,
  error: null,
  perSecond: null,
  secondsLeft: null,
  createdAt: Date.now(),
  endedAt: null,
});
