// An opinion with its reason.

import { useState } from 'react';
import type { Conclusion } from '../../../contract/opinion.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { selectedRow } from '../../data/grid-state.ts';
import { giveOpinion } from '../../data/opinions.ts';
import { Field, Segments } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { ConclusionMark } from '../../parts/marks.tsx';

const CHOICES = (['genuine', 'inconclusive', 'forged'] as const).map((value) => ({
  value,
  label: (
    <>
      <ConclusionMark conclusion={value} size={15} /> {value[0]!.toUpperCase() + value.slice(1)}
    </>
  ),
}));

export function NoteDialog({ onClose }: { onClose: () => void }) {
  const [finding] = useState(selectedRow);
  const [conclusion, setConclusion] = useState<Exclude<Conclusion, 'withdrawn'>>(
    finding?.ownConclusion && finding.ownConclusion !== 'withdrawn' ? finding.ownConclusion : 'inconclusive',
  );
  const [note, setNote] = useState('');
  if (!finding) return null;
  const submit = async (): Promise<void> => {
    onClose();
    await giveOpinion(finding, conclusion, note.trim());
  };
  return (
    <FormDialog title="Opinion with a note" submit="Record the opinion" onSubmit={submit} onClose={onClose}>
      <p className="secondary mono">{visibleText(finding.relativePath)}</p>
      <Segments label="Opinion" value={conclusion} choices={CHOICES} onChange={setConclusion} />
      <Field label="Why" hint="Kept with the opinion and printed in the report. Ctrl + Enter records it.">
        <textarea
          className="input"
          value={note}
          maxLength={10_000}
          data-first
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          }}
        />
      </Field>
    </FormDialog>
  );
}
