// A command's way to core: the same calls as the screen's, over a port within this process.
import { basename, dirname, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import type { CoreCalls, CoreEvents, StartJob } from '../../shared/core-contract.ts';
import type { Job } from '../../shared/jobs.ts';
import type { Place, ProjectOverview } from '../../shared/project.ts';
import { AppError } from '../../shared/errors.ts';
import { portPair } from '../../shared/ports.ts';
import { connect, type Client } from '../../shared/rpc.ts';
import { createCore, type Core } from '../core/core.ts';
import { projectExtension } from '../core/project-files.ts';
import { createNodeHost } from '../server/node-host.ts';
import { showProgress } from './progress.ts';

export interface Session {
  core: Core;
  call: Client<CoreCalls, CoreEvents>['call'];
  /** Opens the project file PROJECT; the extension may be left out. */
  open(project: string): Promise<ProjectOverview>;
  /** Opens it, or makes it where it is not there yet. */
  openOrCreate(project: string): Promise<ProjectOverview>;
  /** A path that the person typed, as core wants it. */
  place(path: string): Promise<Place>;
  /** Waits for a job of this session to end and returns what it came to. Throws what it failed with. */
  follow<Result>(jobId: number): Promise<Result>;
  /** Runs a job to its end, progress on stderr; returns what it came to. Ctrl+C cancels it. Throws what it failed with. */
  run<Result>(request: StartJob): Promise<Result>;
  close(): Promise<void>;
}

export function openSession(): Session {
  const log = (line: string) => {
    if (process.env.SECOND_LOOK_LOG) console.error(line);
  };
  const core = createCore(createNodeHost(log));
  const [ours, theirs] = portPair();
  core.attach(theirs);
  const client = connect<CoreCalls, CoreEvents>(ours);

  const place = async (path: string): Promise<Place> => ({ grant: (await core.grant(resolve(path))).id, path: '' });
  const open = async (project: string) => client.call('projects.open', { file: await place(toProjectPath(project)) });

  const over = new Map<number, Job>();
  const waiting = new Map<number, (job: Job) => void>();
  client.on('job.changed', ({ job }) => {
    showProgress(job);
    // Ids begin anew in another project: a job that begins is not the one of that id that ended there.
    if (job.endedAt === null) {
      over.delete(job.id);
      return;
    }
    over.set(job.id, job);
    waiting.get(job.id)?.(job);
  });

  async function follow<Result>(id: number): Promise<Result> {
    const job = over.get(id) ?? (await new Promise<Job>((resolve) => waiting.set(id, resolve)));
    if (job.state === 'done') return (await client.call('jobs.result', { id })) as Result;
    throw new AppError(job.state === 'cancelled' ? 'cancelled' : 'internal', job.error ?? job.note ?? job.state);
  }

  return {
    core,
    call: client.call,
    open,
    place,
    async openOrCreate(project) {
      const path = toProjectPath(project);
      if (existsSync(path)) return open(project);
      await mkdir(dirname(path), { recursive: true });
      return client.call('projects.create', {
        folder: await place(dirname(path)),
        name: basename(path, projectExtension),
      });
    },
    follow,
    async run<Result>(request: StartJob) {
      const { id } = await client.call('jobs.start', request);
      const onInterrupt = () => void client.call('jobs.cancel', { id });
      process.once('SIGINT', onInterrupt);
      try {
        return await follow<Result>(id);
      } finally {
        process.removeListener('SIGINT', onInterrupt);
      }
    },
    async close() {
      client.close();
      await core.close();
    },
  };
}

/** The project file that a person means; the extension may be left out. */
export const toProjectPath = (project: string): string =>
  resolve(project.endsWith(projectExtension) ? project : `${project}${projectExtension}`);
