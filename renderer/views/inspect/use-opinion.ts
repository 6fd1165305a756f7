// An examiner's opinion in the making: what was said last, the note being written, and deciding by key or by button.
import { useState } from 'react';
import type { Conclusion, Opinion } from '../../../contract/opinion.ts';
import { useSession } from '../../data/open-case.ts';
import { type Decidable, giveOpinion } from '../../data/opinions.ts';
import { useKeyActions } from '../../keys/key-actions.ts';

export type OpinionDraft = {
  /** The examiner's own latest conclusion; null where there is none or it was withdrawn. */
  own: Conclusion | null;
  note: string;
  setNote(note: string): void;
  decide(conclusion: Conclusion): void;
};

function ownConclusion(opinions: readonly Opinion[], examinerId: number | undefined): Conclusion | null {
  const own = opinions.findLast((one) => one.examinerId === examinerId);
  return own && own.conclusion !== 'withdrawn' ? own.conclusion : null;
}

/** `opinions` of the subject, the oldest first. `onGiven` is called when the engine has recorded one. */
export function useOpinion(
  subject: Omit<Decidable, 'ownConclusion'>,
  opinions: readonly Opinion[],
  onGiven: (conclusion: Conclusion) => void,
): OpinionDraft {
  const { examiner } = useSession();
  const [note, setNote] = useState('');
  const own = ownConclusion(opinions, examiner?.id);
  const give = async (conclusion: Conclusion): Promise<void> => {
    if (!(await giveOpinion({ ...subject, ownConclusion: own }, conclusion, note.trim() || undefined))) return;
    setNote('');
    onGiven(conclusion);
  };
  const decide = (conclusion: Conclusion): void => void give(conclusion);
  useKeyActions({
    'opinion.genuine': () => decide('genuine'),
    'opinion.forged': () => decide('forged'),
    'opinion.inconclusive': () => decide('inconclusive'),
    'opinion.withdraw': () => decide('withdrawn'),
  });
  return { own, note, setNote, decide };
}
