// Exhibit: a folder from which files were taken into a case, with the number and the name it bears
// everywhere. Two files of one name are told apart by it.
import * as z from 'zod';

/**
 * Number of an exhibit, from 1 in the order in which folders were first taken in; it never changes.
 */
export const exhibitNumberSchema = z.number().int().positive();

export const exhibitSchema = z.object({
  exhibit: exhibitNumberSchema,
  /**
   * The folder's own name; with a number behind it where an earlier exhibit of the case has that
   * name. Has no `/`.
   */
  name: z.string(),
  /** The folder as it lay at intake. */
  folder: z.string(),
  files: z.number().int().nonnegative(),
});
export type Exhibit = z.infer<typeof exhibitSchema>;

/**
 * What names a file wherever one is named: `shownPath` is the exhibit's name, `/`, and the path
 * below its folder. Unique in a case.
 */
export const filePlaceSchema = z.object({ exhibit: exhibitNumberSchema, shownPath: z.string() });
export type FilePlace = z.infer<typeof filePlaceSchema>;
