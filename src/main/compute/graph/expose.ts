// A model that gives what extraction needs of it: more of its tensors as outputs, and pictures as float32.
import { create, fromBinary } from '@bufbuild/protobuf';
import { createNode, toModelBytes } from './build.ts';
import { elementTypes } from './element-types.ts';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  ValueInfoProtoSchema,
  type GraphProto,
  type NodeProto,
} from './onnx_pb.js';

/**
 * The bytes of a copy of the model in which the tensors `names` are outputs too; those that it does not have are made by
 * the nodes `making`. Their types are left to the runtime, which knows them.
 *
 * [Note: exposing by appending] Two protobuf messages written one after the other are one message, in which repeated
 * fields follow on each other. So the copy is the file itself with a few bytes behind it: nothing of the model is written
 * anew, nothing can be lost, and it takes no time however large the weights are.
 */
export function exposeTensors(
  { bytes, graph }: { bytes: Uint8Array; graph: GraphProto },
  names: string[],
  making: NodeProto[] = [],
): Uint8Array {
  const known = new Set(graph.output.map((value) => value.name));
  const output = [...new Set(names)]
    .filter((name) => !known.has(name))
    .map((name) => create(ValueInfoProtoSchema, { name }));
  if (output.length === 0) return bytes;
  const more = create(ModelProtoSchema, { graph: create(GraphProtoSchema, { output, node: making }) });
  return Buffer.concat([bytes, toModelBytes(more)]);
}

/**
 * The bytes of a copy of the model whose float16 input takes float32, which a Cast makes halves of: ONNX Runtime's
 * interface to Node cannot be fed halves.
 */
export function widenInput(bytes: Uint8Array, inputName: string): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { graph } = model;
  const type = graph?.input.find(({ name }) => name === inputName)?.type?.tensorType;
  if (!graph || !type) throw new TypeError(`There is no input "${inputName}".`);
  type.elemType = elementTypes.float32;
  const halves = `${inputName}/second-look-halves`;
  for (const node of graph.node) node.input = node.input.map((name) => (name === inputName ? halves : name));
  graph.node.unshift(createNode('Cast', [inputName], [halves], { to: BigInt(elementTypes.float16) }));
  return toModelBytes(model);
}
