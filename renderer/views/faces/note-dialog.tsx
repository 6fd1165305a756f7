// An opinion with a note, or a note alone. Nothing is chosen before the examiner chooses it, but
// for an opinion that stands already.

import { useState } from 'react';
import type { Finding } from '../../../contract/finding.ts';
import { STANDING, type StandingConclusion } from '../../../contract/opinion.ts';
import { giveAndGoOn } from '../../data/decide.ts';
import { useDraft } from '../../data/drafts.ts';
import { selectedRow } from '../../data/grid-state.ts';
import { nameOfSubject } from '../../data/opinion-desk.ts';
import { Field, Segments } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { ConclusionMark } from '../../parts/marks.tsx';
import { conclusionName } from '../../wording.ts';

type Choice = StandingConclusion | 'note';

const choiceOf = (value: Choice) => ({
  value,
  label: (
    <>
      <ConclusionMark conclusion={value} size={15} /> {value === 'note' ? 'Note only' : conclusionName(value)}
    </>
  ),
});

export function NoteDialog({ onClose }: { onClose: () => void }) {
  const [finding] = useState(selectedRow);
  return finding ? <NoteOf finding={finding} onClose={onClose} /> : null;
}

function NoteOf({ finding, onClose }: { finding: Finding; onClose: () => void }) {
  // A file without a face takes a note and no opinion.
  const choices: readonly Choice[] = finding.faceId === null ? ['note'] : [...STANDING, 'note'];
  const standing = choices.find((one) => one === finding.ownConclusion);
  const [choice, setChoice] = useState<Choice | undefined>(choices.length === 1 ? 'note' : standing);
  const [note, setNote] = useDraft(finding, 'note');
  const submit = async (): Promise<void> => {
    if (!choice) return;
    onClose();
    // Nothing written is no new reason: that of an opinion that stands stays.
    if (await giveAndGoOn(finding, choice, note.trim() || undefined)) setNote('');
  };
  return (
    <FormDialog
      title="Opinion with a note"
      submit={choice === 'note' ? 'Record the note' : 'Record the opinion'}
      ready={choice !== undefined && (choice !== 'note' || note.trim() !== '')}
      guarded
      keepsDraft
      size="wide"
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p className="secondary mono">{nameOfSubject(finding)}</p>
      <Segments label="Opinion" value={choice} choices={choices.map(choiceOf)} onChange={setChoice} />
      {choice === undefined ? <p className="field-hint">Choose an opinion, or a note only.</p> : null}
      <Field
        label="Reason"
        hint={
          choice === 'note'
            ? 'Kept with the face and printed in the report. It changes no opinion.'
            : 'Kept with the opinion and printed in the report.'
        }
      >
        <textarea
          className="input"
          value={note}
          maxLength={10_000}
          data-first
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
    </FormDialog>
  );
}
