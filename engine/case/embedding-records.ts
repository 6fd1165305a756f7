// A record of the embeddings' file against the case: a face that the case has, once, and numbers that
// the network can have given. Numbers that are none are nowhere near anything, and a face that is not
// there takes a place in a list of the nearest: a search would leave out what it should find, and
// say nothing.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../contract/brand.ts';
import type { FaceText } from './rows/persons.ts';

/**
 * Lengths that an embedding of this network has, with room: of parts of photographs, of noise and of one colour
 * it is 1.2 to 1.5, and a vector near nothing, or far from everything, is none.
 */
const LEAST_LENGTH = 0.5;
const MOST_LENGTH = 3;

export type RecordCheck = {
  /** Why it can be no embedding of a face of the case; undefined where it can, which is then counted. */
  take(record: Buffer): string | undefined;
  /** Over what the case says of the faces taken, in their order. */
  facesSha256(): Sha256;
};

/** Records in their order, each: number of the face (u32), 0 (u32), its numbers (f32), little endian. */
export function createRecordCheck(textOf: FaceText): RecordCheck {
  const seen = new Set<number>();
  const faces = createHash('sha256');
  return {
    take(record) {
      const faceId = record.readUInt32LE(0);
      const text = textOf(faceId);
      if (text === undefined) return `an embedding of face ${faceId}, which the case does not have`;
      if (seen.has(faceId)) return `two embeddings of face ${faceId}`;
      const length = Math.sqrt(squaredLength(record));
      if (!(length >= LEAST_LENGTH && length <= MOST_LENGTH))
        return `numbers of face ${faceId} that are no embedding: of length ${length.toPrecision(3)}`;
      seen.add(faceId);
      faces.update(`${faceId} ${text}\n`);
      return undefined;
    },
    facesSha256: () => faces.copy().digest('hex') as Sha256,
  };
}

/** NaN where one of them is no number. */
function squaredLength(record: Buffer): number {
  let sum = 0;
  for (let at = 8; at < record.length; at += 4) sum += record.readFloatLE(at) ** 2;
  return sum;
}
