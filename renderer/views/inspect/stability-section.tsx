// How firm the result is: the battery on this face, each altered picture with what the model says of
// it.
import { type MutationState, useMutation, useMutationState, useQuery } from '@tanstack/react-query';
import { Anchor, Check, X } from 'lucide-react';
import type { VerdictId } from '../../../contract/brand.ts';
import type { AlteredScore, StabilityRow } from '../../../contract/stability.ts';
import {
  alterationWords,
  capitalised,
  exactScoreText,
  LEANING_WORDS,
  reasonWords,
  stabilityRates,
  stabilitySentence,
} from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { useCase } from '../../data/open-case.ts';
import { type Measured as MeasuredNow, measuredWords, measureStability } from '../../data/stability.ts';
import { useChord } from '../../keys/key-actions.ts';
import { Button } from '../../parts/button.tsx';
import { Keys } from '../../parts/key.tsx';
import { Failure, Message } from '../../parts/message.tsx';

const BEFORE = {
  identical: 'Measured before, with the same result to the bit.',
  withinTolerance: 'Measured before on another machine or build, and near enough.',
  different: 'Measured before, and it came out otherwise: see the activity.',
  notPossible: '',
} as const;

function Row({ one, row }: { one: AlteredScore; row: StabilityRow }) {
  const kept = one.leaning !== null && one.leaning === row.recorded?.leaning;
  const beyond = one.outside.map(reasonWords).join('; ');
  return (
    <tr>
      <th scope="row">
        {capitalised(alterationWords(one.alteration))}
        {beyond ? <span className="other-made muted">beyond the model’s limits: {beyond}</span> : null}
      </th>
      <td className="mono" title={`logit ${one.logit}`}>
        {exactScoreText(one.score)}
      </td>
      <td>{one.leaning ? LEANING_WORDS[one.leaning] : 'none'}</td>
      <td>
        {one.leaning === null ? null : kept ? (
          <Check size={14} aria-label="kept" />
        ) : (
          <X size={14} aria-label="not kept" />
        )}
      </td>
    </tr>
  );
}

function Measured({ row }: { row: StabilityRow }) {
  const { verdictId } = row;
  const measured = useQuery(engine.stability.measured.queryOptions({ input: { verdictId } }));
  const rates = measured.isSuccess ? stabilityRates(row, measured.data) : '';
  return (
    <>
      <Message tone="plain" quiet title={stabilitySentence(row)}>
        {[rates, row.before ? BEFORE[row.before.result] : ''].filter(Boolean).join(' ') || null}
      </Message>
      <Failure error={measured.error} />
      {row.altered.length === 0 ? null : (
        <table className="rerun-table">
          <thead>
            <tr>
              <th scope="col">Altered</th>
              <th scope="col">Score</th>
              <th scope="col">Leaning</th>
              <th scope="col">
                <span className="unseen">Kept</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...row.altered, ...row.beside].map((one) => (
              <Row key={one.alteration} one={one} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

export function StabilitySection({ verdictId }: { verdictId: VerdictId }) {
  const open = useCase();
  const writable = open?.writable ?? false;
  const chord = useChord('stability.selected');
  const last = useQuery(engine.stability.ofVerdict.queryOptions({ input: { verdictId }, staleTime: 0 }));
  // Kept under the result: one that is being measured is, also after a look at the next face.
  const mutationKey = ['stability', open?.folder, verdictId];
  const { mutate } = useMutation({ mutationKey, mutationFn: () => measureStability({ verdictIds: [verdictId] }) });
  const latest = useMutationState<MutationState<MeasuredNow>>({ filters: { mutationKey, exact: true } }).at(-1);
  const isPending = latest?.status === 'pending';
  return (
    <>
      <p className="secondary">
        The face’s picture is altered a little, in a fixed way, and scored again by the same model. The list is kept
        with the result.
      </p>
      <span>
        <Button small icon={Anchor} disabled={!writable || isPending} onClick={() => mutate()}>
          {isPending ? 'Measuring…' : 'Measure stability'} <Keys chord={chord} />
        </Button>
      </span>
      <Failure error={latest?.error ?? last.error} />
      {latest?.data && latest.data.not > 0 ? (
        <Message tone="caution" title={measuredWords(latest.data)}>
          {last.data ? <p>What stands here is from before.</p> : null}
        </Message>
      ) : null}
      {last.data ? <Measured row={last.data} /> : null}
    </>
  );
}
