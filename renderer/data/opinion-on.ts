// What the opinion on a film is on, as it was chosen for that film: kept by the window's session, since a
// key means another thing once the choice has gone back by itself.
import type { EvidenceId } from '../../contract/brand.ts';
import type { TrackPlace } from '../../contract/track.ts';
import { engine, queryClient } from './engine.ts';
import { useCase, useSession } from './open-case.ts';
import { goToTrack } from './route.ts';
import { createStore, useStore } from './store.ts';

/** A track of the film, a face in the frame shown, or the film. */
export type OpinionOn = 'track' | 'face' | 'file';

/** By folder of the case, examiner and film. */
type Chosen = Readonly<Record<string, OpinionOn>>;

const KEPT = 'recce.opinion-on';

function keptChoices(): Chosen {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as Chosen;
  } catch {
    return {};
  }
}

const choices = createStore<Chosen>(keptChoices());

const nameOf = (folder = '', examinerId: number | undefined, id: EvidenceId): string => `${folder} ${examinerId} ${id}`;

export function chooseOpinionOn(id: EvidenceId, on: OpinionOn): void {
  const open = queryClient.getQueryData(engine.case.current.queryKey());
  const session = queryClient.getQueryData(engine.session.get.queryKey());
  choices.set((now) => ({ ...now, [nameOf(open?.folder, session?.examiner?.id, id)]: on }));
  sessionStorage.setItem(KEPT, JSON.stringify(choices.get()));
}

/** Goes to where a track begins, in the scan that it is of, for an opinion on it. */
export function openTrack(track: TrackPlace): void {
  chooseOpinionOn(track.evidenceId, 'track');
  goToTrack(track);
}

/** The track, before this examiner has chosen anything. */
export function useOpinionOn(id: EvidenceId): OpinionOn {
  const folder = useCase()?.folder;
  const { examiner } = useSession();
  const all = useStore(choices);
  // What was chosen before a name was asked for is chosen by whoever gave it.
  return all[nameOf(folder, examiner?.id, id)] ?? all[nameOf(folder, undefined, id)] ?? 'track';
}
