// What compute knows of representer points: the feature matrix of all images and the fit that explanations are made from.
import type { ComputeCalls, ComputeEvents, LoadedFit } from '../../../shared/compute-contract.ts';
import type { FitTarget } from '../../../shared/fit.ts';
import { tell } from '../../../shared/told.ts';
import type { Handlers } from '../../../shared/rpc.ts';
import { compareValues } from './change.ts';
import { openDevice, type Device } from './device.ts';
import type { BoundFeatures } from './bound-features.ts';
import { explainLogit } from './explain.ts';
import { FeatureMatrix } from './feature-matrix.ts';
import { fitHead } from './fit.ts';
import { leaveOneOut } from './leave-one-out.ts';
import { findNearest } from './nearest.ts';
import { createOnnxProducts } from './onnx-products.ts';
import { Preconditioners } from './preconditioners.ts';
import { previewRefit } from './preview.ts';
import { findRecurring } from './recurring.ts';

export type RepresenterCalls = Pick<
  ComputeCalls,
  | 'matrix.open'
  | 'matrix.fill'
  | 'fit.run'
  | 'fit.load'
  | 'fit.predict'
  | 'fit.preview'
  | 'fit.explain'
  | 'fit.change'
  | 'fit.recurring'
  | 'fit.leaveOneOut'
  | 'fit.nearest'
>;

/** Features of one block of an explanation: its answer is one number a row, so that a block can be long. */
export const explainBlock = 2 ** 24;

/** The handlers; `report` is told how far a fit has come, `share` which features were opened. */
export function createRepresenter(
  report: (progress: ComputeEvents['progress']) => void,
  share: (matrix: FeatureMatrix) => void = () => {},
): Handlers<RepresenterCalls> {
  let matrix: FeatureMatrix | undefined;
  let preconditioners: Preconditioners | undefined;
  let device: Device | undefined;
  const fits = new Map<FitTarget, LoadedFit>();

  function requireMatrix(): FeatureMatrix {
    if (!matrix) throw tell('bad-request', 'features-not-loaded', {});
    return matrix;
  }

  function requireFit(target: FitTarget): LoadedFit {
    const fit = fits.get(target);
    if (!fit) throw tell('bad-request', 'fit-not-loaded', {});
    return fit;
  }

  return {
    'matrix.open': async ({ rows, dimensions, provider = 'cpu' }) => {
      fits.clear();
      preconditioners = undefined;
      matrix = undefined;
      await device?.release();
      matrix = new FeatureMatrix(rows, dimensions);
      device = openDevice(matrix, provider);
      share(matrix);
      return null;
    },
    'matrix.fill': ({ firstRow, features }) => {
      requireMatrix().fill(firstRow, features);
      return null;
    },
    // What is loaded stays: a fit is one only when core has stored it.
    'fit.run': (request, { signal }) => {
      const features = requireMatrix();
      const kept = (preconditioners ??= new Preconditioners(features));
      const fit = (bound?: BoundFeatures) => fitHead(features, request, report, signal, kept, bound);
      const place = request.imitate || request.isOnCpu ? undefined : device;
      return place ? place.run(request.classes, signal, fit) : fit();
    },
    'fit.load': (loaded) => {
      checkLoaded(loaded, requireMatrix());
      fits.set(loaded.target, loaded);
      return null;
    },
    'fit.predict': async ({ fit, rows }, { signal }) => {
      const { weights, classes, scale } = typeof fit === 'string' ? requireFit(fit) : fit;
      if (weights.length !== (requireMatrix().dimensions + 1) * classes)
        throw tell('bad-request', 'weights-of-others', {});
      const logits = new Float64Array(rows.length * classes);
      const products = createOnnxProducts(requireMatrix(), rows, scale, signal, 'float64');
      await products.multiply(weights, (block, first) => logits.set(block, first * classes));
      rows.forEach((row, i) => {
        if (!Number.isFinite(requireMatrix().squaredNorms[row])) logits.fill(NaN, i * classes, (i + 1) * classes);
      });
      return logits;
    },
    'fit.leaveOneOut': (request, { signal }) =>
      leaveOneOut(requireMatrix(), requireFit('labels'), request, report, signal),
    'fit.preview': ({ predict, anchor, ...now }, { signal }) => {
      const features = requireMatrix();
      preconditioners ??= new Preconditioners(features);
      return previewRefit(features, requireFit('labels'), now, { predict, anchor }, preconditioners, signal);
    },
    'fit.explain': (request, { signal }) => {
      const loaded = requireFit(request.fit);
      const products = createOnnxProducts(requireMatrix(), loaded.rows, loaded.scale, signal, 'float32', explainBlock);
      return explainLogit(requireMatrix(), loaded, products, request);
    },
    'fit.change': (request) => compareValues(requireMatrix(), request),
    'fit.recurring': (request, { signal }) => {
      const loaded = requireFit(request.fit);
      const products = createOnnxProducts(requireMatrix(), loaded.rows, loaded.scale, signal, 'float32');
      return findRecurring(requireMatrix(), loaded, products, request);
    },
    'fit.nearest': (request, { signal }) => findNearest(requireMatrix(), requireFit('labels').rows, request, signal),
  };
}

function checkLoaded({ rows, labels, classes, weights, gradient, alpha }: LoadedFit, matrix: FeatureMatrix): void {
  const size = (matrix.dimensions + 1) * classes;
  const fits =
    weights.length === size &&
    gradient.length === size &&
    labels.length === rows.length &&
    alpha.length === rows.length * classes &&
    (rows.at(-1) ?? 0) < matrix.rows;
  if (!fits) throw tell('bad-request', 'fit-of-others', {});
}
