// The contract as a reference for people: every procedure with what it takes, gives and may refuse.
// `node build/with-node.mjs build/contract-reference.ts` writes docs/contract.md; a test holds the
// document against the contract.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { errorTable } from '../contract/errors.ts';
import { contract } from '../contract/procedures.ts';

const root = path.resolve(import.meta.dirname, '..');

type Json = {
  title?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Json[];
  oneOf?: Json[];
  allOf?: Json[];
  items?: Json;
  prefixItems?: Json[];
  properties?: Record<string, Json>;
  required?: string[];
  additionalProperties?: Json | boolean;
  $ref?: string;
};

/**
 * Objects deeper than this are given by their names alone: the nouns have their own files in
 * `contract/`.
 */
const DEPTH = 2;

/** A JSON schema as a short TypeScript type; one of many kinds by its name in `contract/`. */
function typeText(schema: Json, depth = 0): string {
  if (schema.title) return schema.title;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map((one) => typeText(one, depth)))].join(' | ');
  if (schema.allOf) return schema.allOf.map((one) => typeText(one, depth)).join(' & ');
  if (schema.type === 'array') return `(${schema.items ? typeText(schema.items, depth) : 'any'})[]`;
  if (schema.properties) return objectText(schema, depth);
  if (schema.type === 'object') return `{ [name]: ${recordText(schema, depth)} }`;
  return Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any');
}

const recordText = ({ additionalProperties }: Json, depth: number): string =>
  typeof additionalProperties === 'object' ? typeText(additionalProperties, depth + 1) : 'any';

function objectText({ properties = {}, required = [] }: Json, depth: number): string {
  const fields = Object.entries(properties).map(([name, of]) => {
    const mark = required.includes(name) ? '' : '?';
    return depth < DEPTH ? `${name}${mark}: ${typeText(of, depth + 1)}` : `${name}${mark}`;
  });
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

const textOf = (schema: z.ZodType, io: 'input' | 'output'): string =>
  typeText(z.toJSONSchema(schema, { io, unrepresentable: 'any', cycles: 'ref', reused: 'inline' }) as Json);

/** What a stream yields is kept by the library under a symbol. */
function streamed(schema: object): z.ZodType | undefined {
  const standard = (schema as { '~standard'?: object })['~standard'] ?? {};
  return Object.getOwnPropertySymbols(standard)
    .map((symbol) => (standard as Record<symbol, { yields?: z.ZodType }>)[symbol]?.yields)
    .find((one) => one !== undefined);
}

type Procedure = {
  '~orpc': { inputSchema?: z.ZodType; outputSchema?: z.ZodType; errorMap: Record<string, unknown> };
};
const isProcedure = (node: object): node is Procedure => '~orpc' in node;

/** The sentence above a procedure, as it stands in the source. */
function sentences(source: string): (name: string, from: number) => { text: string; at: number } {
  return (name, from) => {
    const at = source.slice(from).search(new RegExp(`^\\s+${name}: `, 'm')) + from;
    const before = source.slice(0, at).trimEnd();
    if (at < from || !before.endsWith('*/')) return { text: '', at: Math.max(at, from) };
    const comment = before.slice(before.lastIndexOf('/**') + 3, -2);
    return {
      text: comment
        .replace(/^\s*\* ?/gm, '')
        .replace(/\s+/g, ' ')
        .trim(),
      at,
    };
  };
}

function procedureText(name: string, said: string, procedure: Procedure): string {
  const { inputSchema, outputSchema, errorMap } = procedure['~orpc'];
  const yields = outputSchema && streamed(outputSchema);
  const output = yields
    ? `a stream of \`${textOf(yields, 'output')}\``
    : outputSchema
      ? `\`${textOf(outputSchema, 'output')}\``
      : 'nothing';
  return [
    `### \`${name}\``,
    ...(said ? [said] : []),
    `- takes: ${inputSchema ? `\`${textOf(inputSchema, 'input')}\`` : 'nothing'}`,
    `- gives: ${output}`,
    `- may refuse with: ${
      Object.keys(errorMap)
        .map((code) => `\`${code}\``)
        .join(', ') || 'nothing of its own'
    }`,
  ]
    .join('\n\n')
    .replaceAll('\n\n- ', '\n- ')
    .replace(/\n- takes/, '\n\n- takes');
}

/** The whole reference as Markdown. */
export function contractReference(): string {
  const source = readFileSync(path.join(root, 'contract/procedures.ts'), 'utf8');
  const sentence = sentences(source);
  let from = source.indexOf('export const contract');
  const parts = Object.entries(contract).map(([group, members]) => {
    from = sentence(group, from).at;
    const procedures = Object.entries(members).flatMap(([name, procedure]) => {
      if (!isProcedure(procedure)) return [];
      const { text, at } = sentence(name, from);
      from = at;
      return [procedureText(`${group}.${name}`, text, procedure)];
    });
    return [`## ${group}`, ...procedures].join('\n\n');
  });
  const errors = Object.entries(errorTable).map(([code, { message }]) => `- \`${code}\`: ${message}`);
  const head =
    'Everything the window and the command line ask of the engine. Made from `contract/procedures.ts` by `build/contract-reference.ts`; ' +
    'objects more than two deep are given by their names, their fields stand in the noun’s own file in `contract/`.';
  return `${['# The contract', head, ...parts, '## Errors', errors.join('\n')].join('\n\n')}\n`;
}

if (import.meta.main) writeFileSync(path.join(root, 'docs/contract.md'), contractReference());
