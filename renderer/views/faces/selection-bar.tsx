// Below the tiles: the selected face in words, and the opinions one may give of it.

import { Anchor, Maximize2, NotebookPen, ScanFace, Tags } from 'lucide-react';
import { STANDING } from '../../../contract/opinion.ts';
import { ratioSentence } from '../../../contract/verbal-scale.ts';
import { decide, editNote } from '../../data/decide.ts';
import { clearMarks, isOfMany, useGrid } from '../../data/grid-state.ts';
import { useCase } from '../../data/open-case.ts';
import { nameOfSubject } from '../../data/opinion-desk.ts';
import { lookForSelected } from '../../data/persons.ts';
import { go } from '../../data/route.ts';
import { measureSelected } from '../../data/stability.ts';
import { editTags } from '../../data/tags.ts';
import { useChord } from '../../keys/key-actions.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { OpinionButton } from '../../parts/opinion-button.tsx';
import { countText } from '../../wording.ts';
import { machineWords } from './face-tile.tsx';

export function SelectionBar() {
  const state = useGrid();
  const { list, cursor, marked } = state;
  const many = isOfMany(state);
  const tagChord = useChord('tag.edit');
  const open = useCase();
  const stabilityChord = useChord('stability.selected');
  const findChord = useChord('persons.find');
  const row = list?.row(cursor);
  const readOnly = !open?.writable;
  if (!row) return <div className="selection" />;
  return (
    <section className="selection" aria-label="Selected face">
      {many ? (
        <div className="selection-words">
          <strong>{countText(marked.size, 'result selected', 'results selected')}</strong>
          <span className="selection-machine">
            An opinion is asked for once and entered for each, a tag for all.{' '}
            <button type="button" className="link-button" onClick={clearMarks}>
              Select one only
            </button>
          </span>
        </div>
      ) : (
        <div className="selection-words">
          <span className="selection-path mono" title={nameOfSubject(row)}>
            {nameOfSubject(row)}
          </span>
          <span className="selection-machine">
            {machineWords(row)}
            {row.log10LikelihoodRatio === null ? null : ` · ${ratioSentence(row.log10LikelihoodRatio)}`}
            {row.sizePx ? (
              <span className="muted"> · {countText(Math.round(row.sizePx), 'pixel', 'pixels')}</span>
            ) : null}
          </span>
        </div>
      )}
      <span className="muted selection-place">
        {cursor + 1} / {list?.total}
      </span>
      <fieldset className="opinion-buttons" aria-label="Your opinion">
        {STANDING.map((conclusion) => (
          <OpinionButton
            key={conclusion}
            conclusion={conclusion}
            current={many ? null : row.ownConclusion}
            disabled={readOnly || (!many && row.faceId === null)}
            onClick={() => void decide(conclusion)}
          />
        ))}
      </fieldset>
      <Button icon={NotebookPen} onClick={editNote} disabled={readOnly}>
        Note
      </Button>
      <IconButton icon={Tags} label="Tag" chord={tagChord} onClick={() => void editTags()} disabled={readOnly} />
      <IconButton
        icon={Anchor}
        label="Stability of the selected faces"
        chord={stabilityChord}
        onClick={() => void measureSelected()}
        disabled={readOnly}
      />
      <IconButton
        icon={ScanFace}
        label="Find this face"
        chord={findChord}
        onClick={() => lookForSelected(row)}
        disabled={row.faceId === null}
      />
      <Button icon={Maximize2} onClick={() => go('inspect', row.verdictId)}>
        Inspect
      </Button>
    </section>
  );
}
