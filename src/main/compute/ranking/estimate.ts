// How many wrong labels are left, as far as the verdicts tell.
import type { Verdicts } from '../../../shared/compute-contract.ts';
import { fewestToEstimate, reviewsAhead, type ErrorsLeft } from '../../../shared/ranking.ts';
import type { VerdictModel } from './verdict-model.ts';

/** Of a normal distribution nine tenths lie within so many standard deviations. */
const spread = 1.645;
/**
 * The verdicts are of the head of the queue and the estimate is of the rest: by so much (one standard deviation) the log
 * odds there may be off from what the model says, besides what it knows that it does not know.
 */
const drift = 1;

/**
 * The number of wrong labels among the open rows, and among the first hundred of them, with intervals that should hold the
 * truth nine times in ten. Null where the verdicts are too few to tell. By linearisation, on the log scale, so that an
 * interval never reaches below nothing.
 */
export function estimateLeft(model: VerdictModel, open: Int32Array, { isWrong }: Verdicts): ErrorsLeft | null {
  const wrong = isWrong.reduce((sum, value) => sum + value, 0);
  if (isWrong.length < fewestToEstimate.verdicts || Math.min(wrong, isWrong.length - wrong) < fewestToEstimate.ofEach)
    return null;
  return { left: estimate(model, open), next: estimate(model, open.subarray(0, reviewsAhead)) };
}

function estimate(model: VerdictModel, rows: Int32Array): ErrorsLeft['left'] {
  const { mean, ofWeights, ofChance } = model.count(rows);
  const deviation = Math.sqrt(ofWeights + ofChance + (drift * ofChance) ** 2);
  const factor = Math.exp((spread * deviation) / Math.max(mean, 1));
  const within = (value: number) => Math.max(0, Math.min(rows.length, Math.round(value)));
  return { value: within(mean), interval: [within(mean / factor), within(mean * factor)] };
}
