// What two runs say beyond their accuracy, as the screen is told.
import type { RunCauses, RunComparison, RunMeasures } from '../../src/shared/runs.ts';

export const toMeasures = (runId: number): RunMeasures => ({
  runId,
  balancedAccuracy: { value: 0.729, interval: [0.711, 0.748] },
  logLoss: { value: 0.8421, interval: [0.812, 0.871] },
  calibrationError: { value: 0.031, interval: [0.022, 0.041] },
  reliability: [
    { from: 0.4, to: 0.5, images: 20, confidence: 0.46, accuracy: { value: 0.5, interval: [0.3, 0.7] } },
    { from: 0.9, to: 1, images: 180, confidence: 0.97, accuracy: { value: 0.95, interval: [0.91, 0.97] } },
  ],
  perClass: [
    {
      classId: 1,
      recall: { value: 0.8, interval: [0.7, 0.87] },
      precision: { value: 0.75, interval: [0.65, 0.83] },
    },
    { classId: 2, recall: null, precision: null },
  ],
  confusion: [
    { classId: 1, predictedClassId: 1, images: 80 },
    { classId: 1, predictedClassId: 2, images: 20 },
    { classId: 2, predictedClassId: 3, images: 5 },
  ],
});

export const toComparison = (beforeId: number, afterId: number): RunComparison => ({
  beforeId,
  afterId,
  pairedTest: { turnedRight: 113, turnedWrong: 34, pValue: 3e-11 },
  difference: { value: 0.0395, interval: [0.029, 0.05] },
  changedLabels: 750,
  perClass: [{ classId: 1, images: 100, turnedRight: 9, turnedWrong: 2 }],
  turned: [
    { imageId: 13, contentKey: '0'.repeat(16), path: 'test/a.png', classId: 1, beforeClassId: 2, afterClassId: 1 },
    { imageId: 14, contentKey: '0'.repeat(16), path: 'test/b.png', classId: 1, beforeClassId: 1, afterClassId: 2 },
  ],
});

export const toCauses = (imageId: number): RunCauses => ({
  imageId,
  classId: 1,
  againstClassId: 2,
  before: -0.4,
  after: 0.5,
  changed: [
    {
      imageId: 3,
      contentKey: '0'.repeat(16),
      path: 'train/c.png',
      classBefore: 2,
      classAfter: 1,
      before: -0.2,
      after: 0.3,
    },
  ],
  changedCount: 750,
  changedSum: 0.7,
  othersSum: 0.2,
});
