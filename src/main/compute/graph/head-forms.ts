// The forms in which graphs write a linear layer. A further form is one more function in the list.
import { readFloat, readInt } from './attributes.ts';
import { findConstant, transpose, type Constant } from './constants.ts';
import type { GraphIndex } from './graph-index.ts';
import type { Head } from '../../../shared/domain.ts';
import type { NodeProto } from './onnx_pb.js';

/** A linear layer as the graph writes it: logits = weightScale (features x weights) + biasScale bias. */
export interface LinearLayer {
  kind: Head['kind'];
  /** Names of the tensors that enter and leave it. */
  features: string;
  logits: string;
  /** d x C, turned where it is stored the other way; undefined where it is not a constant. */
  weights: Constant | undefined;
  /** null where there is none, undefined where it is not a constant. */
  bias: Constant | null | undefined;
  weightScale: number;
  biasScale: number;
}

/** The layer that ends in `node`, or undefined where the node is of another form. */
type ReadForm = (node: NodeProto, index: GraphIndex) => LinearLayer | undefined;

export const headForms: ReadForm[] = [readGemm, readMatMul, readMatMulAdd];

/** Y = alpha A B + beta C, with B d x C or (transB) C x d. */
function readGemm(node: NodeProto, index: GraphIndex): LinearLayer | undefined {
  // A Gemm that turns its features has images in columns, which no classifier does.
  if (node.opType !== 'Gemm' || readInt(node, 'transA', 0) !== 0) return undefined;
  const [features = '', weightsName = '', biasName = ''] = node.input;
  const stored = findConstant(weightsName, index);
  return {
    kind: 'Gemm',
    features,
    logits: node.output[0] ?? '',
    weights: stored && readInt(node, 'transB', 0) !== 0 ? transpose(stored) : stored,
    bias: biasName === '' ? null : findConstant(biasName, index),
    weightScale: readFloat(node, 'alpha', 1),
    biasScale: readFloat(node, 'beta', 1),
  };
}

function readMatMul(node: NodeProto, index: GraphIndex): LinearLayer | undefined {
  if (node.opType !== 'MatMul') return undefined;
  const [features = '', weightsName = ''] = node.input;
  const weights = findConstant(weightsName, index);
  return { kind: 'MatMul', features, logits: node.output[0] ?? '', weights, bias: null, weightScale: 1, biasScale: 1 };
}

function readMatMulAdd(node: NodeProto, index: GraphIndex): LinearLayer | undefined {
  if (node.opType !== 'Add') return undefined;
  const product = node.input.find((name) => index.makers.get(name)?.opType === 'MatMul') ?? '';
  const matMul = index.makers.get(product);
  const layer = matMul && readMatMul(matMul, index);
  if (!layer) return undefined;
  const bias = findConstant(node.input.find((name) => name !== product) ?? '', index);
  return { ...layer, kind: 'MatMul+Add', logits: node.output[0] ?? '', bias };
}
