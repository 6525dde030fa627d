// What the app does: the table of contents. Each call of the contract is one line to the module that does it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  defaultFit,
  parseCoreParams,
  type AppDescription,
  type CoreEvents,
  type CoreHandlerCalls,
  type ImportParams,
} from '../../shared/core-contract.ts';
import type { Job } from '../../shared/jobs.ts';
import type { Grant, ProjectOverview } from '../../shared/project.ts';
import type { ReviewAnswer } from '../../shared/review.ts';
import { tell } from '../../shared/told.ts';
import type { MediaRequest } from '../../shared/media-url.ts';
import { serve, type Handlers, type Port } from '../../shared/rpc.ts';
import { ComputeClient } from './compute-client.ts';
import { decideFromFile, decideTestLabelsFromFile } from './decisions-file.ts';
import { freeTargets, readExperiment, writeExperiment } from './experiment-files.ts';
import type { ExperimentJobParams } from './experiments.ts';
import type { ExportJobParams } from './export.ts';
import { Grants } from './grants.ts';
import type { CoreHost } from './host.ts';
import { readHistory, setNote } from './image-notes.ts';
import { findImage, readCard, readEvidence, readSimilar } from './images.ts';
import { previewImport, type ImportJobParams } from './imports.ts';
import { resolveMedia, type MediaFile } from './media.ts';
import { readClassMatch, setClassMatch } from './class-match.ts';
import { inspectModel, sampleImages, setModel, toInspection } from './models.ts';
import { openProject, type OpenProject } from './open-project.ts';
import { describeProject, requireModel } from './project.ts';
import { projectFileName, newSampleFolder } from './project-files.ts';
import { readQueuePage } from './queue.ts';
import type { RecoveryJobParams } from './recovery.ts';
import { countQueue } from './queue-counts.ts';
import { previewRetrain } from './preview.ts';
import type { ReportJobParams } from './report.ts';
import { findCauses } from './run-causes.ts';
import { measureRun } from './run-measures.ts';
import { compareRuns, listRuns, readRecovery } from './runs.ts';
import { Settings } from './settings.ts';
import { decideTestLabel, readTestLabels } from './test-labels.ts';
import { Thumbnails } from './thumbnails.ts';

export interface Core {
  /** Serves one page or command line on a port until the port closes. */
  attach(port: Port): void;
  /** Makes a path openable; for hosts only, never within reach of a page. Throws 'not-found' if it is not there. */
  grant(path: string): Promise<Grant>;
  /** The file that a media address names, or undefined. */
  resolveMedia(request: MediaRequest): Promise<MediaFile | undefined>;
  /** Opens a project file that was named when the app was started. */
  openFile(path: string): Promise<void>;
  close(): Promise<void>;
}

export function createCore(host: CoreHost): Core {
  const settings = new Settings(host.paths.userData);
  const grants = new Grants();
  const compute = new ComputeClient(host);
  const thumbnailCompute = new ComputeClient(host);
  const thumbnails = new Thumbnails(join(host.paths.userData, 'thumbnails'), thumbnailCompute);
  const pages = new Set<{ emit: <K extends keyof CoreEvents & string>(event: K, payload: CoreEvents[K]) => void }>();
  let open: OpenProject | undefined;

  function emit<K extends keyof CoreEvents & string>(event: K, payload: CoreEvents[K]): void {
    for (const page of pages) page.emit(event, payload);
  }

  function onBug(error: unknown, where: string): string {
    const reference = crypto.randomUUID().slice(0, 8);
    host.log(
      `bug ${reference} in ${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return reference;
  }

  function current(): OpenProject {
    if (!open) throw tell('not-found', 'no-project', {});
    return open;
  }

  const reviews = () => current().reviews(settings.reviewer);
  /** Decisions are what the queue learns from. */
  function learning<T>(answer: T): T {
    current().learning.noteDecision();
    return answer;
  }

  /** Two windows on one project do not ask for the same image twice. */
  function shared(answer: ReviewAnswer): ReviewAnswer {
    if (pages.size > 1) emit('reviews.changed', answer);
    return answer;
  }

  async function replaceProject(path: string, create?: { name: string }): Promise<ProjectOverview> {
    await closeProject();
    open = openProject({
      path,
      ...(create ? { create } : {}),
      version: host.version,
      compute,
      thumbnails,
      onJob: (job) => emit('job.changed', { job }),
      onChange: (revision) => emit('project.changed', { revision }),
      onReordered: (learning) => emit('queue.reordered', learning),
      onBug,
    });
    // Who opens a project may export beside it.
    await grants.add(dirname(path));
    const overview = describeProject(open.project);
    settings.remember({ path, name: overview.name });
    emit('project.changed', { revision: overview.revision });
    return overview;
  }

  async function closeProject(): Promise<void> {
    const closing = open;
    open = undefined;
    await closing?.close();
  }

  const toImportJob = async ({ images, labels, testFraction, seed }: ImportParams): Promise<ImportJobParams> => ({
    imagesFolder: await grants.resolve(images),
    labels: labels.format === 'folders' ? labels : { ...labels, file: await grants.resolve(labels.file) },
    testFraction,
    seed,
  });

  async function startJob(request: CoreHandlerCalls['jobs.start']['params']): Promise<Job> {
    const { jobs } = current();
    const { kind, after = null } = request;
    if (kind === 'import') return jobs.start(kind, await toImportJob(request.params), after);
    if (kind === 'experiment') {
      const { truth, folder, ...rest } = request.params;
      const places = {
        ...(truth ? { truth: await grants.resolve(truth) } : {}),
        ...(folder ? { folder: await grants.resolve(folder) } : {}),
      };
      return jobs.start(kind, { ...rest, ...places } satisfies ExperimentJobParams, after);
    }
    if (kind === 'recovery') {
      const { truth, ...rest } = request.params;
      const place = truth ? { truth: await grants.resolve(truth) } : {};
      return jobs.start(kind, { ...rest, ...place } satisfies RecoveryJobParams, after);
    }
    if (kind === 'report') {
      const { folder, ...rest } = request.params;
      return jobs.start(kind, { ...rest, folder: await grants.resolve(folder) } satisfies ReportJobParams, after);
    }
    if (kind === 'export') {
      const { folder, ...rest } = request.params;
      const { reviewer } = settings;
      return jobs.start(
        kind,
        { ...rest, folder: await grants.resolve(folder), reviewer } satisfies ExportJobParams,
        after,
      );
    }
    return jobs.start(kind, request.params, after);
  }

  const describeApp = (): AppDescription => ({
    version: host.version,
    mediaBase: host.mediaBase,
    reviewer: settings.reviewer,
    preferences: settings.preferences,
    isOpen: open !== undefined,
  });

  const handlers: Handlers<CoreHandlerCalls> = {
    'app.describe': describeApp,
    'app.setReviewer': ({ name }) => {
      settings.setReviewer(name);
      return describeApp();
    },
    'app.setPreferences': (preferences) => {
      settings.setPreferences(preferences);
      return describeApp();
    },
    'app.providers': (_, { signal }) => compute.call('providers.check', {}, { signal }),
    'grants.list': () => grants.list(),
    'folders.list': (place) => grants.listFolder(place),

    'projects.recent': () =>
      settings.recent
        .filter(({ path }) => existsSync(path))
        .map(({ id, name, path, openedAt }) => ({ id, name, displayPath: path, openedAt })),
    'projects.create': async ({ folder, name }) =>
      replaceProject(join(await grants.resolve(folder), projectFileName(name)), { name }),
    'projects.open': async (choice) => {
      if ('file' in choice) return replaceProject(await grants.resolve(choice.file));
      const recent = settings.recent.find(({ id }) => id === choice.recent);
      if (!recent) throw tell('not-found', 'not-recent', {});
      return replaceProject(recent.path);
    },
    'projects.createSample': async () => {
      const { name, folder } = await newSampleFolder(host.paths.samples);
      const overview = await replaceProject(join(folder, projectFileName(name)), { name });
      const { jobs } = current();
      const sample = jobs.start('sample', { folder });
      const extract = jobs.start('extract', { provider: 'auto' }, sample.id);
      jobs.start('fit', defaultFit, extract.id);
      return overview;
    },
    'projects.overview': () => describeProject(current().project),
    'projects.close': async () => {
      await closeProject();
      return null;
    },

    'imports.preview': async (params) => previewImport(await toImportJob(params)),
    'classes.list': () => current().project.store.classes.list(),
    'models.inspect': async ({ file, preprocessing, pictures }) => {
      const samples = pictures
        ? await Promise.all(
            pictures.map(async (place) => ({ path: place.path, absolute: await grants.resolve(place) })),
          )
        : sampleImages(open?.project);
      return toInspection(await inspectModel(compute, await grants.resolve(file), preprocessing, samples));
    },
    'models.set': async ({ file, preprocessing }) => {
      const { project, loaded, touch } = current();
      await setModel(project, compute, await grants.resolve(file), preprocessing);
      loaded.invalidate();
      touch();
      return describeProject(project);
    },

    'models.classes': () => readClassMatch(current().project.store, requireModel(current().project)),
    'models.setClasses': (choice) => {
      const { project, touch } = current();
      const match = setClassMatch(project.store, requireModel(project), choice);
      touch();
      return match;
    },

    'jobs.list': () => current().jobs.list(),
    'jobs.start': startJob,
    'jobs.cancel': ({ id }) => current().jobs.cancel(id),
    'jobs.resume': ({ id }) => current().jobs.resume(id),
    'jobs.result': ({ id }) => current().jobs.resultOf(id),

    'queue.page': (params) => readQueuePage(current().project, params),
    'queue.counts': ({ query }, { signal }) => countQueue(current().project, query, signal),
    'images.card': (params, { signal }) => readCard(current().project, compute, current().loaded, params, signal),
    'images.find': ({ path }) => findImage(current().project, path),
    'images.evidence': (params, { signal }) =>
      readEvidence(current().project, compute, current().loaded, params, signal),
    'images.similar': (params, { signal }) => readSimilar(current().project, compute, current().loaded, params, signal),
    'images.history': ({ imageId }) => readHistory(current().project, imageId),
    'images.setNote': ({ imageId, text }) => setNote(current().project, settings.reviewer, imageId, text),

    'reviews.decide': (params) => learning(shared(reviews().decide(params))),
    'reviews.undo': () => shared(reviews().undo()),
    'reviews.redo': () => shared(reviews().redo()),
    'reviews.decideFromFile': async ({ file }) =>
      learning(await decideFromFile(current().project, reviews(), await grants.resolve(file))),
    'reviews.progress': () => reviews().progress(),

    'queue.learned': () => current().learning.read(),

    'testLabels.list': (params, { signal }) =>
      readTestLabels(current().project, compute, current().loaded, params, signal),
    'testLabels.decide': (params) => {
      const { project, touch } = current();
      decideTestLabel(project, settings.reviewer, params);
      touch();
      return null;
    },

    'testLabels.decideFromFile': async ({ file }) => {
      const { project, touch } = current();
      const decided = await decideTestLabelsFromFile(project, settings.reviewer, await grants.resolve(file));
      touch();
      return decided;
    },

    'experiments.write': async ({ id, folder, name }, { signal }) => {
      const result = readExperiment(current().jobs, id);
      const targets = await freeTargets(await grants.resolve(folder), name);
      return { written: await writeExperiment(compute, targets, result, signal) };
    },
    'confusion.read': ({ fit }) => current().confusions.read(fit),
    'confusion.images': (params) => current().confusions.readImages(params),
    'confusion.evidence': (params, { signal }) => current().confusions.readEvidence(params, signal),

    'runs.preview': (_params, { signal }) => previewRetrain(current().project, compute, current().loaded, signal),
    'runs.list': () => listRuns(current().project),
    'runs.recovery': () => readRecovery(current().project),
    'runs.measure': ({ runId }, { signal }) => measureRun(current().project, compute, current().loaded, runId, signal),
    'runs.compare': ({ beforeId, afterId }) => compareRuns(current().project, beforeId, afterId),
    'runs.causes': (params, { signal }) => findCauses(current().project, compute, current().loaded, params, signal),
  };

  return {
    attach(port) {
      const page = serve<CoreHandlerCalls, CoreEvents>(port, handlers, { parse: parseCoreParams, onBug });
      pages.add(page);
      port.onClose(() => pages.delete(page));
    },
    grant: (path) => grants.add(path),
    resolveMedia: async (request) => (open ? resolveMedia(open.project, thumbnails, request) : undefined),
    async openFile(path) {
      await replaceProject(path);
    },
    async close() {
      await closeProject();
      await Promise.all([compute.close(), thumbnailCompute.close()]);
    },
  };
}
