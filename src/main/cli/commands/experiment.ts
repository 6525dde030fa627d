import { mkdir } from 'node:fs/promises';
import { describeLeftOut, type ExperimentResult, type ExperimentMethod } from '../../../shared/experiment.ts';
import { translateWriteError } from '../../core/export.ts';
import { requireDistinct, wrongUsage } from '../options.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';
import { toTable } from '../table.ts';

export interface ExperimentOptions {
  flip?: number;
  noise: 'symmetric' | 'pairs';
  truth?: string;
  methods: ExperimentMethod[];
  seeds: number;
  checked: number[];
  features: 'head' | 'pixels';
  lambda: number | 'auto';
  out?: string;
}

export async function experiment(session: Session, project: string, options: ExperimentOptions): Promise<Answer> {
  const { truth, out, ...params } = options;
  if ((options.flip === undefined) === (truth === undefined))
    throw wrongUsage('Say either how many labels to flip (--flip) or where the true ones are (--truth).');
  await session.open(project);
  requireDistinct(options.methods, (await session.call('classes.list', {})).length);
  if (out !== undefined)
    await mkdir(out, { recursive: true }).catch((error: unknown) => {
      throw translateWriteError(error, out);
    });
  const result = await session.run<ExperimentResult>({
    kind: 'experiment',
    params: {
      ...params,
      ...(truth === undefined ? {} : { truth: await session.place(truth) }),
      ...(out === undefined ? {} : { folder: await session.place(out) }),
    },
  });
  const percents = (spread: { mean: number; sd: number } | null) =>
    spread ? `${spread.mean.toFixed(3)} ± ${spread.sd.toFixed(3)}` : '-';
  return {
    json: result,
    lines: [
      `${result.images} images, ${result.seeds} seeds, lambda ${result.lambda}`,
      ...(result.truth ? describeLeftOut(result.truth) : []),
      ...toTable(
        ['ranking', 'checked', 'found', 'test accuracy', 'AP', 'AUROC'],
        result.methods.flatMap(({ method, shares, averagePrecision, auroc }) =>
          shares.map(({ checked, found, accuracy }) => [
            method,
            String(checked),
            percents(found),
            percents(accuracy),
            averagePrecision.mean.toFixed(3),
            auroc.mean.toFixed(3),
          ]),
        ),
      ),
      ...result.written.map((path) => `written: ${path}`),
      ...(result.notWritten === null ? [] : [`not written: ${result.notWritten}`]),
    ],
  };
}
