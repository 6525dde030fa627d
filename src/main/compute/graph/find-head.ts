// Finding the head: from an output back over operators that do not mix the logits, to the last linear layer.
import { AppError } from '../../../shared/errors.ts';
import type { Head } from '../../../shared/domain.ts';
import { sizeOf, type Constant } from './constants.ts';
import { elementTypes, toElementName } from './element-types.ts';
import { indexGraph, type GraphIndex } from './graph-index.ts';
import { headForms, type LinearLayer } from './head-forms.ts';
import type { GraphProto } from './onnx_pb.js';

/** A head and the constants that it is made of. */
export interface FoundHead extends Head {
  layer: LinearLayer & { weights: Constant; bias: Constant | null };
}

export interface HeadSearch {
  head: FoundHead;
  /** Outputs of the graph that lead to another head or to none. */
  otherOutputs: string[];
}

/** After the head these change how the logits are presented, not which they are. */
const passedOver = new Set(['Softmax', 'LogSoftmax', 'Identity', 'Flatten', 'Reshape', 'Dropout', 'Squeeze']);

const understood =
  'Understood are Gemm and MatMul, with or without Add, with constant float32 weights, also before a Softmax.';

/**
 * The head that the graph's outputs come from. Where several outputs lead to heads it is the one that comes last in the
 * graph: a classifier follows the embedding that it classifies, and the auxiliary classifiers of training.
 * Throws 'unsupported' with a sentence that names what was found instead.
 */
export function findHead(graph: GraphProto, modelName: string): HeadSearch {
  const index = indexGraph(graph);
  const searches = graph.output.map((output) => ({ output: output.name, ...searchBack(output.name, index) }));
  const placeOf = ({ logits }: Head) => graph.node.findIndex((node) => node.output.includes(logits));
  const heads = searches.flatMap((search) => ('head' in search ? [search.head] : []));
  const head = heads.sort((a, b) => placeOf(b) - placeOf(a))[0];
  if (!head) {
    const obstacles = searches.flatMap((search) => ('obstacle' in search ? [search.obstacle] : []));
    const found = obstacles[0] ?? 'it has no output';
    throw new AppError('unsupported', `${modelName} has no head that Second Look understands: ${found}. ${understood}`);
  }
  const isOther = (search: (typeof searches)[number]) => !('head' in search && search.head.logits === head.logits);
  return { head, otherOutputs: searches.filter(isOther).map((search) => search.output) };
}

function searchBack(output: string, index: GraphIndex): { head: FoundHead } | { obstacle: string } {
  let tensor = output;
  // A damaged graph may run in circles; a sound one has no longer path than it has nodes.
  for (let step = 0; step <= index.graph.node.length; step++) {
    const node = index.makers.get(tensor);
    if (!node) break;
    for (const readForm of headForms) {
      const layer = readForm(node, index);
      if (layer) return toHead(layer);
    }
    if (!passedOver.has(node.opType)) break;
    tensor = node.input[0] ?? '';
  }
  return { obstacle: `its output "${output}" comes from ${nameOperators(output, index)}` };
}

function toHead(layer: LinearLayer): { head: FoundHead } | { obstacle: string } {
  const { kind, features, logits, weights, bias } = layer;
  if (!weights) return { obstacle: `the weights of its ${kind} are computed, not constant` };
  if (bias === undefined) return { obstacle: `the bias of its ${kind} is computed, not constant` };
  const [dimensions = 0, classes = 0] = weights.dims;
  if (weights.dims.length !== 2) return { obstacle: `the weights of its ${kind} are no matrix` };
  if (bias && ![1, classes].includes(sizeOf(bias.dims)))
    return { obstacle: `the bias of its ${kind} is not one per class` };
  const other = [weights.elementType, bias?.elementType ?? weights.elementType].find((t) => t !== elementTypes.float32);
  if (other !== undefined) return { obstacle: `the weights of its ${kind} are ${toElementName(other)}` };
  return { head: { kind, features, logits, dimensions, classes, exact: true, layer: { ...layer, weights, bias } } };
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
