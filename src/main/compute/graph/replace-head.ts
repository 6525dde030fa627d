// A model with another head in the place of its own: what stands before it and behind it stays as it is.
import { create, fromBinary } from '@bufbuild/protobuf';
import { createNode, createTensor, createValue } from './build.ts';
import { adaptTail } from './adapt-tail.ts';
import { elementTypes } from './element-types.ts';
import type { HeadCandidate } from './find-head.ts';
import type { HeadWeights } from './head-weights.ts';
import { renameClasses } from './metadata.ts';
import { ModelProtoSchema, StringStringEntryProtoSchema, type ModelProto, type NodeProto } from './onnx_pb.js';
import { keepWhatIsNeeded } from './prune.ts';

/** The old head as it was seen when the model was run. */
export interface OldHead extends Pick<HeadCandidate, 'features' | 'making' | 'logits'> {
  /** 0 where the model has none. */
  classes: number;
  /** The first is the batch, unless it is the only one. */
  logitDims: readonly number[];
  logitType: string;
  featureType: string;
}

export interface RepairedModel {
  model: ModelProto;
  /** The tensor of the new logits, batch x C float32, and the output that leads to them. */
  logits: string;
  /** Sentences on what behind the head had to change. */
  notes: string[];
}

const own = 'second-look';
/** Initializers that are no inputs came with this version of the file format. */
const leastIrVersion = 4n;

/**
 * The model of `bytes` with `head` (d x C, taken from the features as they are) in the place of the old one, for the classes
 * named. Inputs and outputs keep their names; where there was no head, an output `logits` is added. `metadata` is put into
 * the file.
 */
export function replaceHead(
  bytes: Uint8Array,
  old: OldHead,
  head: HeadWeights,
  classNames: readonly string[],
  metadata: Record<string, string>,
): RepairedModel {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { graph } = model;
  if (!graph) throw new TypeError('The model has no graph.');
  const classes = head.bias.length;
  const before = graph.node.map(({ input, output, attribute }) => ({ input: [...input], output, attribute }));
  const target = old.logits ?? freeName('logits', graph.node);
  const nodes = [...old.making, ...createHead(old, target)];
  const place = graph.node.findIndex((node) => node.output.includes(target));
  if (place < 0) graph.node.push(...nodes);
  else graph.node.splice(place, 1, ...nodes);
  graph.initializer.push(
    createTensor(`${own}/weights`, [head.weights.length / classes, classes], head.weights),
    createTensor(`${own}/bias`, [classes], head.bias),
    createTensor(`${own}/rows`, [2], BigInt64Array.of(-1n, BigInt(head.weights.length / classes))),
  );
  if (old.logits === null) graph.output.push(createValue(target, 'float32', ['N', classes]));
  const notes =
    old.logits === null
      ? []
      : adaptTail(graph, { logits: target, oldDims: old.logitDims, oldClasses: old.classes }, classNames);
  if (isReshaped(old)) graph.initializer.push(shapeOf(old, classes));
  keepWhatIsNeeded(graph, before);
  if (model.irVersion < leastIrVersion) model.irVersion = leastIrVersion;
  renameClasses(model.metadataProps, old.classes, classNames);
  const kept = model.metadataProps.filter(({ key }) => !(key in metadata));
  const added = Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
  model.metadataProps = [...kept, ...added];
  return { model, logits: `${own}/logits`, notes };
}

/** features -> vectors of float32 -> Gemm -> the shape and type that the old logits had. */
function createHead(old: OldHead, target: string): NodeProto[] {
  const { features, featureType, logitType } = old;
  const isFloat = featureType === 'float32';
  const flat = `${own}/features`;
  const nodes = [createNode('Reshape', [features, `${own}/rows`], [isFloat ? flat : `${flat}-as-they-are`])];
  if (!isFloat) nodes.push(toType(`${flat}-as-they-are`, flat, elementTypes.float32));
  let tensor = `${own}/logits`;
  nodes.push(createNode('Gemm', [flat, `${own}/weights`, `${own}/bias`], [tensor]));
  if (isReshaped(old)) {
    nodes.push(createNode('Reshape', [tensor, `${own}/shape`], [`${tensor}-shaped`]));
    tensor = `${tensor}-shaped`;
  }
  nodes.push(
    logitType === 'float16' || logitType === 'float64'
      ? toType(tensor, target, elementTypes[logitType])
      : createNode('Identity', [tensor], [target]),
  );
  return nodes;
}

const toType = (from: string, to: string, type: number) => createNode('Cast', [from], [to], { to: BigInt(type) });

/** Whether the logits are no batch x C; one number of each picture becomes that. */
const isReshaped = ({ logits, logitDims, classes }: OldHead): boolean =>
  logits !== null && logitDims.length !== 2 && !(logitDims.length < 2 && classes === 1);

/** The old shape of the logits with the new number of classes; 0 keeps the batch. */
function shapeOf({ logitDims, classes: oldClasses }: OldHead, classes: number) {
  if (logitDims.length < 2) return createTensor(`${own}/shape`, [1], BigInt64Array.of(BigInt(classes)));
  const at = Math.max(1, logitDims.indexOf(oldClasses, 1));
  const dims = logitDims.map((dim, axis) => BigInt(axis === 0 ? 0 : axis === at ? classes : dim));
  return createTensor(`${own}/shape`, [dims.length], BigInt64Array.from(dims));
}

function freeName(wanted: string, nodes: NodeProto[]): string {
  const taken = new Set(nodes.flatMap((node) => node.output));
  return taken.has(wanted) ? freeName(`${wanted}-new`, nodes) : wanted;
}
