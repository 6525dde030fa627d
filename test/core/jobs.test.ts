import { describe, expect, it } from 'vitest';
import { Jobs, type JobWork } from '../../src/main/core/jobs.ts';
import type { Job, JobKind } from '../../src/shared/jobs.ts';
import { AppError, cancelled } from '../../src/shared/errors.ts';
import { makeSmallProject } from '../store/small-project.ts';

/** Works until its signal aborts. */
const untilAborted: JobWork = (_params, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(cancelled())));

function startJobs(work: Partial<Record<JobKind, JobWork>>, store = makeSmallProject().store) {
  const changes: Job[] = [];
  const bugs: unknown[] = [];
  const nothing: JobWork = async () => ({ note: 'Nothing to do.', result: null });
  const jobs = new Jobs({
    store,
    work: {
      sample: nothing,
      import: nothing,
      extract: nothing,
      fit: nothing,
      rank: nothing,
      duplicates: nothing,
      experiment: nothing,
      retrain: nothing,
      reproduce: nothing,
      recovery: nothing,
      report: nothing,
      export: nothing,
      ...work,
    },
    onChange: (job) => changes.push(job),
    onBug(error) {
      bugs.push(error);
      return 'log-1';
    },
  });
  return { jobs, changes, bugs, store };
}

describe('a job', () => {
  it('goes from queued through running to done, and keeps its note and result', async () => {
    const { jobs, changes } = startJobs({
      fit: async (params, { report }) => {
        report({ done: 1, total: 2, stage: 'fitting' });
        return { note: 'Fitted.', result: params };
      },
    });
    const { id } = jobs.start('fit', { lambda: 0.1 });
    expect((await jobs.over(id)).state).toBe('done');
    expect(jobs.resultOf(id)).toEqual({ lambda: 0.1 });
    expect(changes.map(({ state }) => state)).toEqual(['queued', 'running', 'running', 'done']);
    expect(changes.at(-1)).toMatchObject({ done: 1, total: 2, note: 'Fitted.', error: null });
  });

  it('fails with the sentence of an expected error, and hides the text of a bug', async () => {
    const { jobs, bugs } = startJobs({
      fit: () => Promise.reject(new AppError('bad-request', 'lambda must be positive.')),
      extract: () => Promise.reject(new TypeError('x is undefined')),
    });
    expect((await jobs.over(jobs.start('fit', {}).id)).error).toBe('lambda must be positive.');
    expect(bugs).toHaveLength(0);
    const bug = await jobs.over(jobs.start('extract', {}).id);
    expect(bug.error).toContain('log-1');
    expect(bug.error).not.toContain('undefined');
    expect(bugs).toHaveLength(1);
  });

  it('waits for the one before it; one that follows a failure is not started', async () => {
    const order: string[] = [];
    const { jobs } = startJobs({
      import: async () => {
        order.push('import');
        throw new AppError('unreadable', 'The folder is gone.');
      },
      extract: async () => {
        order.push('extract');
        return { note: '', result: null };
      },
      export: async () => {
        order.push('export');
        return { note: '', result: null };
      },
    });
    const first = jobs.start('import', {});
    const dependent = jobs.start('extract', {}, first.id);
    const independent = jobs.start('export', {});
    expect((await jobs.over(independent.id)).state).toBe('done');
    expect((await jobs.over(dependent.id)).state).toBe('cancelled');
    expect(order).toEqual(['import', 'export']);
  });

  it('is cancelled while running and while queued, and can be resumed with the same parameters', async () => {
    const { jobs } = startJobs({ extract: untilAborted });
    const running = jobs.start('extract', { provider: 'cpu' });
    const queued = jobs.start('fit', {});
    jobs.cancel(queued.id);
    await Promise.resolve();
    jobs.cancel(running.id);
    expect((await jobs.over(running.id)).state).toBe('cancelled');
    expect((await jobs.over(queued.id)).state).toBe('cancelled');
    const again = jobs.resume(running.id);
    expect(again.kind).toBe('extract');
    jobs.cancel(again.id);
    expect((await jobs.over(again.id)).params).toEqual({ provider: 'cpu' });
  });

  it('is interrupted when the project closes, and when the process ended under it', async () => {
    const { jobs, store } = startJobs({ extract: untilAborted });
    const { id } = jobs.start('extract', {});
    await Promise.resolve();
    await jobs.close();
    expect(store.jobs.find(id)?.state).toBe('interrupted');
    const left = store.jobs.add('fit', {}, null);
    const reopened = startJobs({}, store);
    expect(reopened.jobs.list().find((job) => job.id === left)?.state).toBe('interrupted');
  });

  it('that is done is not resumed', async () => {
    const { jobs } = startJobs({});
    const { id } = jobs.start('fit', {});
    await jobs.over(id);
    expect(() => jobs.resume(id)).toThrow(expect.objectContaining({ code: 'conflict' }));
  });
});
