// A hundred ONNX files that are broken in some way: cut short, with bits flipped, or with one thing in their graph changed.
import { create, fromBinary } from '@bufbuild/protobuf';
import { createNode, toModelBytes } from '../../../src/main/compute/graph/build.ts';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  type GraphProto,
} from '../../../src/main/compute/graph/onnx_pb.js';
import { createRandom } from '../../../src/shared/random.ts';
import { forms } from '../head-forms.ts';
import { makeTinyModel } from '../tiny-models.ts';

const random = createRandom(11);
const pick = (count: number) => Math.floor(random() * count);
const models = forms.map(([, , parts]) => makeTinyModel(parts));

const truncated = Array.from({ length: 20 }, (_, i): [string, Uint8Array] => {
  const bytes = models[i % models.length]!;
  return [`truncated ${i}`, bytes.subarray(0, pick(bytes.length))];
});
const flipped = Array.from({ length: 40 }, (_, i): [string, Uint8Array] => {
  const bytes = models[i % models.length]!.slice();
  for (let flips = 0; flips <= i % 4; flips++) bytes[pick(bytes.length)]! ^= 1 << pick(8);
  return [`bits flipped ${i}`, bytes];
});

/** One change to the graph of a sound model. */
const changes: Record<string, (graph: GraphProto) => void> = {
  'no initializers': (graph) => (graph.initializer = []),
  'weights of other dimensions': (graph) => (graph.initializer[0]!.dims = [30n, 20n]),
  'weights of huge dimensions': (graph) => (graph.initializer[0]!.dims = [2n ** 40n, 2n ** 22n]),
  'weights of negative dimensions': (graph) => (graph.initializer[0]!.dims = [-3n, -2n]),
  'weights of no dimensions': (graph) => (graph.initializer[0]!.dims = []),
  'weights of too many dimensions': (graph) => (graph.initializer[0]!.dims = Array<bigint>(500).fill(1n)),
  'weights of another type': (graph) => (graph.initializer[0]!.dataType = 8),
  'weights of an unknown type': (graph) => (graph.initializer[0]!.dataType = 99),
  'weights cut short': (graph) => (graph.initializer[0]!.rawData = graph.initializer[0]!.rawData.subarray(0, 5)),
  'no inputs': (graph) => (graph.input = []),
  'two inputs': (graph) => void graph.input.push({ ...graph.input[0]!, name: 'other' }),
  'an input without a type': (graph) => delete graph.input[0]!.type,
  'a huge input': (graph) => {
    for (const dim of graph.input[0]!.type!.tensorType!.shape!.dim.slice(2))
      dim.value = { case: 'dimValue', value: 2n ** 31n };
  },
  'a huge batch': (graph) => {
    graph.input[0]!.type!.tensorType!.shape!.dim[0]!.value = { case: 'dimValue', value: 2n ** 40n };
  },
  'an input of no size': (graph) => (graph.input[0]!.type!.tensorType!.shape!.dim = []),
  'no outputs': (graph) => (graph.output = []),
  'an output from nowhere': (graph) => (graph.output[0]!.name = 'nowhere'),
  'an output without a name': (graph) => (graph.output[0]!.name = ''),
  'no nodes': (graph) => (graph.node = []),
  'nodes backwards': (graph) => graph.node.reverse(),
  'nodes twice': (graph) => void graph.node.push(...graph.node),
  'a circle': (graph) => (graph.node[0]!.input[0] = graph.output[0]!.name),
  'a node that feeds itself': (graph) => (graph.node.at(-1)!.input[0] = graph.node.at(-1)!.output[0]!),
  'an unknown operator': (graph) => (graph.node[0]!.opType = 'Guess'),
  'an unknown domain': (graph) => (graph.node[0]!.domain = 'nobody.knows'),
  'a node without inputs': (graph) => (graph.node.at(-1)!.input = []),
  'a node without outputs': (graph) => (graph.node.at(-1)!.output = []),
  'thousands of adders before the output': (graph) => {
    let name = graph.output[0]!.name;
    for (let i = 0; i < 3000; i++) graph.node.push(createNode('Add', [name, name], [(name = `deep-${i}`)]));
    graph.output[0]!.name = name;
  },
  'a graph within a graph within a graph': (graph) => {
    let inner: GraphProto = { ...graph, node: [], initializer: [], input: [], output: [] };
    for (let i = 0; i < 90; i++) {
      const node = createNode('If', ['picture'], [`branch-${i}`]);
      node.attribute = [{ ...createNode('X', [], [], { then_branch: 1n }).attribute[0]!, type: 5, g: inner }];
      inner = { ...inner, node: [node] };
    }
    graph.node.push(...inner.node);
  },
};
for (const [at, location] of [
  '../../x',
  '/etc/passwd',
  '..',
  'missing.bin',
  'a/../../b',
  '\0',
  'C:\\x',
  'folder',
  '',
].entries()) {
  changes[`weights in "${location}"`] = (graph) => {
    const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
    const tensor = graph.initializer[0]!;
    tensor.rawData = new Uint8Array();
    tensor.dataLocation = 1;
    tensor.externalData = [entry('location', location), entry('offset', ['0', '-5', '1e30'][at % 3]!)];
  };
}
const changed = Object.entries(changes).map(([title, change]): [string, Uint8Array] => {
  const model = fromBinary(ModelProtoSchema, models[0]!);
  change(model.graph!);
  return [title, toModelBytes(model)];
});

/** Each with a title. Bits that are flipped in a name or a weight may leave a sound model; what is cut or changed does not. */
export const brokenModels = [...truncated, ...flipped, ...changed];
while (brokenModels.length < 100) {
  const bytes = flipped[pick(40)]![1].map((byte) => byte ^ (random() < 0.003 ? 16 : 0));
  brokenModels.push([`bits flipped ${brokenModels.length}`, bytes]);
}
