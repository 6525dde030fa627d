// What stands behind a head, made to fit other classes.
import { createNames, createNode, createTensor } from './build.ts';
import { readInts } from './attributes.ts';
import { findShape, findStored } from './constants.ts';
import { elementTypes } from './element-types.ts';
import { indexGraph } from './graph-index.ts';
import type { GraphProto, NodeProto } from './onnx_pb.js';
import { sentence } from '../../../shared/told.ts';

/** How many numbers a tensor has of each picture, before and now. */
interface Change {
  from: number;
  to: number;
}

/**
 * Changes the nodes and outputs that hang on the tensor `logits`, of dimensions `oldDims` for `oldClasses` classes, to the
 * classes named; returns sentences on what a person should know. Sizes that are computed from the logits themselves need no change.
 */
export function adaptTail(
  graph: GraphProto,
  { logits, oldDims, oldClasses }: { logits: string; oldDims: readonly number[]; oldClasses: number },
  classNames: readonly string[],
): string[] {
  const index = indexGraph(graph);
  const notes = new Set<string>();
  const isSingle = oldDims.length < 2 || oldDims[0] === 1;
  const axis = Math.max(1, oldDims.indexOf(oldClasses, 1));
  /** One number of a picture is often given without the dimension that several need. */
  let isWidened = oldClasses === 1 && oldDims.length < 2;
  const reached = new Map<string, Change>([[logits, { from: oldClasses, to: classNames.length }]]);
  for (const [name, change] of reached) {
    for (const node of index.takers.get(name) ?? []) {
      const passed = adaptNode(node, name, change);
      for (const output of node.output) if (!reached.has(output)) reached.set(output, passed);
    }
  }
  graph.valueInfo = graph.valueInfo.filter((value) => !reached.has(value.name));
  for (const { name, type } of graph.output) {
    const change = reached.get(name);
    const { tensorType } = type ?? {};
    if (!change || !tensorType) continue;
    if (isWidened) delete tensorType.shape;
    const dims = tensorType.shape?.dim ?? [];
    const changed = toNew(
      dims.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : -1)),
      change,
    );
    for (const [at, dim] of dims.entries()) if (dim.value.case === 'dimValue') dim.value.value = BigInt(changed[at]!);
  }
  if (isWidened) notes.add(sentence('about.widened', { classes: classNames.length }));
  return [...notes];

  /** Sizes with that of the classes changed: never the first, which is the batch, unless there is no batch. */
  function toNew(dims: number[], { from, to }: Change): number[] {
    const at = dims[axis] === from ? axis : dims.lastIndexOf(from);
    const isBatch = at === 0 && !(dims.length === 1 && isSingle);
    return dims.map((dim, place) => (place === at && !isBatch ? to : dim));
  }

  /** What becomes of the numbers of a picture behind the node. */
  function adaptNode(node: NodeProto, input: string, change: Change): Change {
    if (node.opType === 'Sigmoid') {
      const place = oldDims.length < 2 && !isWidened ? 0n : axis === oldDims.length - 1 && axis > 1 ? -1n : 1n;
      Object.assign(node, createNode('Softmax', node.input, node.output, { axis: place }));
      notes.add(sentence('about.softmax'));
    }
    if (node.opType === 'QuantizeLinear' || node.opType === 'DequantizeLinear') {
      Object.assign(node, createNode('Identity', node.input.slice(0, 1), node.output));
      notes.add(sentence('about.rounding-left-out'));
    }
    if (node.opType === 'Reshape') adaptReshape(node, change);
    if (node.opType === 'Squeeze' && change.from === 1) adaptSqueeze(node);
    if (node.opType === 'TopK') return adaptTopK(node, change);
    if (node.input.indexOf(input) === 1) adaptNames(node, change);
    return change;
  }

  function adaptReshape(node: NodeProto, change: Change): void {
    const shape = findShape(node.input[1] ?? '', index);
    if (!shape) return;
    const isLost = change.from === 1 && shape.length === 1;
    isWidened ||= isLost;
    const fitted = isLost ? [-1, change.to] : toNew(shape, change);
    if (fitted.every((dim, at) => dim === shape[at])) return;
    node.input[1] = store(node, BigInt64Array.from(fitted, BigInt));
  }

  /** The dimension of the one class there was is kept. */
  function adaptSqueeze(node: NodeProto): void {
    const axes = readInts(node, 'axes') ?? (node.input[1] ? findShape(node.input[1], index) : undefined);
    const rank = oldDims.length;
    const kept = axes?.filter((each) => (each + rank) % rank !== axis);
    if (!axes || kept?.length === axes.length) return;
    isWidened = true;
    Object.assign(node, createNode('Identity', node.input.slice(0, 1), node.output));
  }

  /** There may be fewer classes now than the best that are asked for. */
  function adaptTopK(node: NodeProto, { to }: Change): Change {
    const [asked] = findShape(node.input[1] ?? '', index) ?? [];
    if (asked === undefined || asked <= to) return { from: 0, to: 0 };
    node.input[1] = store(node, BigInt64Array.of(BigInt(to)));
    return { from: asked, to };
  }

  /** A table of names that is looked up by the class that was decided for. */
  function adaptNames(node: NodeProto, { from }: Change): void {
    const names = findStored(node.input[0] ?? '', index);
    if (names?.dataType !== elementTypes.string || names.stringData.length !== from) return;
    const name = `${node.output[0]}/second-look-names`;
    graph.initializer.push(createNames(name, names.dims.length, classNames));
    node.input[0] = name;
  }

  function store(node: NodeProto, values: BigInt64Array): string {
    const name = `${node.output[0]}/second-look-shape`;
    graph.initializer.push(createTensor(name, [values.length], values));
    return name;
  }
}
