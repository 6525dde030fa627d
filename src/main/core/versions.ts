// What a run was made by: the same versions on the same machine make it again to the last digit.
import { arch, platform } from 'node:os';
import type { FitAnswer } from '../../shared/compute-contract.ts';
import type { Versions } from '../../shared/runs.ts';

export const readVersions = (app: string, { engine, provider }: Pick<FitAnswer, 'engine' | 'provider'>): Versions => ({
  app,
  onnxruntime: engine,
  node: process.versions.node,
  system: `${platform()} ${arch()}`,
  ...(provider === 'cpu' ? {} : { device: provider }),
});
