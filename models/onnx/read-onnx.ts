// What an ONNX file says of itself, read without running it: its inputs and outputs, and whether it
// holds anything that reaches outside the file or outside the standard's operators. Field numbers
// are those of onnx.proto.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { textFromUtf8 } from '../checkpoint/byte-reader.ts';
import { CheckpointError } from '../checkpoint/checkpoint-error.ts';

/** A tensor of the graph's border; a dimension is undefined where it is free. */
export type OnnxTensor = { name: string; isFloat: boolean; shape: readonly (number | undefined)[] };
export type OnnxFacts = { inputs: readonly OnnxTensor[]; outputs: readonly OnnxTensor[] };

const MODEL = { graph: 7, opsetImport: 8, functions: 25 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparse: 15 };
const NODE = { opType: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparse: 22, sparses: 23 };
const TENSOR = { name: 8, externalData: 13, dataLocation: 14 };
const FLOAT = 1;
/** Graphs inside graphs (If, Loop, Scan). */
const DEEPEST = 6;

const refuse = (why: string): CheckpointError => new CheckpointError('mismatch', why);

type Field = { number: number; type: WireType; reader: BinaryReader };

/** Calls `use` for every field; what it does not read is passed over. */
function eachField(bytes: Uint8Array, use: (field: Field) => void): void {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      const before = reader.pos;
      use({ number, type, reader });
      if (reader.pos === before) reader.skip(type, number);
    }
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw refuse(`It is no whole ONNX file: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

const bytesOf = ({ type, reader }: Field): Uint8Array => {
  if (type !== WireType.LengthDelimited) throw refuse('It is no whole ONNX file: a field has another type.');
  return reader.bytes();
};
/** As another wire type, a reader of protobuf passes the field over and reads on elsewhere. */
const numberOf = ({ type, reader }: Field): bigint => {
  if (type !== WireType.Varint) throw refuse('It is no whole ONNX file: a field has another type.');
  return BigInt(reader.int64());
};
const textOf = (field: Field): string => textFromUtf8(bytesOf(field));

/** Throws CheckpointError with the reason for a file that is not taken. */
export function readOnnx(bytes: Uint8Array): OnnxFacts {
  let facts: OnnxFacts | undefined;
  eachField(bytes, (field) => {
    if (field.number === MODEL.functions) throw refuse('It holds functions of its own. Export it with them inlined.');
    if (field.number === MODEL.graph) facts = readGraph(bytesOf(field), 0);
  });
  if (!facts) throw refuse('It holds no graph: it is no ONNX file.');
  return facts;
}

function readGraph(bytes: Uint8Array, depth: number): OnnxFacts {
  if (depth > DEEPEST) throw refuse(`Its graphs lie more than ${DEEPEST} deep in one another.`);
  const inputs: OnnxTensor[] = [];
  const outputs: OnnxTensor[] = [];
  const stored = new Set<string>();
  eachField(bytes, (field) => {
    if (field.number === GRAPH.node) readNode(bytesOf(field), depth);
    else if (field.number === GRAPH.initializer) stored.add(readTensor(bytesOf(field)));
    else if (field.number === GRAPH.input) inputs.push(readBorder(bytesOf(field)));
    else if (field.number === GRAPH.output) outputs.push(readBorder(bytesOf(field)));
    else if (field.number === GRAPH.sparse) throw refuse('It holds sparse tensors, which are not read.');
  });
  // Before IR version 4 weights were listed among the inputs.
  return { inputs: inputs.filter(({ name }) => !stored.has(name)), outputs };
}

function readNode(bytes: Uint8Array, depth: number): void {
  let [opType, domain] = ['', ''];
  eachField(bytes, (field) => {
    if (field.number === NODE.opType) opType = textOf(field);
    else if (field.number === NODE.domain) domain = textOf(field);
    else if (field.number === NODE.attribute) readAttribute(bytesOf(field), depth);
  });
  if (domain !== '' && domain !== 'ai.onnx')
    throw refuse(`It uses the operator ${domain}.${opType}, which is not of the ONNX standard.`);
}

function readAttribute(bytes: Uint8Array, depth: number): void {
  eachField(bytes, (field) => {
    if (field.number === ATTRIBUTE.sparse || field.number === ATTRIBUTE.sparses)
      throw refuse('It holds sparse tensors, which are not read.');
    if (field.number === ATTRIBUTE.graph || field.number === ATTRIBUTE.graphs) readGraph(bytesOf(field), depth + 1);
    else if (field.number === ATTRIBUTE.tensor || field.number === ATTRIBUTE.tensors) readTensor(bytesOf(field));
  });
}

/** The tensor's name. Throws where its numbers lie in another file. */
function readTensor(bytes: Uint8Array): string {
  let name = '';
  let isExternal = false;
  eachField(bytes, (field) => {
    if (field.number === TENSOR.name) name = textOf(field);
    else if (field.number === TENSOR.externalData) isExternal = true;
    else if (field.number === TENSOR.dataLocation) isExternal = numberOf(field) !== 0n || isExternal;
  });
  if (isExternal) throw refuse(`The numbers of its tensor ${name} lie in another file. Save the model as one file.`);
  return name;
}

/** ValueInfoProto: name, and of its TypeProto element type and shape. */
function readBorder(bytes: Uint8Array): OnnxTensor {
  let name = '';
  let elementType = 0;
  const shape: (number | undefined)[] = [];
  const within = (outer: Uint8Array, wanted: number, use: (inner: Uint8Array) => void): void =>
    eachField(outer, (field) => {
      if (field.number === wanted) use(bytesOf(field));
    });
  eachField(bytes, (field) => {
    if (field.number === 1) name = textOf(field);
    if (field.number !== 2) return;
    within(bytesOf(field), 1, (tensor) =>
      eachField(tensor, (inner) => {
        if (inner.number === 1) elementType = Number(numberOf(inner));
        else if (inner.number === 2) within(bytesOf(inner), 1, (dim) => shape.push(readDimension(dim)));
      }),
    );
  });
  return { name, isFloat: elementType === FLOAT, shape };
}

function readDimension(bytes: Uint8Array): number | undefined {
  let size: number | undefined;
  eachField(bytes, (field) => {
    if (field.number === 1) size = Number(numberOf(field));
  });
  return size !== undefined && size > 0 ? size : undefined;
}
