import type { CoreCalls, CoreEvents, StartJob } from '../../src/shared/core-contract.ts';
import type { Job } from '../../src/shared/jobs.ts';
import type { Client } from '../../src/shared/rpc.ts';

/** Returns what starts a job and waits until it is over, also where it is before its start is answered. */
export function createJobRunner({ call, on }: Client<CoreCalls, CoreEvents>): (request: StartJob) => Promise<Job> {
  const over = new Map<number, Job>();
  const waiting = new Map<number, (job: Job) => void>();
  on('job.changed', ({ job }) => {
    // Ids begin anew in another project.
    if (job.endedAt === null) return void over.delete(job.id);
    over.set(job.id, job);
    waiting.get(job.id)?.(job);
  });
  return async (request) => {
    const { id } = await call('jobs.start', request);
    return over.get(id) ?? new Promise((resolve) => waiting.set(id, resolve));
  };
}
