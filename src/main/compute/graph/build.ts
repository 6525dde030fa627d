// Building ONNX graphs from nothing: tensors, nodes, a model, its bytes.
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { elementTypes, type ElementName } from './element-types.ts';
import {
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProtoSchema,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx_pb.js';

/** What a tensor is made of; the array's kind gives its element type. */
export type TensorValues = Float32Array | Uint8Array | Int8Array | BigInt64Array;

/** An operator's attribute. Whole numbers are bigint, as ONNX's own are; a number is a float. */
export type AttributeValue = bigint | number | string | TensorProto | bigint[] | number[];

/** A tensor of `dims`, row-major. Throws a RangeError where the number of values is another. */
export function createTensor(name: string, dims: number[], values: TensorValues): TensorProto {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (values.length !== size) throw new RangeError(`${name}: ${values.length} values for ${dims.join(' x ')}.`);
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: elementTypeOf(values),
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice(),
  });
}

/** A tensor of texts with `rank` dimensions, of which the last has all of them. */
export function createNames(name: string, rank: number, texts: readonly string[]): TensorProto {
  const dims = Array.from({ length: rank }, (_, axis) => BigInt(axis === rank - 1 ? texts.length : 1));
  const stringData = texts.map((text) => new TextEncoder().encode(text));
  return create(TensorProtoSchema, { name, dims, dataType: elementTypes.string, stringData });
}

function elementTypeOf(values: TensorValues): number {
  if (values instanceof Float32Array) return elementTypes.float32;
  if (values instanceof Int8Array) return elementTypes.int8;
  return values instanceof Uint8Array ? elementTypes.uint8 : elementTypes.int64;
}

/**
 * A node of the standard operator set: `createNode('Gemm', ['x', 'w', 'b'], ['y'], { transB: 1n })`.
 * An empty input name leaves an optional input out.
 */
export function createNode(
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, AttributeValue> = {},
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    input: inputs,
    output: outputs,
    name: outputs[0] ?? '',
    attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...toAttribute(value) })),
  });
}

/** The field that an attribute's value is kept in, and the field's number in `type`. */
function toAttribute(value: AttributeValue): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { type: 1, f: value };
  if (typeof value === 'bigint') return { type: 2, i: value };
  if (typeof value === 'string') return { type: 3, s: new TextEncoder().encode(value) };
  if (!Array.isArray(value)) return { type: 4, t: value };
  if (value.every((item) => typeof item === 'number')) return { type: 6, floats: value };
  return { type: 7, ints: value };
}

/**
 * An input or output. In `dims` a number is a fixed dimension and a string names a free one, such as `'N'`; without them
 * the shape is left to the runtime, which an output may do.
 */
export function createValue(name: string, element: ElementName, dims?: (number | string)[]): ValueInfoProto {
  const shape = dims && { dim: dims.map((dim) => ({ value: toDimension(dim) })) };
  return create(ValueInfoProtoSchema, {
    name,
    type: { tensorType: { elemType: elementTypes[element], ...(shape && { shape }) } },
  });
}

const toDimension = (dim: number | string) =>
  typeof dim === 'number'
    ? { case: 'dimValue' as const, value: BigInt(dim) }
    : { case: 'dimParam' as const, value: dim };

export interface ModelParts {
  name: string;
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  /** In topological order. */
  nodes: NodeProto[];
  initializers: TensorProto[];
  /** Version of the standard operator set; 13 where left out, IR version 7 likewise: what every runtime of today reads. */
  opset?: number;
  irVersion?: number;
}

export function createModel({ opset = 13, irVersion = 7, ...parts }: ModelParts): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName: 'Second Look',
    opsetImport: [{ version: BigInt(opset) }],
    graph: {
      name: parts.name,
      input: parts.inputs,
      output: parts.outputs,
      node: parts.nodes,
      initializer: parts.initializers,
    },
  });
}

/** The bytes of an ONNX file. Fields that were read and not understood are written back as they were. */
export function toModelBytes(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}
