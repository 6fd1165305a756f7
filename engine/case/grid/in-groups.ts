// Groups of faces, as a part of the grid's filter.
import { type Expression, type SqlBool, sql } from 'kysely';
import type { FaceGroupId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { cachedUntilWrite } from '../db/cached-until-write.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { maskLength } from '../db/mask-length.ts';
import { readGroups } from '../groups/case-groups.ts';
import type { StandingGroups } from '../groups/standing-groups.ts';
import { isIn, maskOf } from './row-bitmap.ts';

/**
 * SQL for: the finding is of a face in one of these groups, as they stand. Of none where what is kept is
 * not what the log holds: the list of groups and `verify` say so.
 */
export function inGroups(opened: ReadableCase, groups: readonly FaceGroupId[]): Expression<SqlBool> {
  const { db } = opened;
  const faces = cachedUntilWrite(db, ['inGroups', groups], () => {
    const standing = standingIn(opened).groups;
    return maskOf(
      maskLength(db, 'face'),
      groups.flatMap((id) => standing.get(id)?.faces ?? []),
    );
  });
  return sql<SqlBool>`(v.face_id IS NOT NULL AND ${isIn(faces, sql`v.face_id`)})`;
}

/** Groups that are counted where they are not asked for, and all that are: a byte holds their places. */
const [MOST_NAMED, MOST_COUNTED] = [100, 255];

/**
 * The largest groups that have a name, and those that are asked for; and the place of each face's group
 * among them, from 1, as a byte a face. None where what is kept is not what the log holds.
 */
export function countedGroups(
  opened: ReadableCase,
  asked: readonly FaceGroupId[],
): { ids: FaceGroupId[]; bytes: Uint8Array } {
  const { groups, groupOf } = standingIn(opened);
  const named = [...groups.values()]
    .filter(({ name }) => name !== null)
    .sort((a, b) => b.faces.length - a.faces.length || a.id - b.id)
    .map(({ id }) => id);
  const ids = [...new Set([...asked, ...named.slice(0, MOST_NAMED)])].slice(0, MOST_COUNTED);
  const placeOf = new Map(ids.map((id, i) => [id, i + 1]));
  const bytes = Buffer.alloc(maskLength(opened.db, 'face'));
  for (const [face, group] of groupOf) if (face < bytes.length) bytes[face] = placeOf.get(group) ?? 0;
  return { ids, bytes };
}

function standingIn(opened: ReadableCase): Pick<StandingGroups, 'groups' | 'groupOf'> {
  try {
    return readGroups(opened);
  } catch (error) {
    if (error instanceof RecceError) return { groups: new Map(), groupOf: new Map() };
    throw error;
  }
}
