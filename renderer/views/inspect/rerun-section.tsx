// The verdict made again from its recorded parameters, and compared quantity by quantity.
import { type MutationState, useMutation, useMutationState } from '@tanstack/react-query';
import { Check, RotateCcw, X } from 'lucide-react';
import type { VerdictId } from '../../../contract/brand.ts';
import type { RerunResult, RerunRow } from '../../../contract/rerun.ts';
import { jobEnded } from '../../data/jobs.ts';
import { useCase } from '../../data/open-case.ts';
import { Button } from '../../parts/button.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { client } from '../../transport.ts';

const RESULT_WORDS: Readonly<Record<RerunResult, string>> = {
  identical: 'Identical: every quantity came out as recorded.',
  withinTolerance: 'Within tolerance: made on another machine or build, and near enough.',
  different: 'Different: the recorded verdict did not come out again.',
  notPossible: 'It could not be repeated.',
};

async function makeAgain(verdictId: VerdictId): Promise<RerunRow | undefined> {
  const job = await client.rerun.start({ verdictIds: [verdictId] });
  await jobEnded(job.id);
  const report = await client.rerun.read({ jobId: job.id });
  return report.rows[0];
}

function Result({ row }: { row: RerunRow }) {
  const good = row.result === 'identical' || row.result === 'withinTolerance';
  return (
    <>
      <Message tone={good ? 'plain' : 'danger'} title={RESULT_WORDS[row.result]}>
        {row.reason}
        {row.basis === 'crop' ? ' Made from the stored face, not from the file.' : null}
      </Message>
      {row.quantities.length > 0 ? (
        <table className="rerun-table">
          <thead>
            <tr>
              <th scope="col">Quantity</th>
              <th scope="col">Recorded</th>
              <th scope="col">Now</th>
              <th scope="col">
                <span className="unseen">Same</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {row.quantities.map((one) => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td className="mono" title={one.recorded}>
                  {one.recorded.slice(0, 10)}
                </td>
                <td className="mono" title={one.found}>
                  {one.found.slice(0, 10)}
                </td>
                <td>{one.same ? <Check size={14} aria-label="same" /> : <X size={14} aria-label="not the same" />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </>
  );
}

export function RerunSection({ verdictId }: { verdictId: VerdictId }) {
  const open = useCase();
  const writable = open?.writable ?? false;
  // Kept under the result: it is still there after a look at the next face.
  const mutationKey = ['rerun', open?.folder, verdictId];
  const { mutate } = useMutation({ mutationKey, mutationFn: () => makeAgain(verdictId) });
  const latest = useMutationState<MutationState<RerunRow | undefined>>({ filters: { mutationKey, exact: true } }).at(
    -1,
  );
  const isPending = latest?.status === 'pending';
  return (
    <>
      <p className="secondary">
        From the file’s bytes on, with the recorded model and parameters. The result is entered in the case’s activity.
      </p>
      <span>
        <Button small icon={RotateCcw} disabled={!writable || isPending} onClick={() => mutate()}>
          {isPending ? 'Repeating…' : 'Repeat and compare'}
        </Button>
      </span>
      <Failure error={latest?.error ?? null} />
      {latest?.data ? <Result row={latest.data} /> : null}
    </>
  );
}
