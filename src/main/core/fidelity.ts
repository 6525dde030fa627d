// How near a fit that imitates the given model comes to it (METHODS 1.2 and 7.2).
import type { FidelityOn, ModelOutput } from '../../shared/fit.ts';
import { argmax } from './predict.ts';

/** Adds up, block by block, how the outputs of two models over the same C classes differ. */
export class FidelityCount {
  readonly #output: ModelOutput;
  readonly #classes: number;
  #images = 0;
  #equal = 0;
  #absolute = 0;
  #largestLogit = 0;
  #largest = 0;
  /** Sums over all outputs: a, b, a^2, b^2, a b. */
  readonly #sums = new Float64Array(5);

  constructor(output: ModelOutput, classes: number) {
    this.#output = output;
    this.#classes = classes;
  }

  /** Logits of the given model and of the fit, of the same images, each count x C. */
  add(given: ArrayLike<number>, fitted: ArrayLike<number>): void {
    const classes = this.#classes;
    const [a, b] = [new Float64Array(classes), new Float64Array(classes)];
    for (let from = 0; from < given.length; from += classes) {
      this.#images += 1;
      if (argmax(given, from, classes) === argmax(fitted, from, classes)) this.#equal += 1;
      for (let c = 0; c < classes; c++) [a[c], b[c]] = [given[from + c]!, fitted[from + c]!];
      this.#largestLogit = Math.max(this.#largestLogit, this.#compareLogits(a, b));
      this.#toOutput(a);
      this.#toOutput(b);
      for (let c = 0; c < classes; c++) this.#addOutputs(a[c]!, b[c]!);
    }
  }

  /** null where nothing was added. */
  finish(): FidelityOn | null {
    if (this.#images === 0) return null;
    const count = this.#images * this.#classes;
    const [a, b, aa, bb, ab] = this.#sums as unknown as [number, number, number, number, number];
    const spread = Math.sqrt((aa - (a * a) / count) * (bb - (b * b) / count));
    return {
      images: this.#images,
      agreement: this.#equal / this.#images,
      meanDifference: this.#absolute / count,
      largestDifference: this.#largest,
      correlation: spread > 0 ? (ab - (a * b) / count) / spread : 0,
      largestLogitDifference: this.#largestLogit,
    };
  }

  #addOutputs(a: number, b: number): void {
    const difference = Math.abs(a - b);
    this.#absolute += difference;
    this.#largest = Math.max(this.#largest, difference);
    [a, b, a * a, b * b, a * b].forEach((value, at) => (this.#sums[at]! += value));
  }

  /** What the outputs do not see is no difference: to a softmax what is added to all logits alike, to a ReLU all below zero. */
  #compareLogits(a: Float64Array, b: Float64Array): number {
    const [seenA, seenB] = [a, b].map((logits) => {
      if (this.#output === 'relu') return logits.map((logit) => Math.max(0, logit));
      const mean = logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
      return logits.map((logit) => logit - mean);
    }) as [Float64Array, Float64Array];
    return seenA.reduce((largest, logit, c) => Math.max(largest, Math.abs(logit - seenB[c]!)), 0);
  }

  #toOutput(logits: Float64Array): void {
    if (this.#output === 'relu') {
      for (let c = 0; c < logits.length; c++) logits[c] = Math.max(0, logits[c]!);
      return;
    }
    const highest = Math.max(...logits);
    let total = 0;
    for (let c = 0; c < logits.length; c++) total += logits[c] = Math.exp(logits[c]! - highest);
    for (let c = 0; c < logits.length; c++) logits[c]! /= total;
  }
}
