// A message and its pictures as one value of the queue: a length, the message as JSON with the
// pictures' sizes, the pictures one after the other.
import * as z from 'zod';
import { type FarmMessage, farmMessageSchema } from '../../../contract/farm.ts';

const LENGTH_BYTES = 4;
/** A worker sends four megabytes of pictures at a time and one more; what it says of them has fewer. */
const MOST_BYTES = 2 ** 25;
const MOST_PICTURES = 100_000;
const envelope = z.object({
  message: farmMessageSchema,
  sizes: z.array(z.number().int().nonnegative()).max(MOST_PICTURES),
});

export function encodeMessage(message: FarmMessage, pictures: readonly Uint8Array[]): Buffer {
  const head = Buffer.from(JSON.stringify({ message, sizes: pictures.map(({ length }) => length) }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, ...pictures]);
}

/** Throws for bytes that are no message: whoever has the password may have written them. */
export function decodeMessage(bytes: Buffer): { message: FarmMessage; pictures: Uint8Array[] } {
  if (bytes.length > MOST_BYTES)
    throw new RangeError(`A message of ${bytes.length} bytes came; ${MOST_BYTES} are the most.`);
  const end = LENGTH_BYTES + bytes.readUInt32BE(0);
  const { message, sizes } = envelope.parse(JSON.parse(bytes.subarray(LENGTH_BYTES, end).toString('utf8')));
  let at = end;
  const pictures = sizes.map((size) => {
    at += size;
    return bytes.subarray(at - size, at);
  });
  if (at !== bytes.length) throw new RangeError(`A message of ${at} bytes was announced, ${bytes.length} came.`);
  return { message, pictures };
}
