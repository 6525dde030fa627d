// What the app does: the table of contents. Each call of the contract is one line to the module that does it.
import type { AppDescription, CoreHandlerCalls } from '../../shared/core-contract.ts';
import type { ReviewAnswer } from '../../shared/review.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { readClassMatch, setClassMatch } from './class-match.ts';
import type { ComputeClient } from './compute-client.ts';
import type { CurrentProject } from './current-project.ts';
import { decideFromFile, decideTestLabelsFromFile } from './decisions-file.ts';
import { freeTargets, readExperiment, writeExperiment } from './experiment-files.ts';
import type { Grants } from './grants.ts';
import type { CoreHost } from './host.ts';
import { readHistory, setNote } from './image-notes.ts';
import { findImage, readCard, readEvidence, readSimilar } from './images.ts';
import { previewImport } from './imports.ts';
import { inspectModel, sampleImages, setModel, toInspection } from './models.ts';
import { previewRetrain } from './preview.ts';
import { describeProject, requireModel } from './project.ts';
import { countQueue } from './queue-counts.ts';
import { readQueuePage } from './queue.ts';
import { findCauses } from './run-causes.ts';
import { measureRun } from './run-measures.ts';
import { compareRuns, listRuns, readRecovery } from './runs.ts';
import type { Settings } from './settings.ts';
import { startJob, toImportJob } from './start-job.ts';
import { decideTestLabel, readTestLabels } from './test-labels.ts';

interface Parts {
  host: CoreHost;
  settings: Settings;
  grants: Grants;
  compute: ComputeClient;
  projects: CurrentProject;
  /** Tells the pages of what one of them decided, where there are several. */
  share: (answer: ReviewAnswer) => void;
}

export function createCalls({ host, settings, grants, compute, projects, share }: Parts): Handlers<CoreHandlerCalls> {
  const current = () => projects.require();
  const reviews = () => current().reviews(settings.reviewer);
  /** Decisions are what the queue learns from. */
  function learning<T>(answer: T): T {
    current().learning.noteDecision();
    return answer;
  }
  function shared(answer: ReviewAnswer): ReviewAnswer {
    share(answer);
    return answer;
  }

  const describeApp = (): AppDescription => ({
    version: host.version,
    mediaBase: host.mediaBase,
    reviewer: settings.reviewer,
    preferences: settings.preferences,
    isOpen: projects.opened !== undefined,
  });

  return {
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

    'projects.recent': () => projects.recent(),
    'projects.create': (params) => projects.create(params),
    'projects.open': (choice) => projects.open(choice),
    'projects.createSample': () => projects.createSample(),
    'projects.overview': () => describeProject(current().project),
    'projects.close': async () => {
      await projects.close();
      return null;
    },

    'imports.preview': async (params) => previewImport(await toImportJob(grants, params)),
    'classes.list': () => current().project.store.classes.list(),
    'models.inspect': async ({ file, preprocessing, head, pictures }) => {
      const samples = pictures
        ? await Promise.all(
            pictures.map(async (place) => ({ path: place.path, absolute: await grants.resolve(place) })),
          )
        : sampleImages(projects.opened?.project);
      return toInspection(await inspectModel(compute, await grants.resolve(file), preprocessing, samples, head));
    },
    'models.set': async ({ file, preprocessing, head }) => {
      const { project, loaded, touch } = current();
      await setModel(project, compute, await grants.resolve(file), preprocessing, head);
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
    'jobs.start': (request) => startJob(current().jobs, grants, settings.reviewer, request),
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
}
