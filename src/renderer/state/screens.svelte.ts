// Which screen is shown.
import type { Project } from './project.svelte.ts';

export const screens = [
  'start',
  'new-project',
  'overview',
  'model',
  'review',
  'explain',
  'runs',
  'experiment',
  'export',
  'settings',
] as const;
export type Screen = (typeof screens)[number];

const needsProject: Record<Screen, boolean> = {
  start: false,
  'new-project': false,
  overview: true,
  model: true,
  review: true,
  explain: true,
  runs: true,
  experiment: true,
  export: true,
  settings: false,
};

export class Screens {
  isKeySheetOpen = $state(false);
  #chosen = $state<Screen | null>(null);
  readonly #project: Project;
  readonly current: Screen = $derived.by(() => {
    const fallback = this.#project.overview ? 'overview' : 'start';
    if (this.#chosen === null) return fallback;
    return needsProject[this.#chosen] && !this.#project.overview ? fallback : this.#chosen;
  });

  constructor(project: Project) {
    this.#project = project;
  }

  show(screen: Screen): void {
    this.#chosen = screen;
  }
}
