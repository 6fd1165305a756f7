// Graph -> ONNX bytes, and nothing else. The same graph gives the same bytes. Field numbers are
// those of onnx.proto (ONNX IR version 10, operator set 21); the wire format is written by the
// protobuf runtime.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type Graph, neededFor, type Shape, type Value } from '../graph/graph.ts';
import type { Emitter } from '../graph/op-row.ts';
import { opTable } from '../graph/op-table.ts';
import { type Float32Tensor, sizeFromShape } from '../tensor/tensor.ts';

const IR_VERSION = 10;
const OPERATOR_SET = 21;

/** onnx.proto, message by message: field name -> number. */
const FIELD = {
  model: { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8 },
  operatorSet: { domain: 1, version: 2 },
  graph: { node: 1, name: 2, initializer: 5, input: 11, output: 12 },
  node: { input: 1, output: 2, opType: 4, attribute: 5, domain: 7 },
  attribute: { name: 1, f: 2, i: 3, s: 4, floats: 7, ints: 8, type: 20 },
  tensor: { dims: 1, dataType: 2, name: 8, rawData: 9 },
  valueInfo: { name: 1, type: 2 },
  type: { tensor: 1 },
  typeTensor: { elemType: 1, shape: 2 },
  shape: { dim: 1 },
  dim: { value: 1, param: 2 },
} as const;

/** AttributeProto.AttributeType and TensorProto.DataType. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;
const DATA_TYPE = { float: 1, uint8: 2, int64: 7 } as const;

type Message = (writer: BinaryWriter) => void;

const message = (writer: BinaryWriter, field: number, write: Message): void => {
  writer.uint32((field << 3) | WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
};
const text = (writer: BinaryWriter, field: number, value: string): void => {
  writer.uint32((field << 3) | WireType.LengthDelimited).string(value);
};
const integer = (writer: BinaryWriter, field: number, value: number): void => {
  writer.uint32((field << 3) | WireType.Varint).int64(value);
};

type AttributeValue = number | string | readonly number[];

/** ONNX knows floats from integers by declaration, not by value: these attributes are floats. */
const FLOAT_ATTRIBUTES: ReadonlySet<string> = new Set(['value_floats', 'alpha', 'beta', 'epsilon']);

function writeAttribute(writer: BinaryWriter, name: string, value: AttributeValue): void {
  const field = FIELD.attribute;
  text(writer, field.name, name);
  if (typeof value === 'string') {
    text(writer, field.s, value);
    integer(writer, field.type, ATTRIBUTE_TYPE.string);
  } else if (typeof value === 'number') {
    if (FLOAT_ATTRIBUTES.has(name)) writer.uint32((field.f << 3) | WireType.Bit32).float(value);
    else integer(writer, field.i, value);
    integer(writer, field.type, FLOAT_ATTRIBUTES.has(name) ? ATTRIBUTE_TYPE.float : ATTRIBUTE_TYPE.int);
  } else if (FLOAT_ATTRIBUTES.has(name)) {
    for (const one of value) writer.uint32((field.floats << 3) | WireType.Bit32).float(one);
    integer(writer, field.type, ATTRIBUTE_TYPE.floats);
  } else {
    for (const one of value) integer(writer, field.ints, one);
    integer(writer, field.type, ATTRIBUTE_TYPE.ints);
  }
}

/**
 * An initializer: what stands before its numbers, how long they are, and the numbers, made when
 * they are written and kept by nobody.
 */
type Initializer = { head: Uint8Array; bytes: number; data: () => Uint8Array };

function initializerFrom(
  name: string,
  dims: readonly number[],
  dataType: number,
  { bytes, data }: Pick<Initializer, 'bytes' | 'data'>,
): Initializer {
  const writer = new BinaryWriter();
  for (const dim of dims) integer(writer, FIELD.tensor.dims, dim);
  integer(writer, FIELD.tensor.dataType, dataType);
  text(writer, FIELD.tensor.name, name);
  writer.uint32((FIELD.tensor.rawData << 3) | WireType.LengthDelimited).uint32(bytes);
  return { head: writer.finish(), bytes, data };
}

/** Tag and length of a message that is not written yet. */
const announced = (field: number, bytes: number): Uint8Array =>
  new BinaryWriter()
    .uint32((field << 3) | WireType.LengthDelimited)
    .uint32(bytes)
    .finish();

function writeValueInfo(writer: BinaryWriter, name: string, shape: Shape, elemType: number = DATA_TYPE.float): void {
  text(writer, FIELD.valueInfo.name, name);
  message(writer, FIELD.valueInfo.type, (type) =>
    message(type, FIELD.type.tensor, (tensor) => {
      integer(tensor, FIELD.typeTensor.elemType, elemType);
      message(tensor, FIELD.typeTensor.shape, (dims) => {
        for (const dim of shape)
          message(dims, FIELD.shape.dim, (one) =>
            dim === 'n' ? text(one, FIELD.dim.param, 'n') : integer(one, FIELD.dim.value, dim),
          );
      });
    }),
  );
}

type NodeAttributes = Readonly<Record<string, AttributeValue>>;

type NodeRecord = {
  opType: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: NodeAttributes;
  domain: string;
};

/** A number so that no two are spelt alike: `String(-0)` is `0`. */
const spelt = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/**
 * Collects nodes and the small constants they need; equal calls and equal constants are written
 * once.
 */
class Collector implements Emitter {
  readonly nodes: NodeRecord[] = [];
  readonly initializers: Initializer[] = [];
  readonly blockedLayout: boolean;
  readonly #constants = new Map<string, string>();
  readonly #calls = new Map<string, readonly string[]>();

  constructor(blockedLayout: boolean) {
    this.blockedLayout = blockedLayout;
  }

  node(opType: string, inputs: readonly string[], attributes: NodeAttributes = {}, domain = ''): string {
    return this.#once(1, { opType, inputs, attributes, domain })[0]!;
  }

  nodeWithOutputs(
    outputs: number,
    opType: string,
    inputs: readonly string[],
    attributes: NodeAttributes = {},
  ): readonly string[] {
    return this.#once(outputs, { opType, inputs, attributes, domain: '' });
  }

  /** Every operator is a pure function: the same call is the same node. */
  #once(outputs: number, call: Omit<NodeRecord, 'outputs'>): readonly string[] {
    const key = JSON.stringify([outputs, call]);
    const known = this.#calls.get(key);
    if (known) return known;
    const name = `v${this.nodes.length}`;
    const names = outputs === 1 ? [name] : Array.from({ length: outputs }, (_, i) => `${name}.${i}`);
    this.nodes.push({ ...call, outputs: names });
    this.#calls.set(key, names);
    return names;
  }

  float32s(values: readonly number[]): string {
    const data = new Uint8Array(Float32Array.from(values).buffer);
    return this.#constant(`f32s:${values.map(spelt).join(',')}`, [values.length], DATA_TYPE.float, data);
  }

  int64s(values: readonly number[]): string {
    const data = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
    return this.#constant(`i64:${values.join(',')}`, [values.length], DATA_TYPE.int64, data);
  }

  float32(value: number): string {
    return this.#constant(`f32:${spelt(value)}`, [], DATA_TYPE.float, new Uint8Array(Float32Array.of(value).buffer));
  }

  tensor(name: string, tensor: Float32Tensor): string {
    const { shape } = tensor;
    const bytes = 4 * sizeFromShape(shape);
    const numbers = () => bytesOf(tensor.data);
    this.initializers.push(initializerFrom(name, shape, DATA_TYPE.float, { bytes, data: numbers }));
    return name;
  }

  #constant(key: string, dims: readonly number[], dataType: number, data: Uint8Array): string {
    const known = this.#constants.get(key);
    if (known) return known;
    const name = `c${this.#constants.size}`;
    this.#constants.set(key, name);
    this.initializers.push(initializerFrom(name, dims, dataType, { bytes: data.length, data: () => data }));
    return name;
  }
}

function emitValue(collector: Collector, value: Value, names: ReadonlyMap<Value, string>): string {
  const { source } = value;
  switch (source.kind) {
    case 'input':
      return source.bytes ? collector.node('Cast', [source.name], { to: DATA_TYPE.float }) : source.name;
    case 'parameter':
      return collector.tensor(source.name, source.tensor);
    case 'constant':
      return source.tensor.shape.length === 0
        ? collector.float32(source.tensor.data[0]!)
        : collector.tensor(`k${value.id}`, source.tensor);
    case 'op':
      return opTable[source.op].emit(
        collector,
        source.inputs.map((input) => names.get(input)!),
        source.attributes,
        { inputs: source.inputs.map((input) => input.shape), output: value.shape },
      );
  }
}

/** Options of the lowering. */
export type OnnxOptions = {
  /** Names of the parameters that are given at each run instead of being stored (training). */
  weightsAsInputs?: ReadonlySet<string>;
  /** Spells convolutions in ONNX Runtime's blocked CPU layout; other providers do not know it. */
  blockedLayout?: boolean;
};

/**
 * ONNX bytes of the part of `graph` that its outputs need. All arrays are float32 but for inputs
 * that are given as bytes.
 */
export function onnxFromGraph(
  graph: Graph,
  { weightsAsInputs = new Set(), blockedLayout = false }: OnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  const collector = new Collector(blockedLayout);
  const names = new Map<Value, string>();
  const inputs: [string, Shape, number][] = [];
  for (const value of neededFor(graph.outputs.values())) {
    const { source } = value;
    if (source.kind === 'input' || (source.kind === 'parameter' && weightsAsInputs.has(source.name))) {
      const isBytes = source.kind === 'input' && source.bytes;
      inputs.push([source.name, value.shape, isBytes ? DATA_TYPE.uint8 : DATA_TYPE.float]);
      names.set(value, isBytes ? emitValue(collector, value, names) : source.name);
    } else names.set(value, emitValue(collector, value, names));
  }
  for (const [name, value] of graph.outputs)
    collector.nodes.push({
      opType: 'Identity',
      inputs: [names.get(value)!],
      outputs: [name],
      attributes: {},
      domain: '',
    });
  return writeModel(
    collector,
    inputs,
    [...graph.outputs].map(([name, value]) => [name, value.shape]),
  );
}

function writeModel(
  collector: Collector,
  inputs: readonly [string, Shape, number][],
  outputs: readonly [string, Shape][],
): Uint8Array<ArrayBuffer> {
  const start = new BinaryWriter();
  for (const node of collector.nodes) message(start, FIELD.graph.node, (one) => writeNode(one, node));
  text(start, FIELD.graph.name, 'recce');
  const end = new BinaryWriter();
  for (const [name, shape, type] of inputs)
    message(end, FIELD.graph.input, (one) => writeValueInfo(one, name, shape, type));
  for (const [name, shape] of outputs) message(end, FIELD.graph.output, (one) => writeValueInfo(one, name, shape));
  const graph = [start.finish(), ...collector.initializers.flatMap(partsOf), end.finish()];
  const head = new BinaryWriter();
  integer(head, FIELD.model.irVersion, IR_VERSION);
  text(head, FIELD.model.producerName, 'recce-workstation');
  const sets = new BinaryWriter();
  for (const [domain, version] of operatorSets(collector))
    message(sets, FIELD.model.opsetImport, (set) => {
      text(set, FIELD.operatorSet.domain, domain);
      integer(set, FIELD.operatorSet.version, version);
    });
  return joined([head.finish(), announced(FIELD.model.graph, lengthOf(graph)), ...graph, sets.finish()]);
}

/** Bytes, or bytes that are made when their turn comes. */
type Part = Uint8Array | Pick<Initializer, 'bytes' | 'data'>;

const partsOf = (one: Initializer): Part[] => [
  announced(FIELD.graph.initializer, one.head.length + one.bytes),
  one.head,
  one,
];

const lengthOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : part.bytes), 0);

/**
 * One array, each part in its place: nothing is held twice but the part at hand. A network of a
 * gigabyte takes the gigabyte.
 */
function joined(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    const bytes = part instanceof Uint8Array ? part : part.data();
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The domains whose operators are used, with their versions. */
function operatorSets({ nodes }: Collector): [domain: string, version: number][] {
  const others = new Set(nodes.map((node) => node.domain).filter((domain) => domain !== ''));
  return [['', OPERATOR_SET], ...[...others].sort().map((domain): [string, number] => [domain, 1])];
}

function writeNode(writer: BinaryWriter, { opType, inputs, outputs, attributes, domain }: NodeRecord): void {
  for (const input of inputs) text(writer, FIELD.node.input, input);
  for (const output of outputs) text(writer, FIELD.node.output, output);
  text(writer, FIELD.node.opType, opType);
  if (domain !== '') text(writer, FIELD.node.domain, domain);
  for (const [name, value] of Object.entries(attributes))
    message(writer, FIELD.node.attribute, (one) => writeAttribute(one, name, value));
}
