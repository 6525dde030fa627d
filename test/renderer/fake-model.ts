// A model, a fit and runs as the screen is told of them.
import type { Certificate, FitSummary } from '../../src/shared/fit.ts';
import type { ModelDescription } from '../../src/shared/model.ts';
import type { Run } from '../../src/shared/runs.ts';

export const certificate: Certificate = {
  gradientNorm: 2.1e-6,
  maxLogitError: 0.0036,
  logitRms: 1.84,
  dualityGap: 3.6e-9,
};

export const modelDescription: ModelDescription = {
  input: { name: 'input', layout: 'nchw', element: 'float32', channels: 3, height: null, width: null, batch: null },
  head: {
    kind: 'Gemm',
    features: 'flatten',
    logits: 'logits',
    dimensions: 512,
    classes: 1000,
    exact: true,
    difference: 1e-7,
  },
  preprocessing: {
    width: 224,
    height: 224,
    shortestSide: null,
    channels: 'rgb',
    range: '0-1',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  notes: ['The head has 1000 outputs and is not used: only its features are.'],
};

export const fitSummary: FitSummary = {
  id: 1,
  modelId: 1,
  target: 'labels',
  fidelity: null,
  lambda: 3e-4,
  lambdaChosen: 'auto',
  featureScale: 'unit',
  objective: 0.412,
  iterations: 31,
  passes: 74,
  seconds: 1.42,
  certificate,
  trainAccuracy: 0.812,
  testAccuracy: 0.652,
  labelsRevision: 0,
  rankingFitId: 1,
  createdAt: 1_700_000_000_000,
};

export const toRun = (id: number, decisions: number, accuracy: number, createdAt: number): Run => ({
  id,
  fitId: id,
  createdAt,
  decisions,
  changedLabels: Math.round(decisions * 0.75),
  testImages: 2000,
  accuracy: { value: accuracy, interval: [accuracy - 0.0095, accuracy + 0.009] },
  balancedAccuracy: accuracy - 0.001,
  perClass: [],
  lambda: 3e-4,
  certificate,
  provider: 'cpu',
  seconds: 1.4,
  record: {
    labelsRevision: decisions,
    model: { name: 'resnet.onnx', sha256: 'ab'.repeat(32), preprocessing: modelDescription.preprocessing },
    lambdaChosen: 'auto',
    featureScale: 'unit',
    tolerance: 0.01,
    startFitId: id === 1 ? null : id - 1,
    versions: { app: '0.1.0', onnxruntime: '1.30.0', node: '24.21.0', system: 'linux x64' },
  },
});
