// Names of examiners: what is one, and when two are the same. A slip of the typing hand makes no
// second person.
import * as z from 'zod';

/** A name has a letter; how it is spaced is not part of it. */
export const examinerNameSchema = z.string().max(200).regex(/\p{L}/u, 'a name has at least one letter');

/** As it is kept: without spaces around it, and one between its parts. */
export const nameAsKept = (name: string): string => name.normalize('NFC').trim().replace(/\s+/gu, ' ');

/**
 * Equal for names of one person: without what no eye can see. Joiners stay in a name as it is kept,
 * since some scripts need them.
 */
export const personKey = (name: string): string =>
  nameAsKept(name.replace(/\p{Default_Ignorable_Code_Point}/gu, '')).toLowerCase();

/** True for names that differ in spaces, capitals and characters nobody can see alone. */
export const isSameName = (one: string, other: string): boolean => personKey(one) === personKey(other);
