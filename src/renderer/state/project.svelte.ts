// The open project: its overview, asked for again when core says that something changed.
import type { CoreCalls } from '../../shared/core-contract.ts';
import type { LabelClass } from '../../shared/labels.ts';
import type { ProjectOverview } from '../../shared/project.ts';
import { isAppError } from '../../shared/errors.ts';
import type { Connection } from './connection.svelte.ts';
import { toSentence } from './notices.svelte.ts';
import { t } from '../texts.svelte.ts';

/** Decisions come by the second, and the overview counts everything: it is asked for at most this often. */
const refreshEveryMs = 500;

export class Project {
  overview = $state.raw<ProjectOverview | null>(null);
  /** False until it is known whether a project is open. */
  isKnown = $state(false);
  error = $state<string | null>(null);
  /** In the fixed order that digits are bound to. */
  readonly classes: LabelClass[] = $derived(this.overview?.classes ?? []);
  readonly #classNames = $derived(new Map(this.classes.map(({ id, name }) => [id, name])));

  readonly #connection: Connection;
  readonly #replacedListeners: (() => void)[] = [];
  readonly #openListeners: (() => void)[] = [];
  #newestRevision = 0;
  #isRefreshing = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onOpen(() => void this.#start());
    connection.on('project.changed', ({ revision }) => {
      this.#newestRevision = revision;
      void this.#refresh();
    });
  }

  nameOf(classId: number | null): string {
    return classId === null
      ? t('review.no-class')
      : (this.#classNames.get(classId) ?? t('review.class', { id: classId }));
  }

  open(params: CoreCalls['projects.open']['params']): Promise<void> {
    return this.#replace(this.#connection.call('projects.open', params));
  }

  create(params: CoreCalls['projects.create']['params']): Promise<void> {
    return this.#replace(this.#connection.call('projects.create', params));
  }

  createSample(): Promise<void> {
    return this.#replace(this.#connection.call('projects.createSample', {}));
  }

  async setModel(params: CoreCalls['models.set']['params']): Promise<void> {
    this.#accept(await this.#connection.call('models.set', params));
  }

  async reload(): Promise<void> {
    try {
      this.#accept(await this.#connection.call('projects.overview', {}));
    } catch (error) {
      // While the line is down the last overview stays on screen; it is asked for again when the line is back.
      if (!isAppError(error, 'unavailable') && !isAppError(error, 'cancelled')) this.error = toSentence(error);
    }
  }

  /** Called when another project takes the place of this one: what was of the old one is to be forgotten. */
  onReplaced(listener: () => void): void {
    this.#replacedListeners.push(listener);
  }

  /** Called each time the line is open and core has this project open: what was missed meanwhile may be asked for. */
  onOpen(listener: () => void): void {
    this.#openListeners.push(listener);
  }

  async #replace(opened: Promise<ProjectOverview>): Promise<void> {
    const overview = await opened;
    this.#forget();
    this.#accept(overview);
  }

  async #start(): Promise<void> {
    if (this.#connection.app?.isOpen) await this.reload();
    else if (this.overview) await this.#reopen(this.overview.displayPath);
    this.isKnown = true;
    if (this.overview) for (const listener of this.#openListeners) listener();
  }

  /** Core was started anew and has no project open; the one on screen goes on where it was. */
  async #reopen(displayPath: string): Promise<void> {
    try {
      const projects = await this.#connection.call('projects.recent', {});
      const recent = projects.find((project) => project.displayPath === displayPath);
      if (recent) this.#accept(await this.#connection.call('projects.open', { recent: recent.id }));
      else this.overview = null;
    } catch (error) {
      this.error = toSentence(error);
    }
  }

  async #refresh(): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    for (let loaded = 0; this.overview && loaded !== this.#newestRevision;) {
      loaded = this.#newestRevision;
      await this.reload();
      await new Promise((resolve) => setTimeout(resolve, refreshEveryMs));
    }
    this.#isRefreshing = false;
  }

  #forget(): void {
    for (const listener of this.#replacedListeners) listener();
    this.#newestRevision = 0;
  }

  #accept(overview: ProjectOverview): void {
    // Another page of the same core may have opened another project.
    if (this.overview && this.overview.displayPath !== overview.displayPath) this.#forget();
    this.overview = overview;
    this.error = null;
  }
}
