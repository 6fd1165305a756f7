// On the sheet: how many opinions there are, how far examiners agree, and on what they differ. In
// blind review the engine counts only what the examiner has decided.
import { useQuery } from '@tanstack/react-query';
import type { Agreement } from '../../../contract/agreement.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { COUNTED_ONCE, differingWords } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { useSession } from '../../data/open-case.ts';
import { showResultsOf } from '../../parts/same-bytes.tsx';
import { countText, numberText } from '../../wording.ts';

/** Differences named on the sheet; the report names all. */
const NAMED = 12;

function Pairs({ pairs }: Pick<Agreement, 'pairs'>) {
  return (
    <table className="sheet-table sheet-agreement">
      <thead>
        <tr>
          {['Examiner', 'Examiner', 'Both', 'Same', 'Kappa'].map((title, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two columns have one title
            <th key={i} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {pairs.map(({ first, second, both, same, kappa }) => (
          <tr key={`${first}\n${second}`}>
            <th scope="row">{visibleText(first)}</th>
            <td>{visibleText(second)}</td>
            <td>{numberText(both)}</td>
            <td>{numberText(same)}</td>
            <td>{kappa === null ? 'not defined' : kappa.toFixed(2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Differences({ disagreements }: Pick<Agreement, 'disagreements'>) {
  return (
    <section aria-label="Examiners differ">
      <p>Examiners differ on {countText(disagreements.length, 'face or file', 'faces and files')}:</p>
      <ul className="sheet-differences">
        {disagreements.slice(0, NAMED).map(({ evidenceId, faceId, shownPath, conclusions }) => (
          <li key={`${evidenceId}/${faceId}`}>
            <button type="button" className="link-button" onClick={() => showResultsOf(evidenceId)}>
              {visibleText(shownPath)}
            </button>
            {': '}
            {visibleText(conclusions.map(differingWords).join(', '))}
          </li>
        ))}
        {disagreements.length > NAMED ? <li>and {numberText(disagreements.length - NAMED)} more</li> : null}
      </ul>
    </section>
  );
}

export function SheetOpinions() {
  const { blind } = useSession();
  const agreement = useQuery(engine.opinion.agreement.queryOptions({ staleTime: 0 })).data;
  return (
    <>
      {agreement?.opinions === 0 ? (
        <p>
          {blind
            ? 'Hidden until you have given yours. The report prints all of them.'
            : 'No opinion of an examiner stands.'}
        </p>
      ) : null}
      {agreement && agreement.opinions > 0 ? (
        <p>
          {countText(agreement.opinions, 'opinion stands', 'opinions stand')} on{' '}
          {countText(agreement.subjects, 'face or file', 'faces and files')}; {numberText(agreement.reviewed)} of these{' '}
          {agreement.reviewed === 1 ? 'was' : 'were'} reviewed by a second examiner.{' '}
          {countText(agreement.blind, 'opinion was', 'opinions were')} given blind. {COUNTED_ONCE}
          {blind ? ' Counted here is only what you have decided; the report counts all.' : null}
        </p>
      ) : null}
      {agreement && agreement.pairs.length > 0 ? <Pairs pairs={agreement.pairs} /> : null}
      {agreement && agreement.disagreements.length > 0 ? <Differences disagreements={agreement.disagreements} /> : null}
    </>
  );
}
