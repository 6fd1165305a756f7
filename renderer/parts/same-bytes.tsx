// The ways from a file to its results and to the files that hold the same bytes.
import type { Inspection } from '../../contract/procedures.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { setFilter } from '../data/grid-state.ts';
import { go } from '../data/route.ts';
import { numberText } from '../wording.ts';

/**
 * Shows every result of a row of the evidence: a link from a file to the refusal before it, and
 * back.
 */
export const showResultsOf = (evidenceId: Inspection['evidence']['id']): void => {
  setFilter({ evidenceId });
  go('faces');
};

/** Names of the files that hold the same bytes, each a link to its results. */
export const SameBytes = ({ total, files }: Inspection['sameBytes']) => (
  <>
    {files.map(({ id, shownPath }) => (
      <button key={id} type="button" className="link-button" onClick={() => showResultsOf(id)}>
        {visibleText(shownPath)}
      </button>
    ))}
    {total > files.length ? ` and ${numberText(total - files.length)} more` : null}
  </>
);
