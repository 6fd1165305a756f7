// Groups of a case's faces: what was proposed, and what examiners did with it, step behind step, a line
// each. A file of its own beside the embeddings and for the same reason: names of persons, and which faces
// are said to be of one, must be erasable whole. Entries of the log hold its first bytes by their hash
// and say the numbers of groups, never names or which faces.
//
// The first line has a number of chance in it, which goes with the file: without it somebody who
// guesses a name could try the guess on a hash in the log after all was erased.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { faceGroupIdSchema, faceIdSchema, type Sha256, sha256Schema } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { groupNameSchema, groupProposalSchema } from '../../../contract/face-groups.ts';
import { instantSchema } from '../../../contract/units.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { writeRefused } from '../../files/system-error.ts';
import { CHUNK_BYTES, erase, expectOwn, isThere, NO_FOLLOW } from '../log/held-file.ts';

export const GROUPS_FILE = 'face-groups.ndjson';
const WHAT = 'RECCE face groups 1';
/** More is not read: hundreds of proposals for a hundred thousand faces. */
const MOST_BYTES = 2 ** 28;

const firstLineSchema = z.strictObject({ what: z.literal(WHAT), chance: z.string().regex(/^[0-9a-f]{64}$/) });

const by = { at: instantSchema, who: z.string() };
const faces = z.array(faceIdSchema).min(1);
const group = faceGroupIdSchema;

/** A step as it is kept. Groups that are made get the numbers from `first` on, or `as`: none is used twice. */
export const keptStepSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('proposed'),
    ...groupProposalSchema.shape,
    embeddingsSha256: sha256Schema,
    first: group,
    groups: z.array(faces),
  }),
  z.strictObject({ kind: z.literal('named'), ...by, group, name: groupNameSchema }),
  z.strictObject({ kind: z.literal('unnamed'), ...by, group }),
  z.strictObject({ kind: z.literal('merged'), ...by, group, groups: z.array(group).min(1) }),
  z.strictObject({ kind: z.literal('split'), ...by, group, faces, as: group }),
  z.strictObject({ kind: z.literal('takenOut'), ...by, group, faces }),
  z.strictObject({ kind: z.literal('added'), ...by, group, faces }),
  z.strictObject({ kind: z.literal('undone'), ...by }),
]);
export type KeptStep = z.infer<typeof keptStepSchema>;

/** What an entry of the log says of the file: how many steps, in how many bytes, and their hash. */
export type SaidOfGroups = { steps: number; bytes: number; sha256: Sha256 };

export const groupsFile = (folder: string): string => path.join(folder, GROUPS_FILE);

/** Whether there is anything in its place. */
export const hasGroups = (folder: string): boolean => isThere(groupsFile(folder));

export const NOT_AS_HELD = 'it is not what the log holds: somebody has changed it.';

const sha256Of = (bytes: Uint8Array): Sha256 => createHash('sha256').update(bytes).digest('hex') as Sha256;

/** The first bytes of an open file; fewer where it has fewer. */
function firstBytes(descriptor: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let at = 0;
  for (let read = 1; read > 0 && at < length; at += read) read = readSync(descriptor, bytes, at, length - at, at);
  return bytes.subarray(0, at);
}

function withOpen<T>(file: string, flags: number, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, flags | NO_FOLLOW, 0o600);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The first bytes of the file, which is one that whyGroupsNotAsHeld finds nothing in. */
export const bytesOfGroups = (folder: string, bytes: number): Uint8Array =>
  withOpen(groupsFile(folder), constants.O_RDONLY, (descriptor) => firstBytes(descriptor, bytes));

/** What is other in the file than the log says, as words; undefined where nothing is. */
export function whyGroupsNotAsHeld(folder: string, { bytes, sha256 }: SaidOfGroups): string | undefined {
  const file = groupsFile(folder);
  if (!isThere(file)) return 'no such file';
  if (bytes > MOST_BYTES) return `more than ${MOST_BYTES} bytes`;
  try {
    expectOwn(file, false);
  } catch {
    return 'a link, a pipe or a device in its place';
  }
  const found = withOpen(file, constants.O_RDONLY, (descriptor) => firstBytes(descriptor, bytes));
  if (found.length < bytes) return `${found.length} bytes, of ${bytes}`;
  const hash = sha256Of(found);
  return hash === sha256 ? undefined : hash;
}

/** The steps that the log holds. Throws SEARCH_REFUSED where they are not those. */
export function readGroupSteps(folder: string, held: SaidOfGroups): KeptStep[] {
  const file = groupsFile(folder);
  if (!isThere(file) || held.bytes > MOST_BYTES) throw new RecceError('SEARCH_REFUSED', file, NOT_AS_HELD);
  expectOwn(file, false);
  const bytes = withOpen(file, constants.O_RDONLY, (descriptor) => firstBytes(descriptor, held.bytes));
  if (bytes.length < held.bytes || sha256Of(bytes) !== held.sha256)
    throw new RecceError('SEARCH_REFUSED', file, NOT_AS_HELD);
  try {
    const [first = '', ...lines] = bytes.toString('utf8').trimEnd().split('\n');
    firstLineSchema.parse(JSON.parse(first));
    return lines.map((line) => keptStepSchema.parse(JSON.parse(line)));
  } catch {
    throw new RecceError('SEARCH_REFUSED', file, 'it is not as the workstation writes it.');
  }
}

/**
 * Adds a step behind those that are held, on the disk when it returns; what it is to be held by from
 * now on. What lay behind them was left by a process that was killed, and is written over. In one
 * piece: nothing else comes between it and its entry. Throws SEARCH_REFUSED, WRITE_FAILED, DISK_FULL.
 */
export function appendGroupStep(folder: string, held: SaidOfGroups | undefined, step: KeptStep): SaidOfGroups {
  const file = groupsFile(folder);
  const isNew = !isThere(file);
  if (isNew && held) throw new RecceError('SEARCH_REFUSED', file, NOT_AS_HELD);
  if (!isNew) expectOwn(file, true);
  try {
    return withOpen(file, constants.O_RDWR | (isNew ? constants.O_CREAT | constants.O_EXCL : 0), (descriptor) => {
      const before = held ? firstBytes(descriptor, held.bytes) : Buffer.alloc(0);
      if (held && (before.length < held.bytes || sha256Of(before) !== held.sha256))
        throw new RecceError('SEARCH_REFUSED', file, NOT_AS_HELD);
      cutOffBehind(descriptor, before.length);
      const first = held ? '' : `${canonicalJson({ what: WHAT, chance: randomBytes(32).toString('hex') })}\n`;
      const added = Buffer.from(`${first}${canonicalJson(step)}\n`);
      if (before.length + added.length > MOST_BYTES)
        throw new RecceError(
          'SEARCH_REFUSED',
          file,
          `it would be longer than ${MOST_BYTES} bytes. Erase it, and propose groups anew.`,
        );
      for (let at = 0; at < added.length; )
        at += writeSync(descriptor, added, at, added.length - at, before.length + at);
      fsyncSync(descriptor);
      const sha256 = createHash('sha256').update(before).update(added).digest('hex') as Sha256;
      return { steps: (held?.steps ?? 0) + 1, bytes: before.length + added.length, sha256 };
    });
  } catch (cause) {
    if (cause instanceof RecceError) throw cause;
    throw writeRefused(cause, file);
  }
}

function cutOffBehind(descriptor: number, bytes: number): void {
  const { size } = fstatSync(descriptor);
  const zeros = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(0, size - bytes)));
  for (let at = bytes; at < size; ) at += writeSync(descriptor, zeros, 0, Math.min(zeros.length, size - at), at);
  ftruncateSync(descriptor, bytes);
}

/** Writes zeros over all of them; nothing where there are none. Throws SEARCH_REFUSED, WRITE_FAILED. */
export const eraseGroups = (folder: string): Promise<void> => erase(groupsFile(folder));
