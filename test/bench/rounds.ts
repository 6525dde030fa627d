// How many rounds the default ranking takes (denoised.ts): on label sets that none of the peers' figures are about.
import { denoise, goOn, scoreDenoised } from '../../src/main/compute/ranking/denoised.ts';
import { measurePrecision } from '../../src/main/compute/ranking/measures.ts';
import { classes, openContext, readFeatures, readSet, type ModelName, type SetName } from './label-sets.ts';
import type { Row } from './row.ts';

const keptAside: Record<ModelName, SetName[]> = {
  resnet8: ['sym10', 'pair35', 'sym40', 'worse', 'aggre'],
  r20: ['sym10', 'pair35'],
  MobileNet: ['sym10', 'pair35'],
};
const rounds = 5;

/** Average precision of the default ranking after each round. */
export async function measureRounds(rows: Int32Array, say: (sentence: string) => void): Promise<Row[]> {
  const table: Row[] = [];
  const total = new Float64Array(rounds);
  const toRow = (name: string, precision: number[]): Row => ({
    case: `rounds: ${name}`,
    ours: precision.at(-1)!,
    unit: `AP after ${rounds}`,
    limit: precision.map((value, at) => `${at + 1}: ${value.toFixed(4)}`).join(', '),
  });
  for (const [model, sets] of Object.entries(keptAside) as [ModelName, SetName[]][]) {
    const matrix = await readFeatures(model, say);
    for (const set of sets) {
      say(`rounds: ${model} ${set}`);
      const problem = readSet(set);
      const { labels, isWrong } = problem;
      const labelled = { labels, truth: new Int32Array(labels.length).fill(-1) };
      const context = await openContext(matrix, problem, rows);
      let { denoised } = await denoise(context, labelled, { rounds: 1 });
      const precision = [measurePrecision(scoreDenoised(denoised, labels, classes), isWrong)];
      while (precision.length < rounds) {
        denoised = await goOn(context, labelled, denoised);
        precision.push(measurePrecision(scoreDenoised(denoised, labels, classes), isWrong));
      }
      precision.forEach((value, at) => (total[at]! += value));
      table.push(toRow(`${model} ${set}`, precision));
    }
  }
  return [
    ...table,
    toRow(
      'mean',
      [...total].map((sum) => sum / table.length),
    ),
  ];
}
