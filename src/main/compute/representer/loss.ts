// What a fit charges for its logits: the loss of each row, its gradient and its curvature.

export interface Loss {
  /**
   * Turns a block of logits (`count` x C, in place) into residuals, the gradient of each row's loss by its logits.
   * Returns the sum of the losses. `first` is the block's place among the rows.
   */
  toResiduals(block: Float64Array, first: number, count: number): number;
  /** Multiplies each row of a block by the Hessian of its loss, in place. `residuals` are those of all rows. */
  curve(block: Float64Array, first: number, count: number, residuals: Float64Array): void;
}

/**
 * Softmax cross-entropy against given labels: the residual of row i is p_i - e_label. The label's own entry is summed
 * from the other classes' probabilities, since 1 - p would be lost to rounding where p is almost 1.
 */
export function createLabelLoss(labels: Int32Array, classes: number): Loss {
  return {
    toResiduals(block, first, count) {
      let loss = 0;
      for (let i = 0, at = 0; i < count; i++, at += classes) {
        const label = labels[first + i]!;
        const logit = block[at + label]!;
        let highest = block[at]!;
        for (let c = 1; c < classes; c++) highest = Math.max(highest, block[at + c]!);
        let total = 0;
        for (let c = 0; c < classes; c++) total += block[at + c] = Math.exp(block[at + c]! - highest);
        let others = 0;
        for (let c = 0; c < classes; c++) {
          block[at + c]! /= total;
          if (c !== label) others += block[at + c]!;
        }
        block[at + label] = -others;
        // log(1 + x) keeps the digits that log(total) loses where the label is the likeliest by far.
        loss += logit === highest ? -Math.log1p(-others) : Math.log(total) + highest - logit;
      }
      return loss;
    },

    curve(block, first, count, residuals) {
      for (let i = 0, at = 0; i < count; i++, at += classes) {
        const label = labels[first + i]!;
        const from = (first + i) * classes;
        let mean = 0;
        for (let c = 0; c < classes; c++) {
          block[at + c]! *= residuals[from + c]! + (c === label ? 1 : 0);
          mean += block[at + c]!;
        }
        for (let c = 0; c < classes; c++) block[at + c]! -= (residuals[from + c]! + (c === label ? 1 : 0)) * mean;
      }
    },
  };
}
