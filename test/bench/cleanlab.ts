// Our confident learning against cleanlab's figures, on the probabilities that those were measured on: raw features, lambda
// 0.003, scikit-learn's stratified folds by the seeds 0 to 4, and with them the 40 % noise drawn anew (METHODS 5.3).
import {
  findIssues,
  scoreNormalizedMargin,
  scoreSelfConfidence,
  scoreWeightedEntropy,
} from '../../src/main/compute/ranking/confident-learning.ts';
import { believeLabels, crossFit } from '../../src/main/compute/ranking/heads.ts';
import { measurePrecision } from '../../src/main/compute/ranking/measures.ts';
import { toProbabilities } from '../../src/main/compute/ranking/scores.ts';
import { classes, openContext, readFeatures, readSet, type ModelName, type SetName } from './label-sets.ts';
import { dealPeerFolds, whyNoPeers } from './peers.ts';
import type { Row } from './row.ts';

const seeds = [0, 1, 2, 3, 4];
/** Average precision of cleanlab 2.9, as MATERIAL has it: self-confidence and normalised margin. */
const figures: Record<string, [number, number]> = {
  'r20 sym40': [0.981, 0.972],
  'r20 worse': [0.924, 0.947],
  'r20 aggre': [0.726, 0.692],
  'MobileNet sym40': [0.901, 0.865],
  'MobileNet worse': [0.834, 0.81],
  'MobileNet aggre': [0.538, 0.44],
};

export async function measureCleanlab(
  model: ModelName,
  set: SetName,
  allRows: Int32Array,
  say: (sentence: string) => void,
): Promise<Row[]> {
  const name = `${model} ${set}: cleanlab`;
  const skipped = whyNoPeers();
  if (skipped) return [{ case: name, ours: null, unit: 'AP', skipped }];
  const matrix = await readFeatures(model, say, model === 'MobileNet' ? 'libvips' : 'app');
  const problem = readSet(set);
  const dealt = dealPeerFolds(problem, seeds, set === 'sym40');
  if (dealt[0]!.labels.some((label, row) => label !== problem.labels[row]))
    throw new Error(`${set}: seed 0 does not draw the labels of the file.`);
  const values: number[][] = [];
  for (const { labels, folds } of dealt) {
    const context = await openContext(matrix, { labels }, allRows, 'peers');
    const logits = await crossFit(context, labels, believeLabels(labels, classes), { foldOf: folds });
    const probabilities = toProbabilities(logits, classes);
    const isWrong = Uint8Array.from(labels, (label, row) => Number(label !== problem.truth[row]));
    const issues = findIssues(probabilities, labels, classes);
    const found = issues.filter((row) => isWrong[row]).length;
    const wrong = isWrong.reduce((sum, value) => sum + value, 0);
    const scored = [scoreSelfConfidence, scoreNormalizedMargin, scoreWeightedEntropy].map((score) =>
      measurePrecision(score(probabilities, labels, classes), isWrong),
    );
    values.push([...scored, found / issues.length, found / wrong, (2 * found) / (issues.length + wrong)]);
  }
  const mean = (at: number) => values.reduce((sum, each) => sum + each[at]! / values.length, 0);
  return [
    ...['self-confidence', 'normalised margin'].map((score, at): Row => {
      const other = figures[`${model} ${set}`]![at]!;
      return {
        case: `${name} ${score}`,
        ours: mean(at),
        unit: 'AP',
        other,
        otherName: 'cleanlab 2.9',
        limit: `difference ${(mean(at) - other).toFixed(4)}, at most 0.001`,
      };
    }),
    { case: `${name} confidence-weighted entropy`, ours: mean(2), unit: 'AP' },
    {
      case: `${name} issue filter`,
      ours: mean(5),
      unit: 'F1',
      limit: `precision ${mean(3).toFixed(4)}, recall ${mean(4).toFixed(4)}`,
    },
  ];
}
