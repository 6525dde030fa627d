// Finding the head: from an output back over operators that do not mix the logits, to the last linear layer.
import { tell } from '../../../shared/told.ts';
import type { HeadKind } from '../../../shared/model.ts';
import { findConstant, findStored } from './constants.ts';
import { indexGraph, type GraphIndex } from './graph-index.ts';
import { readLinear, type Entry, type LinearNode, type PlainLayer } from './head-forms.ts';
import type { GraphProto, NodeProto } from './onnx_pb.js';

/** What may be the head, to be proved by running it. */
export interface HeadCandidate {
  kind: HeadKind;
  features: string;
  /** Nodes to be put behind the graph to make the features, where it has no such tensor itself. */
  making: NodeProto[];
  /** The tensor of the logits; null where the model's own output vector is taken as features. */
  logits: string | null;
  /** null where the numbers must be found by running the graph between features and logits. */
  layer: PlainLayer | null;
  /** Where the layer begins; null where there is none. */
  entry: Entry | null;
  /** The operator between the layer and the logits that makes the model's own head not linear. */
  activation: string | null;
  /** The output that it leads to. */
  output: string;
}

export interface HeadSearch {
  /** The likeliest first. */
  candidates: HeadCandidate[];
  /** Of outputs that lead to heads, one for each head, in the order of the graph's outputs. */
  outputs: string[];
  /** For a sentence where none of them holds: the operators before the first output. */
  ending: string;
}

/** They turn logits into probabilities or a decision: where one stands, what comes before it are logits. */
const deciding = new Set(['Softmax', 'LogSoftmax', 'Sigmoid', 'ArgMax', 'TopK', 'Hardmax']);
/** They change how numbers are presented, not which they are. */
const presenting = new Set(['Identity', 'Flatten', 'Reshape', 'Dropout', 'Squeeze', 'Unsqueeze', 'Cast', 'Transpose']);
/** Between a layer over a map and its logits: the mean over the places. */
const pooling = new Set(['GlobalAveragePool', 'AveragePool', 'ReduceMean', 'QLinearGlobalAveragePool']);
/** These leave a layer linear; one of their inputs is a constant. */
const affine = new Set(['Add', 'Sub', 'Mul', 'Div', 'Sum', 'BatchNormalization', 'Slice', 'QLinearAdd', 'QLinearMul']);
/** These may stand behind probabilities: a scale, a logarithm, bounds. What they take beside them is constant. */
const finishing = new Set(['Add', 'Sub', 'Mul', 'Div', 'Log', 'Clip', 'Min', 'Max']);
const activating = new Set(['Relu', 'LeakyRelu', 'Clip', 'Elu', 'PRelu', 'Tanh', 'HardSwish', 'QLinearLeakyRelu']);
const rounding = new Set(['QuantizeLinear', 'DequantizeLinear']);

/**
 * What the graph's outputs come from, or the one that is `wanted`. Where several outputs lead to heads, the one that comes
 * last in the graph is the likeliest: a classifier follows the embedding that it classifies, and the auxiliary classifiers
 * of training. Throws 'unsupported' for a graph without outputs, 'bad-request' where none has the name that is wanted.
 */
export function findHead(graph: GraphProto, modelName: string, wanted?: string): HeadSearch {
  const index = indexGraph(graph);
  const [first] = graph.output;
  if (!first) throw tell('unsupported', 'no-output', { model: modelName });
  const places = new Map(graph.node.flatMap((node, place) => node.output.map((name) => [name, place] as const)));
  const placeOf = ({ logits }: HeadCandidate) => places.get(logits ?? '') ?? -1;
  const heads = graph.output.flatMap(({ name }) => searchBack(name, index) ?? []);
  const outputs = heads
    .filter(({ logits }, at) => heads.findIndex((each) => each.logits === logits) === at)
    .map(({ output }) => output);
  const names = graph.output.map(({ name }) => name);
  if (wanted !== undefined && !names.includes(wanted))
    throw tell('bad-request', 'no-such-output', { model: modelName, output: wanted, outputs: names.join(', ') });
  const isWanted = ({ output }: HeadCandidate) => wanted === undefined || output === wanted;
  return {
    candidates: [...heads.toSorted((a, b) => placeOf(b) - placeOf(a)), ...names.map(asFeatures)].filter(isWanted),
    outputs,
    ending: nameOperators(wanted ?? first.name, index),
  };
}

/** The output itself as features. */
const asFeatures = (output: string): HeadCandidate => ({
  kind: 'none',
  features: output,
  making: [],
  logits: null,
  layer: null,
  entry: null,
  activation: null,
  output,
});

function searchBack(output: string, index: GraphIndex): HeadCandidate | undefined {
  const decided = findDecided(output, index);
  let logits = decided ?? output;
  let isDecided = decided !== undefined;
  // A damaged graph may run in circles; a sound one has no longer path than it has nodes.
  for (let step = 0; step <= index.graph.node.length; step++) {
    const node = index.makers.get(logits);
    if (!node) return undefined;
    const isFloat = node.opType === 'QuantizeLinear' || isRounded(node, index);
    if (!deciding.has(node.opType) && !presenting.has(node.opType) && !isFloat) break;
    isDecided ||= deciding.has(node.opType);
    logits = node.input[0] ?? '';
  }
  const found = findLinear(logits, index, { isDecided, depth: longestPath, activation: null });
  return found && { ...found, logits, output };
}

/** What entered the Softmax or the like that an output's probabilities come from; undefined where they come from none. */
function findDecided(output: string, index: GraphIndex): string | undefined {
  let tensor = output;
  for (let step = 0; step < longestPath; step++) {
    const node = index.makers.get(tensor);
    if (!node) return undefined;
    const [first = '', ...others] = node.input;
    if (deciding.has(node.opType)) return first;
    if (isLookUp(node, index)) {
      [tensor = ''] = others;
      continue;
    }
    const logits = beforeQuotient(node, index);
    if (logits !== undefined) return logits;
    const isFinishing = finishing.has(node.opType) && others.every((name) => name === '' || findConstant(name, index));
    if (!isFinishing && !presenting.has(node.opType)) return undefined;
    tensor = first;
  }
  return undefined;
}

/** The name of the class that was decided for, out of a table. */
const isLookUp = ({ opType, input }: NodeProto, index: GraphIndex) =>
  (opType === 'Gather' || opType === 'ArrayFeatureExtractor') && findStored(input[0] ?? '', index) !== undefined;

/** The logits z of a Softmax that is written out: exp(z) / sum of exp(z), also of z less its largest. */
function beforeQuotient(quotient: NodeProto, index: GraphIndex): string | undefined {
  const [exponential, sum] = quotient.input.slice(0, 2).map((name) => index.makers.get(name));
  if (quotient.opType !== 'Div' || exponential?.opType !== 'Exp' || sum?.opType !== 'ReduceSum') return undefined;
  const [shifted = ''] = exponential.input;
  const shift = index.makers.get(shifted);
  const isShift = shift?.opType === 'Sub' && index.makers.get(shift.input[1] ?? '')?.opType === 'ReduceMax';
  return isShift ? shift.input[0] : shifted;
}

/** A DequantizeLinear that only undoes the rounding of the float tensor before it. */
const isRounded = (node: NodeProto, index: GraphIndex) =>
  node.opType === 'DequantizeLinear' && index.makers.get(node.input[0] ?? '')?.opType === 'QuantizeLinear';

/** A head has a few operators behind it; a damaged graph may branch without end. */
const longestPath = 8;

interface Walk {
  /** Whether a Softmax or the like stands behind, so that these are logits for certain. */
  isDecided: boolean;
  depth: number;
  activation: string | null;
}

type Found = Pick<HeadCandidate, 'kind' | 'features' | 'making' | 'layer' | 'entry' | 'activation'>;

/** The linear layer that makes a tensor, behind a mean, a scale or an activation. */
function findLinear(tensor: string, index: GraphIndex, walk: Walk): Found | undefined {
  const node = index.makers.get(tensor);
  if (!node || walk.depth === 0) return undefined;
  const linear = readLinear(node, index);
  if (linear) return accept(linear, walk);
  const further = { ...walk, depth: walk.depth - 1 };
  if (pooling.has(node.opType) || presenting.has(node.opType) || rounding.has(node.opType))
    return findLinear(node.input[0] ?? '', index, further);
  if (activating.has(node.opType))
    return findLinear(node.input[0] ?? '', index, { ...further, activation: node.opType });
  if (!affine.has(node.opType)) return undefined;
  for (const input of node.input.slice(0, 4)) {
    const found = findLinear(input, index, further);
    // Behind a scale or an offset the layer's own numbers are no longer those of the head.
    if (found) return { ...found, layer: null };
  }
  return undefined;
}

/**
 * Behind an activation stands a head only if it classifies: an embedding ends the same way. It does where a Softmax
 * follows, where it narrows, and where it has the number of classes that everyone's photographs have.
 */
function accept(linear: LinearNode, { isDecided, activation }: Walk): Found | undefined {
  const [dimensions = 0, classes = 0] = linear.layer?.weights.dims ?? [];
  const classifies = isDecided || classes < dimensions || classes === 1000 || classes === 1001;
  return activation === null || classifies ? { ...linear, activation } : undefined;
}

/** The last operators before an output, in the order of the graph: "Conv, Relu, GlobalAveragePool, Softmax". */
function nameOperators(output: string, index: GraphIndex): string {
  const names: string[] = [];
  let tensor = output;
  while (names.length < 4) {
    const node = index.makers.get(tensor);
    if (!node) break;
    names.unshift(node.opType);
    tensor = node.input[0] ?? '';
  }
  return names.join(', ') || 'no operator';
}
