// An examiner's opinion in the making: what was said last, the note being written, and deciding by
// key or by button.
import { useRef } from 'react';
import type { TrackId } from '../../contract/brand.ts';
import type { Conclusion, OpinionOn } from '../../contract/opinion.ts';
import { useDraft } from '../data/drafts.ts';
import { notify } from '../data/notices.ts';
import { useSession } from '../data/open-case.ts';
import { type Decidable, giveOpinion } from '../data/opinions.ts';
import { useKeyActions } from '../keys/key-actions.ts';

export type OpinionDraft = {
  /** The examiner's own latest conclusion; null where there is none or it was withdrawn. */
  own: Conclusion | null;
  /** Of a face: the track that it was given on and that it is withdrawn on; else null. */
  ownTrack: TrackId | null;
  note: string;
  setNote(note: string): void;
  decide(conclusion: Conclusion): void;
  /** False for a file without a face: it takes a note alone. */
  takesOpinion: boolean;
  /** Why nothing can be given now, by key or button. */
  notGiven: string | undefined;
};

/** What holds of the examiner's own. */
const ownStanding = (opinions: readonly OpinionOn[], examinerId: number | undefined): OpinionOn | undefined =>
  opinions.find((one) => one.holds && one.examinerId === examinerId);

/**
 * `opinions` of the subject, the oldest first. `onGiven` is called when the engine has recorded
 * one, and awaited: until then no key and no button records another. `notByKey`: why a key records nothing now,
 * since the subject is not what is on screen; a button stands beside its name. `notGiven`: why neither does;
 * `unseen`: why neither does for a moment, said when it is tried.
 */
export function useOpinion(
  subject: Omit<Decidable, 'ownConclusion'>,
  opinions: readonly OpinionOn[],
  {
    takesOpinion = true,
    notGiven,
    unseen,
    notByKey = notGiven,
    onGiven,
  }: {
    takesOpinion?: boolean;
    notGiven?: string | undefined;
    unseen?: string | undefined;
    notByKey?: string | undefined;
    onGiven: (conclusion: Conclusion) => void | Promise<void>;
  },
): OpinionDraft {
  const { examiner } = useSession();
  const [note, setNote] = useDraft(subject, 'inspect');
  const standing = ownStanding(opinions, examiner?.id);
  const own = standing?.conclusion ?? null;
  const ownTrack = subject.faceId === null ? null : (standing?.trackId ?? null);
  const giving = useRef(false);
  // What was given here last, until it is read again with the others.
  const given = useRef<{ own: Conclusion; among: readonly OpinionOn[] }>(undefined);
  const give = async (conclusion: Conclusion): Promise<void> => {
    giving.current = true;
    try {
      const last = given.current?.among === opinions ? given.current.own : own;
      if (!(await giveOpinion({ ...subject, ownConclusion: last }, conclusion, note.trim() || undefined))) return;
      if (conclusion !== 'note') given.current = { own: conclusion, among: opinions };
      setNote('');
      await onGiven(conclusion);
    } finally {
      giving.current = false;
    }
  };
  const unless = (why: string | undefined, conclusion: Conclusion): void => {
    const waits = giving.current ? 'the opinion before was still being recorded. Give it again.' : (why ?? unseen);
    if (waits === undefined) void give(conclusion);
    else notify(`Nothing was recorded: ${waits}`);
  };
  const decide = (conclusion: Conclusion): void => unless(notGiven, conclusion);
  const byKey = (conclusion: Conclusion) => (): void => unless(notByKey, conclusion);
  useKeyActions({
    'opinion.genuine': byKey('genuine'),
    'opinion.forged': byKey('forged'),
    'opinion.inconclusive': byKey('inconclusive'),
    'opinion.notAFace': byKey('notAFace'),
    'opinion.withdraw': byKey('withdrawn'),
    'note.edit': () => document.querySelector<HTMLTextAreaElement>('#opinion-note')?.focus(),
  });
  return { own, ownTrack, note, setNote, decide, takesOpinion, notGiven };
}
