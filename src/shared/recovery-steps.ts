// The recovery curve of all classes or of one, step by step, as the screen, the report and the command line tell it.
import type { Proportion, RecoveryCurve } from './runs.ts';
import { wilsonInterval } from './wilson.ts';

export interface RecoveryStep {
  decisions: number;
  changedLabels: number;
  /** null before the first decision that was timed. */
  secondsSpent: number | null;
  accuracy: Proportion;
  /** The share that is right after as many decisions in random order; null where none was drawn. */
  random: number | null;
}

/** In order of decisions. Of a class, accuracy is the share of its test images; it must have some. */
export function toSteps({ points, random, classImages }: RecoveryCurve, classId: number | null): RecoveryStep[] {
  return points.map(({ decisions, changedLabels, secondsSpent, accuracy, correct }, step) => {
    const beside = random?.points[step] ?? null;
    const same = { decisions, changedLabels, secondsSpent };
    if (classId === null) return { ...same, accuracy, random: beside && beside.accuracy.mean };
    const images = classImages[classId - 1]!;
    return {
      ...same,
      accuracy: toProportion(correct[classId - 1]!, images),
      random: beside && beside.correct[classId - 1]! / images,
    };
  });
}

/** What is right with all labels true; null where the truth is not known. */
export function toClean({ clean, classImages }: RecoveryCurve, classId: number | null): Proportion | null {
  if (!clean || classId === null) return clean && clean.accuracy;
  return toProportion(clean.correct[classId - 1]!, classImages[classId - 1]!);
}

const toProportion = (right: number, images: number): Proportion => ({
  value: right / images,
  interval: wilsonInterval(right, images),
});
