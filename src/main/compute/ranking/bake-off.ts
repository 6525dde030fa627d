// Which ranking would have brought the confirmed errors up soonest. Only images with a verdict are in it: of the others
// nobody knows whether their label is wrong.
import type { BakedRanking, RankingMethod } from '../../../shared/ranking.ts';
import type { Verdicts } from '../../../shared/compute-contract.ts';
import { measureFound, measurePrecision, toOrder } from './measures.ts';

/** `scores` are of all rows; the measures are of the order in which they put the judged ones. */
export function bake(
  method: RankingMethod,
  scores: Float64Array,
  { judged, isWrong }: Verdicts,
  checked: readonly number[],
): BakedRanking {
  const ofJudged = Float64Array.from(judged, (row) => scores[row]!);
  const order = toOrder(ofJudged);
  return {
    method,
    averagePrecision: measurePrecision(ofJudged, isWrong),
    found: checked.map((share) => measureFound(order, isWrong, share)),
  };
}
