// Which part of a data set a picture belongs to: decided by its source (video, person), never by
// crop. Pure.
import { createHash } from 'node:crypto';

export type Split = 'training' | 'validation' | 'test';

/**
 * A quarter of sources is validation: those whose name's SHA-256 begins with a byte below 64. The
 * same for everyone, for ever.
 */
export const splitFromName = (name: string): 'training' | 'validation' =>
  createHash('sha256').update(name).digest()[0]! < 64 ? 'validation' : 'training';
