// Attributes of a node, with the default that the operator's definition gives where a file leaves one out.
import type { NodeProto, TensorProto } from './onnx_pb.js';

const attributeOf = (node: NodeProto, name: string) => node.attribute.find((attribute) => attribute.name === name);

export const readInt = (node: NodeProto, name: string, fallback: number): number =>
  Number(attributeOf(node, name)?.i ?? fallback);

export const readFloat = (node: NodeProto, name: string, fallback: number): number =>
  attributeOf(node, name)?.f ?? fallback;

/** undefined where the node has none of that name. */
export const readInts = (node: NodeProto, name: string): number[] | undefined =>
  attributeOf(node, name)?.ints.map(Number);

export const readTensor = (node: NodeProto, name: string): TensorProto | undefined => attributeOf(node, name)?.t;
