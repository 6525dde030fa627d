// What stands behind a head, made to fit other classes.
import { createNames, createNode, createTensor } from './build.ts';
import { readInts } from './attributes.ts';
import { findShape, findStored } from './constants.ts';
import { elementTypes } from './element-types.ts';
import { indexGraph } from './graph-index.ts';
import type { GraphProto, NodeProto } from './onnx_pb.js';
import { sentence } from '../../../shared/told.ts';

/** How many numbers a tensor has of each picture, before and now, and where: the axis of them and how many axes there are. */
interface Change {
  from: number;
  to: number;
  axis: number;
  rank: number;
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
  /** One number of a picture is often given without the dimension that several need. */
  let isWidened = oldClasses === 1 && oldDims.length < 2;
  const isBare = oldDims.length < 2 && !isWidened;
  const isSingle = isBare || oldDims[0] === 1;
  const axis = isBare ? 0 : Math.max(1, oldDims.indexOf(oldClasses, 1));
  const rank = isWidened ? 2 : oldDims.length;
  const reached = new Map<string, Change>([[logits, { from: oldClasses, to: classNames.length, axis, rank }]]);
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

  /** Sizes with that of the classes changed; the first is the batch, unless there is none. */
  function toNew(dims: number[], { from, to, axis }: Change): number[] {
    const at = dims[axis] === from ? axis : dims.lastIndexOf(from);
    return dims.map((dim, place) => (place === at && (at > 0 || axis === 0) ? to : dim));
  }

  /** What becomes of the numbers of a picture behind the node. */
  function adaptNode(node: NodeProto, input: string, change: Change): Change {
    if (node.opType === 'Sigmoid') {
      Object.assign(node, createNode('Softmax', node.input, node.output, { axis: BigInt(change.axis) }));
      notes.add(sentence('about.softmax'));
    }
    if (node.opType === 'QuantizeLinear' || node.opType === 'DequantizeLinear') {
      Object.assign(node, createNode('Identity', node.input.slice(0, 1), node.output));
      notes.add(sentence('about.rounding-left-out'));
    }
    if (node.opType === 'Reshape') return adaptReshape(node, change);
    if (node.opType === 'Squeeze') return adaptSqueeze(node, change);
    if (node.opType === 'Flatten') return { ...change, axis: 1, rank: 2 };
    if (node.opType === 'Transpose')
      return { ...change, axis: readInts(node, 'perm')?.indexOf(change.axis) ?? change.rank - 1 - change.axis };
    if (node.opType === 'TopK') return adaptTopK(node, change);
    if (node.input.indexOf(input) === 1) adaptNames(node, change);
    return change;
  }

  function adaptReshape(node: NodeProto, change: Change): Change {
    const shape = findShape(node.input[1] ?? '', index);
    if (!shape) return change;
    const isLost = change.from === 1 && shape.length === 1;
    isWidened ||= isLost;
    const place = shape.length > 1 ? Math.max(1, shape.lastIndexOf(change.from)) : isSingle ? 0 : 1;
    const isKept = change.axis > 0 && shape[change.axis] === change.from;
    const next = { ...change, axis: isKept ? change.axis : isLost ? 1 : place, rank: isLost ? 2 : shape.length };
    const fitted = isLost ? [-1, change.to] : toNew(shape, next);
    if (isLost || fitted.some((dim, at) => dim !== shape[at]))
      node.input[1] = store(node, BigInt64Array.from(fitted, BigInt));
    return next;
  }

  /** The axis of the one class that there was is kept. */
  function adaptSqueeze(node: NodeProto, change: Change): Change {
    const { axis, rank } = change;
    const given = readInts(node, 'axes') ?? (node.input[1] ? findShape(node.input[1], index) : undefined);
    // Without axes all of one go, and with them the batch of one picture.
    if (!given) return { ...change, axis: isSingle && axis > 0 ? 0 : Math.min(axis, 1) };
    const axes = given.map((each) => (each + rank) % rank);
    const kept = axes.filter((each) => each !== axis);
    if (kept.length < axes.length) {
      isWidened = true;
      const attribute = node.attribute.find(({ name }) => name === 'axes');
      if (kept.length === 0) Object.assign(node, createNode('Identity', node.input.slice(0, 1), node.output));
      else if (attribute) attribute.ints = kept.map(BigInt);
      else node.input[1] = store(node, BigInt64Array.from(kept, BigInt));
    }
    return { ...change, axis: axis - kept.filter((each) => each < axis).length, rank: rank - kept.length };
  }

  /** There may be fewer classes now than the best that are asked for. */
  function adaptTopK(node: NodeProto, change: Change): Change {
    const { to } = change;
    const [asked] = findShape(node.input[1] ?? '', index) ?? [];
    if (asked === undefined || asked <= to) return { ...change, from: 0, to: 0 };
    node.input[1] = store(node, BigInt64Array.of(BigInt(to)));
    return { ...change, from: asked };
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
