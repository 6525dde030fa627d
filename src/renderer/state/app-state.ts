// Everything the screen knows, made once for a page and handed down by context.
import { createContext } from 'svelte';
import type { Place } from '../../shared/project.ts';
import type { Host } from '../host/host.ts';
import { Connection } from './connection.svelte.ts';
import { Experiment } from './experiment.svelte.ts';
import { Explanation } from './explanation.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { Learning } from './learning.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Project } from './project.svelte.ts';
import { Review } from './review.svelte.ts';
import { Runs } from './runs.svelte.ts';
import { Screens } from './screens.svelte.ts';

export interface AppState {
  host: Host;
  connection: Connection;
  notices: Notices;
  project: Project;
  jobs: Jobs;
  review: Review;
  learning: Learning;
  explanation: Explanation;
  runs: Runs;
  experiment: Experiment;
  preferences: Preferences;
  screens: Screens;
}

export const [getAppState, setAppState] = createContext<AppState>();

/** Wires the subjects together; nothing is sent before `connection.open()`. */
export function createAppState(host: Host): AppState {
  const connection = new Connection(host);
  const notices = new Notices();
  const preferences = new Preferences(connection, notices);
  const project = new Project(connection);
  const jobs = new Jobs(connection, project, notices);
  const review = new Review(connection, jobs, project, preferences, notices);
  const screens = new Screens(project);
  connection.on('project.offered', ({ file }) => {
    void openOffered(file).catch((error: unknown) => notices.show(error));
  });

  /** As if it had been chosen on the screen. */
  async function openOffered(file: Place): Promise<void> {
    if (!(await review.saving.mayLeave())) return;
    await project.open({ file });
    screens.show('overview');
  }

  return {
    host,
    connection,
    notices,
    project,
    jobs,
    review,
    learning: new Learning(connection, review, notices),
    explanation: new Explanation(connection, project),
    runs: new Runs(connection, project, jobs),
    experiment: new Experiment(connection, project, jobs),
    preferences,
    screens,
  };
}
