// What a fit is charged that imitates a given model (METHODS 1.2, eq. 3): least where both outputs are the same.
import type { Imitation } from '../../../shared/compute-contract.ts';
import type { Loss } from './loss.ts';

/** The loss against the given model's logits, n x C in the order of the rows. */
export function createImitationLoss({ output, logits }: Imitation, classes: number): Loss {
  return output === 'softmax' ? createSoftmaxLoss(logits, classes) : createReluLoss(logits, classes);
}

/** Cross-entropy between the two softmax outputs: the residual of row i is p_i - softmax(given logits of i). */
function createSoftmaxLoss(given: Float32Array, classes: number): Loss {
  const target = new Float64Array(classes);
  const readTarget = (row: number) => {
    for (let c = 0; c < classes; c++) target[c] = given[row * classes + c]!;
    return toSoftmax(target, 0, classes);
  };
  return {
    toResiduals(block, first, count) {
      let loss = 0;
      for (let i = 0, at = 0; i < count; i++, at += classes) {
        readTarget(first + i);
        for (let c = 0; c < classes; c++) loss -= target[c]! * block[at + c]!;
        loss += toSoftmax(block, at, classes);
        for (let c = 0; c < classes; c++) block[at + c]! -= target[c]!;
      }
      return loss;
    },
    curve(block, first, count, residuals) {
      for (let i = 0, at = 0; i < count; i++, at += classes) {
        readTarget(first + i);
        const from = (first + i) * classes;
        let mean = 0;
        for (let c = 0; c < classes; c++) {
          target[c]! += residuals[from + c]!;
          block[at + c]! *= target[c]!;
          mean += block[at + c]!;
        }
        for (let c = 0; c < classes; c++) block[at + c]! -= target[c]! * mean;
      }
    },
  };
}

/**
 * The paper's second loss, max(z, 0) z / 2 - max(given, 0) z for each class: convex, with the residual
 * max(z, 0) - max(given, 0).
 */
function createReluLoss(given: Float32Array, classes: number): Loss {
  const rectify = (value: number) => (value > 0 ? value : 0);
  return {
    toResiduals(block, first, count) {
      let loss = 0;
      for (let at = 0, from = first * classes; at < count * classes; at++, from++) {
        const logit = block[at]!;
        const wanted = rectify(given[from]!);
        loss += (rectify(logit) * logit) / 2 - wanted * logit;
        block[at] = rectify(logit) - wanted;
      }
      return loss;
    },
    curve(block, first, count, residuals) {
      for (let at = 0, from = first * classes; at < count * classes; at++, from++)
        if (!(residuals[from]! + rectify(given[from]!) > 0)) block[at] = 0;
    },
  };
}

/** Softmax of C values, in place; returns the logarithm of the sum of their exponentials. */
function toSoftmax(values: Float64Array, at: number, classes: number): number {
  let highest = values[at]!;
  for (let c = 1; c < classes; c++) highest = Math.max(highest, values[at + c]!);
  let total = 0;
  for (let c = 0; c < classes; c++) total += values[at + c] = Math.exp(values[at + c]! - highest);
  for (let c = 0; c < classes; c++) values[at + c]! /= total;
  return Math.log(total) + highest;
}
