// Evidence that lies elsewhere now: told to the case by hash. Nothing is entered for a file whose
// bytes are others.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Relocation, RelocationRefusal } from '../../../contract/relocation.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { openList } from '../../data/grid-state.ts';
import { useCase } from '../../data/open-case.ts';
import { Field, Input, Select } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { client } from '../../transport.ts';
import { countText, numberText } from '../../wording.ts';

const REFUSAL_WORDS: Readonly<Record<RelocationRefusal, string>> = {
  missing: 'not there',
  unreadable: 'cannot be read there',
  otherContent: 'has other content there',
  withoutHash: 'has no recorded hash to check',
  placeTaken: 'that place is another file of the case',
};

const OTHER = 'other';

function Outcome({ found }: { found: Relocation }) {
  const { files, moved, refusals } = found;
  const stayed = files - moved;
  return (
    <Message
      tone={stayed === 0 && moved > 0 ? 'good' : 'caution'}
      title={`${numberText(moved)} of ${countText(files, 'file', 'files')} found, with the recorded hash.`}
    >
      {stayed > 0 ? (
        <>
          <p>The others stay where the case had them:</p>
          <ul className="fitness">
            {refusals.slice(0, 20).map(({ evidenceId, shownPath, reason }) => (
              <li key={evidenceId}>
                {visibleText(shownPath)}: {REFUSAL_WORDS[reason]}
              </li>
            ))}
          </ul>
          {stayed > 20 ? <p>and {countText(stayed - 20, 'more file', 'more files')}.</p> : null}
        </>
      ) : null}
    </Message>
  );
}

/** `from`: the folder or file that is gone, where it is known. */
export function RelocateDialog({ from: known, onClose }: { from?: string | undefined; onClose: () => void }) {
  const viewing = useCase()?.writable === false;
  const exhibits = useQuery(engine.evidence.exhibits.queryOptions({})).data ?? [];
  const [chosen, setChosen] = useState(known ?? '');
  const [typed, setTyped] = useState<string | null>(null);
  const [to, setTo] = useState('');
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const from = typed ?? (chosen || exhibits[0]?.folder || '');
  const finding = useMutation({
    mutationFn: async () => {
      for await (const event of await client.case.relocate({ from, to })) {
        if (event.kind === 'done') return event.relocation;
        setProgress(event);
      }
      throw new Error('The search ended without a result.');
    },
    onSettled: async () => {
      setProgress(null);
      await queryClient.invalidateQueries();
      await openList(true);
    },
  });
  const folders = [...new Set([...(known ? [known] : []), ...exhibits.map(({ folder }) => folder)])];
  return (
    <FormDialog
      title="Find the evidence"
      submit={finding.isPending ? 'Checking every hash…' : viewing ? 'Check and use' : 'Check and record'}
      ready={from !== '' && to !== '' && !finding.isPending && !finding.data}
      leave={finding.data ? 'Close' : 'Cancel'}
      keepsDraft={finding.data !== undefined}
      error={finding.error}
      onSubmit={finding.mutate}
      onClose={onClose}
    >
      <p className="secondary">
        Say where evidence that was moved lies now. A file is accepted only if its bytes have the recorded hash
        {viewing
          ? '. This case is open for viewing only: the place is remembered on this workstation, not in the case.'
          : '; the new place is entered in the log, and nothing else changes.'}
      </p>
      <Field label="Where the case expects it">
        <Select
          value={typed === null ? chosen || (folders[0] ?? OTHER) : OTHER}
          onChange={(event) => {
            const { value } = event.target;
            setTyped(value === OTHER ? '' : null);
            if (value !== OTHER) setChosen(value);
          }}
        >
          {folders.map((folder) => (
            <option key={folder} value={folder}>
              {visibleText(folder)}
            </option>
          ))}
          <option value={OTHER}>Another folder or file…</option>
        </Select>
      </Field>
      {typed === null ? null : (
        <Field label="Folder or file, as the case has it">
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      )}
      <PathField
        label="Where it is now"
        title="Where the evidence is now"
        wanted={{ kind: 'folder' }}
        value={to}
        onChange={(path) => {
          setTo(path);
          finding.reset();
        }}
      />
      {progress ? (
        <ProgressBar
          label="Files checked"
          done={progress.done}
          total={progress.total}
          words={`${progress.done} of ${progress.total} files`}
          wanders
        />
      ) : null}
      {finding.data ? <Outcome found={finding.data} /> : null}
    </FormDialog>
  );
}
