// Which project is open: at most one, which all calls are about.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultFit, type CoreEvents, type CoreHandlerCalls } from '../../shared/core-contract.ts';
import type { ProjectOverview, RecentProject } from '../../shared/project.ts';
import { tell } from '../../shared/told.ts';
import type { ComputeClient } from './compute-client.ts';
import type { Grants } from './grants.ts';
import type { CoreHost } from './host.ts';
import { openProject, type OpenProject } from './open-project.ts';
import { describeProject } from './project.ts';
import { projectFileName, newSampleFolder } from './project-files.ts';
import type { Settings } from './settings.ts';
import type { Thumbnails } from './thumbnails.ts';

interface Surroundings {
  host: CoreHost;
  settings: Settings;
  grants: Grants;
  compute: ComputeClient;
  thumbnails: Thumbnails;
  emit: <K extends keyof CoreEvents & string>(event: K, payload: CoreEvents[K]) => void;
  onBug: (error: unknown, where: string) => string;
}

export class CurrentProject {
  #opened: OpenProject | undefined;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** undefined while none is open. */
  get opened(): OpenProject | undefined {
    return this.#opened;
  }

  /** Throws 'not-found' while none is open. */
  require(): OpenProject {
    if (!this.#opened) throw tell('not-found', 'no-project', {});
    return this.#opened;
  }

  /** Those that were open last and are still there, the newest first. */
  recent(): RecentProject[] {
    return this.#around.settings.recent
      .filter(({ path }) => existsSync(path))
      .map(({ id, name, path, openedAt }) => ({ id, name, displayPath: path, openedAt }));
  }

  async create({ folder, name }: CoreHandlerCalls['projects.create']['params']): Promise<ProjectOverview> {
    return this.replace(join(await this.#around.grants.resolve(folder), projectFileName(name)), { name });
  }

  /** Throws 'not-found' for a recent project that is none. */
  async open(choice: CoreHandlerCalls['projects.open']['params']): Promise<ProjectOverview> {
    const { grants, settings } = this.#around;
    if ('file' in choice) return this.replace(await grants.resolve(choice.file));
    const recent = settings.recent.find(({ id }) => id === choice.recent);
    if (!recent) throw tell('not-found', 'not-recent', {});
    return this.replace(recent.path);
  }

  /** A project of drawn pictures, which are made, extracted and fitted from here on. */
  async createSample(): Promise<ProjectOverview> {
    const { name, folder } = await newSampleFolder(this.#around.host.paths.samples);
    const overview = await this.replace(join(folder, projectFileName(name)), { name });
    const { jobs } = this.require();
    const sample = jobs.start('sample', { folder });
    const extract = jobs.start('extract', { provider: 'auto' }, sample.id);
    jobs.start('fit', defaultFit, extract.id);
    return overview;
  }

  /** Closes what is open and opens, or makes, the project file at `path`; throws what openProject throws. */
  async replace(path: string, create?: { name: string }): Promise<ProjectOverview> {
    await this.close();
    const { host, settings, grants, compute, thumbnails, emit, onBug } = this.#around;
    this.#opened = openProject({
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
    const { project } = this.#opened;
    // Who opens a project may export beside it.
    await grants.add(dirname(path));
    const overview = describeProject(project);
    settings.remember({ path, name: overview.name });
    emit('project.changed', { revision: overview.revision });
    return overview;
  }

  async close(): Promise<void> {
    const closing = this.#opened;
    this.#opened = undefined;
    await closing?.close();
  }
}
