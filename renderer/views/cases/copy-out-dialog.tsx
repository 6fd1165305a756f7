// The originals of chosen results, copied into a new folder: which, where, and what came of it.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type CopiedOut, WITHOUT_UNDECIDED } from '../../../contract/copy-out.ts';
import { asksForHidden } from '../../../contract/finding.ts';
import type { Tagged } from '../../../contract/tag.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { type CopyChoice, copyOut, usualFolder } from '../../data/copy-out.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { grid } from '../../data/grid-state.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { fileNameOf } from '../../data/packing.ts';
import { allShown, selectedTargets, subjectsOf, type TagTarget, useShortlist } from '../../data/tags.ts';
import { Segments } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { bytesText, countText, numberText } from '../../wording.ts';

function Outcome({
  copied: { copied, sizeBytes, left, leftFiles, folder, withoutUndecided, manifestSha256 },
}: {
  copied: CopiedOut;
}) {
  return (
    <Message
      tone={left === 0 && !withoutUndecided ? 'good' : 'caution'}
      title={`${countText(copied, 'file', 'files')} copied (${bytesText(sizeBytes)}), each with its recorded hash.`}
    >
      <p className="mono">{visibleText(folder)}</p>
      {withoutUndecided ? <p>{WITHOUT_UNDECIDED}</p> : null}
      <p>
        SHA-256 of manifest.json: <Copyable text={manifestSha256} name="the SHA-256 of the manifest" />
      </p>
      {left > 0 ? (
        <>
          <p>{countText(left, 'file was', 'files were')} left out:</p>
          <ul className="fitness">
            {leftFiles.slice(0, 20).map((one) => (
              <li key={one.evidenceId}>
                {visibleText(one.shownPath)}: {one.left?.message}
              </li>
            ))}
          </ul>
          {left > 20 ? <p>and {numberText(left - 20)} more, which the manifest names.</p> : null}
        </>
      ) : null}
    </Message>
  );
}

type Named = 'selected' | 'all' | 'shortlist' | 'report';

/** What can be chosen now. */
function useChoices(start: CopyChoice) {
  const shortlist = useShortlist();
  const [selected, setSelected] = useState<readonly TagTarget[]>([]);
  useEffect(() => {
    void selectedTargets().then((rows) => setSelected(rows ?? []));
  }, []);
  const [total] = useState(() => grid.get().list?.remaining ?? 0);
  const choices: { value: Named; label: string; results: Tagged }[] = [
    ...(typeof start === 'object'
      ? [{ value: 'report' as const, label: 'Those shown in the report', results: { filter: start.filter } }]
      : []),
    ...(selected.length > 0
      ? [
          {
            value: 'selected' as const,
            label: `${numberText(selected.length)} selected`,
            results: subjectsOf(selected),
          },
        ]
      : []),
    ...(total > 0
      ? [{ value: 'all' as const, label: `All ${numberText(total)} that the filter shows`, results: allShown() }]
      : []),
    ...(shortlist === undefined
      ? []
      : [
          {
            value: 'shortlist' as const,
            label: 'Shortlist',
            results: { filter: { tags: [shortlist], videoFrames: 'all' as const } },
          },
        ]),
  ];
  return choices;
}

export function CopyOutDialog({ start, onClose }: { start: CopyChoice; onClose: () => void }) {
  const open = useCase();
  const choices = useChoices(start);
  const [named, setNamed] = useState<Named>(typeof start === 'object' ? 'report' : start);
  const chosen = choices.find(({ value }) => value === named) ?? choices[0];
  const [typed, setFolder] = useState<string | null>(null);
  const { blind } = useSession();
  const isNarrowed =
    blind && chosen !== undefined && 'filter' in chosen.results && asksForHidden(chosen.results.filter);
  const folder = typed ?? (open ? usualFolder(open.folder) : '');
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const copying = useMutation({
    mutationFn: () => copyOut(chosen!.results, folder, setProgress),
    onSettled: () => {
      setProgress(null);
      void queryClient.invalidateQueries({ queryKey: engine.case.activity.key() });
    },
  });
  return (
    <FormDialog
      title="Copy out originals"
      submit={copying.isPending ? 'Copying…' : copying.data ? 'Copied' : 'Copy'}
      ready={chosen !== undefined && folder !== '' && !copying.isPending && !copying.data}
      leave={copying.data ? 'Close' : 'Cancel'}
      keepsDraft={copying.data !== undefined}
      error={copying.error}
      size="wide"
      onSubmit={copying.mutate}
      onClose={onClose}
    >
      <p className="secondary">
        The files themselves, byte for byte: each is hashed before and after, and only one that is still the file taken
        in is copied. A manifest (JSON and CSV) names all of them with their hashes.
      </p>
      <Segments label="Results" value={chosen?.value} choices={choices} onChange={setNamed} />
      {isNarrowed && !copying.data ? (
        <Message tone="caution" title="In blind review what is hidden from you is not among these.">
          <p>
            Tags of others, scores and leanings choose only what you have decided. The manifest and the log will say so.
          </p>
        </Message>
      ) : null}
      <PathField
        label="New folder"
        hint="It must not be there yet, and lie outside the case and the folders that evidence came from."
        title="Copy originals into a new folder"
        wanted={{ kind: 'save', fileName: fileNameOf(folder) || 'originals' }}
        value={folder}
        onChange={(path) => {
          setFolder(path);
          copying.reset();
        }}
        first
      />
      {progress ? (
        <ProgressBar
          label="Files copied"
          done={progress.done}
          total={progress.total}
          words={`${numberText(progress.done)} of ${countText(progress.total, 'file', 'files')}`}
          wanders
        />
      ) : null}
      {copying.data ? <Outcome copied={copying.data} /> : null}
    </FormDialog>
  );
}
