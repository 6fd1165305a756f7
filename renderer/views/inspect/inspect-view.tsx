// Inspect: one finding as closely as it can be looked at, everything known about it, and the
// examiner's opinion.

import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import type { VerdictId } from '../../../contract/brand.ts';
import type { Inspection } from '../../../contract/procedures.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { copiesOf } from '../../data/copies.ts';
import { LAST_ONE } from '../../data/decide.ts';
import { engine } from '../../data/engine.ts';
import { useGrid } from '../../data/grid-state.ts';
import { showGroups } from '../../data/groups.ts';
import { notify } from '../../data/notices.ts';
import { useSession } from '../../data/open-case.ts';
import { lookForSelected } from '../../data/persons.ts';
import { go } from '../../data/route.ts';
import { settingsNow } from '../../data/settings.ts';
import { measureLeaning, measureOne } from '../../data/stability.ts';
import { editTags, type TagTarget } from '../../data/tags.ts';
import { useKeyActions } from '../../keys/key-actions.ts';
import { useTagKeys } from '../../keys/tag-keys.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/message.tsx';
import { type OpinionDraft, useOpinion } from '../../parts/use-opinion.ts';
import { Stage } from '../../viewer/stage.tsx';
import { type Comparison, useComparison } from '../../viewer/use-comparison.ts';
import { useModelPictures } from '../../viewer/use-model-pictures.ts';
import { Dossier } from './dossier.tsx';
import { InspectToolbar } from './inspect-toolbar.tsx';
import { goOnFrom, goToNeighbour, useCursorHere } from './neighbours.ts';
import { Photograph } from './photograph.tsx';
import './inspect.css';

const NOT_THERE = 'the face asked for was not on screen yet. Give it again.';
const NOT_DRAWN = 'the picture of that face was not on screen yet. Give it again.';

/**
 * The opinion of what is inspected; once it is given, on to the next face where the settings say
 * so. `unseen`: why nothing is recorded of it yet.
 */
function useOpinionHere(
  { evidence, face, opinions, verdict }: Inspection,
  verdictId: VerdictId,
  unseen: string | undefined,
): OpinionDraft {
  const { ended } = useGrid();
  const { blind } = useSession();
  const score = verdict?.outcome.kind === 'scored' ? verdict.outcome.score : null;
  const subject = {
    evidenceId: evidence.id,
    faceId: face?.id ?? null,
    shownPath: evidence.shownPath,
    score,
    faceIndex: face?.faceIndex ?? null,
    timeMs: face?.pts == null ? null : face.timeMs,
  };
  return useOpinion(subject, opinions, {
    takesOpinion: face !== null,
    unseen,
    notByKey: ended === verdictId ? LAST_ONE : undefined,
    async onGiven(conclusion) {
      // Where the opinion uncovers the score, the examiner stays to see it.
      if (settingsNow().autoAdvance && !blind && conclusion !== 'withdrawn' && conclusion !== 'note')
        await goOnFrom(verdictId);
    },
  });
}

/** What is inspected, as what is tagged. */
const targetOf = ({ evidence, face, tags }: Inspection): TagTarget => ({
  evidenceId: evidence.id,
  faceId: face?.id ?? null,
  shownPath: evidence.shownPath,
  faceIndex: face?.faceIndex ?? null,
  timeMs: face?.pts == null ? null : face.timeMs,
  tags: [...new Set(tags.map(({ tagId }) => tagId))],
});

/** The keys of tags are for the face on screen: none while it is `unseen`. */
function useTagKeysHere(target: TagTarget, unseen: string | undefined): void {
  useTagKeys(unseen === undefined ? [target] : []);
  useKeyActions({
    'tag.edit': () => {
      if (unseen !== undefined) notify(`Nothing was recorded: ${unseen}`);
      else void editTags([target]);
    },
  });
}

function useInspectKeys({ mode, modes, choose, zoom, fit }: Comparison): void {
  useKeyActions({
    'grid.next': () => void goToNeighbour(1),
    'grid.previous': () => void goToNeighbour(-1),
    'inspect.close': () => go('faces'),
    'inspect.mode': () => choose(modes[(modes.indexOf(mode) + 1) % modes.length]!),
    'inspect.photograph': () => choose(mode === 'photograph' ? (modes[0] ?? 'photograph') : 'photograph'),
    'inspect.zoomIn': () => zoom(1),
    'inspect.zoomOut': () => zoom(-1),
    'inspect.fit': fit,
  });
}

function Inspected({
  inspection,
  verdictId,
  awaited,
}: {
  inspection: Inspection;
  verdictId: VerdictId;
  /** Still the one before. */
  awaited: boolean;
}) {
  const { evidence, face } = inspection;
  const pictures = useModelPictures(verdictId, inspection);
  const comparison = useComparison(inspection, pictures, verdictId);
  const [photographSeen, setPhotographSeen] = useState(false);
  const drawn = comparison.mode === 'photograph' ? photographSeen : !pictures.cropAwaited;
  const unseen = awaited ? NOT_THERE : drawn ? undefined : NOT_DRAWN;
  const opinion = useOpinionHere(inspection, verdictId, unseen);
  const target = targetOf(inspection);
  useTagKeysHere(target, unseen);
  useInspectKeys(comparison);
  useKeyActions({
    'stability.selected': () => {
      if (!awaited && inspection.verdict?.outcome.kind === 'scored') void measureOne(verdictId);
    },
    'stability.leaning': () => void measureLeaning(),
    'persons.groups': () => void showGroups(),
    'copies.find': () => {
      if (!awaited) copiesOf({ verdictId });
    },
    'persons.find': () => {
      if (!awaited) lookForSelected({ faceId: face?.id ?? null });
    },
  });
  const { mode, view, changeView, photographView, changePhotographView } = comparison;
  return (
    <div className="inspect">
      <section className="inspect-main" aria-label="Comparison" data-drawn={unseen === undefined || undefined}>
        <h1 className="unseen">{visibleText(evidence.shownPath)}</h1>
        <InspectToolbar
          comparison={comparison}
          isVideo={evidence.state.kind === 'read' && evidence.state.video !== undefined}
        />
        {mode === 'photograph' ? (
          <Photograph
            key={`${evidence.id}/${face?.pts ?? ''}`}
            inspection={inspection}
            view={photographView}
            onView={changePhotographView}
            onSeen={setPhotographSeen}
          />
        ) : (
          <Stage inspection={inspection} pictures={pictures} mode={mode} view={view} onView={changeView} />
        )}
      </section>
      <Dossier inspection={inspection} verdictId={verdictId} opinion={opinion} target={target} />
    </div>
  );
}

export function InspectView({ verdictId }: { verdictId: VerdictId }) {
  useCursorHere(verdictId);
  const query = useQuery(
    engine.finding.inspect.queryOptions({ input: { verdictId }, staleTime: 0, placeholderData: (before) => before }),
  );
  if (query.error)
    return (
      <div className="page-inner">
        <Failure error={query.error} />
        <span>
          <Button icon={ArrowLeft} onClick={() => go('faces')}>
            Back to the faces
          </Button>
        </span>
      </div>
    );
  return query.data ? (
    <Inspected inspection={query.data} verdictId={verdictId} awaited={query.isPlaceholderData} />
  ) : null;
}
