// Keys of a configuration that its schema does not know: they are named, never passed over in
// silence.
import path from 'node:path';
import * as z from 'zod';

/**
 * A remark for each, at every depth where the schema names keys. `at` is where `value` stands in
 * `file`.
 */
export function unknownKeys(file: string, value: unknown, schema: z.ZodType, at = ''): string[] {
  const inner = shapeOf(schema);
  if (!inner || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const place = at ? `${at}.${key}` : key;
    const known = inner[key];
    return known
      ? unknownKeys(file, below, known, place)
      : [`${path.basename(file)}: ${place} is not known here and was passed over.`];
  });
}

/**
 * The named keys of an object schema, through defaults and optionals; undefined for anything else.
 */
function shapeOf(schema: z.ZodType): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return shapeOf(schema.unwrap() as z.ZodType);
  return undefined;
}
