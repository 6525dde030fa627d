// From the jobs that a page asks for to those that are kept and run: places become paths.
import type { CoreHandlerCalls, ImportParams } from '../../shared/core-contract.ts';
import type { Job } from '../../shared/jobs.ts';
import type { ExperimentJobParams } from './experiments.ts';
import type { ExportJobParams } from './export.ts';
import type { Grants } from './grants.ts';
import type { ImportJobParams } from './imports.ts';
import type { Jobs } from './jobs.ts';
import type { RecoveryJobParams } from './recovery.ts';
import type { ReportJobParams } from './report.ts';

/** Starts a job, or lets it wait for another; throws what Grants.resolve throws. */
export async function startJob(
  jobs: Jobs,
  grants: Grants,
  reviewer: string,
  request: CoreHandlerCalls['jobs.start']['params'],
): Promise<Job> {
  const { kind, after = null } = request;
  if (kind === 'import') return jobs.start(kind, await toImportJob(grants, request.params), after);
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
    return jobs.start(
      kind,
      { ...rest, folder: await grants.resolve(folder), reviewer } satisfies ExportJobParams,
      after,
    );
  }
  return jobs.start(kind, request.params, after);
}

export const toImportJob = async (
  grants: Grants,
  { images, labels, testFraction, seed }: ImportParams,
): Promise<ImportJobParams> => ({
  imagesFolder: await grants.resolve(images),
  labels: labels.format === 'folders' ? labels : { ...labels, file: await grants.resolve(labels.file) },
  testFraction,
  seed,
});
