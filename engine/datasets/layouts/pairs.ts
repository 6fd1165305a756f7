// `pairs.csv`: a set that says which genuine file each forgery was made from. Columns
// `file` (below the folder), `label` (0 genuine, 1 forged), `original`: what a genuine file and its
// forgeries share, and what no split may part. Sources are dealt by their hash.
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import { ifExists } from '../../files/optional-file.ts';
import { isMedia, type LabelledFile, type LabelledSet } from '../labelled-file.ts';
import { readSetText, refuseOutside } from '../read-set-file.ts';
import { splitFromName } from '../split.ts';

/** The file by which such a set is known. */
export const PAIRS_FILE = 'pairs.csv';
const COLUMNS = ['file', 'label', 'original'] as const;

/**
 * The set, or undefined when there is no such file. Throws MATERIAL_REFUSED with the line that is
 * no row of it, and where a row leads out of the folder.
 */
export async function loadPairs(folder: string): Promise<LabelledSet | undefined> {
  const name = path.join(folder, PAIRS_FILE);
  const text = await ifExists(readSetText(name), '');
  const [head, ...rows] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (!head) return undefined;
  if (head !== COLUMNS.join(','))
    throw new RecceError('MATERIAL_REFUSED', name, `its first line is "${head}"; "${COLUMNS.join(',')}" was expected.`);
  const files = rows.flatMap((row, i): LabelledFile[] => (row === '' ? [] : [fileFromRow(folder, name, row, i + 2)]));
  await refuseOutside(
    folder,
    files.map(({ relativePath }) => relativePath),
  );
  return { layout: 'pairs', files, remarks: [] };
}

function fileFromRow(folder: string, name: string, row: string, line: number): LabelledFile {
  const [file = '', label, original = '', ...more] = row.split(',');
  const isBelow = isMedia(file) && !path.isAbsolute(file) && !file.split(/[\\/]/).includes('..');
  if (!isBelow || (label !== '0' && label !== '1') || original === '' || more.length > 0)
    throw new RecceError(
      'MATERIAL_REFUSED',
      name,
      `line ${line} is "${row}"; a picture below the folder, 0 or 1, and the name of its original were expected.`,
    );
  return {
    path: path.join(folder, file),
    relativePath: file,
    label: label === '1' ? 1 : 0,
    source: original,
    split: splitFromName(original),
    strata: {},
  };
}
