// One tile: the face, what the machine says of it, what this examiner says of it. Props in, pixels
// out.

import { EyeOff, FileWarning, Film, ImageOff, Users } from 'lucide-react';
import { type MouseEvent, memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { TagId } from '../../../contract/brand.ts';
import type { Finding } from '../../../contract/finding.ts';
import { timeText } from '../../../contract/subject-words.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import {
  CONCLUSION_WORDS,
  KIND_WORDS,
  kindLabel,
  LEANING_WORDS,
  scoreText,
  unscoredWords,
} from '../../../contract/wording.ts';
import { caseFolderGone, pictureFailed } from '../../data/case-folder.ts';
import { tileDrawn } from '../../data/drawn-tiles.ts';
import { nameOfSubject } from '../../data/opinion-desk.ts';
import { pictureUrl } from '../../data/pictures.ts';
import { go } from '../../data/route.ts';
import { useStore } from '../../data/store.ts';
import { tagsOf, useTags } from '../../data/tags.ts';
import { ConclusionMark, KIND_ICONS, LeaningMark } from '../../parts/marks.tsx';
import { TagMark } from '../../parts/tag-mark.tsx';
import { ALTERED_WORDS, countText, HIDDEN_SCORE } from '../../wording.ts';

/** The machine's side in words. */
export function machineWords(row: Finding): string {
  if (row.kind !== 'scored')
    return row.unscored ? unscoredWords(row.unscored, row.leftOut) : kindLabel(row.kind, row.leftOut);
  if (row.hidden || row.score === null) return HIDDEN_SCORE;
  return `raw score ${scoreText(row.score)}${row.leaning ? `, ${LEANING_WORDS[row.leaning]}` : ''}`;
}

/** Everything the tile shows, for a screen reader. */
const tileWords = (row: Finding): string =>
  [
    `${nameOfSubject(row)}, ${machineWords(row)}.`,
    row.altered ? ALTERED_WORDS[row.altered] : '',
    row.ownConclusion ? `Your opinion: ${CONCLUSION_WORDS[row.ownConclusion]}.` : 'No opinion of yours.',
    othersOf(row) > 0 ? countText(othersOf(row), 'other opinion', 'other opinions') : '',
  ].join(' ');

/** How many other people's opinions this examiner may see. */
const othersOf = (row: Finding): number => row.conclusions.length - (row.ownConclusion ? 1 : 0);

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Longer side of the picture of a file without a face, pixels. */
const WHOLE_PX = 320;

/** The face; of a file without one the file itself, so that a face that was missed is seen. */
const addressOf = ({ cropSha256, verdictId, kind, evidenceId }: Finding): string | undefined =>
  cropSha256
    ? pictureUrl({ kind: 'crop', id: verdictId })
    : kind === 'noFace'
      ? pictureUrl({ kind: 'evidence', id: evidenceId, maxPx: WHOLE_PX })
      : undefined;

function Picture({ row, failed, onFailed }: { row: Finding; failed: boolean; onFailed: () => void }) {
  const Icon = KIND_ICONS[row.kind];
  const address = addressOf(row);
  const [loaded, setLoaded] = useState<string>();
  const isDrawn = !address || failed || loaded === address;
  useLayoutEffect(() => (isDrawn ? tileDrawn(row.verdictId) : undefined), [isDrawn, row.verdictId]);
  if (address && !failed)
    return (
      <img
        src={address}
        alt=""
        draggable={false}
        decoding="async"
        loading="lazy"
        data-drawn={isDrawn || undefined}
        onLoad={() => setLoaded(address)}
        onError={onFailed}
      />
    );
  return (
    <span className="tile-nothing">
      <Icon size={26} strokeWidth={1.4} aria-hidden />
      <span className="tile-file">{visibleText(fileName(row.shownPath))}</span>
    </span>
  );
}

/** No score is shown beside a picture that is not there. */
function Caption({ row, failed }: { row: Finding; failed: boolean }) {
  const Icon = KIND_ICONS[row.kind];
  if (failed && row.cropSha256)
    return (
      <span className="tile-kind">
        <ImageOff size={12} aria-hidden />
        picture missing
      </span>
    );
  if (row.kind !== 'scored')
    return (
      <span className="tile-kind">
        <Icon size={12} aria-hidden />
        {row.leftOut ? 'No face in part' : KIND_WORDS[row.kind].short}
      </span>
    );
  if (row.score === null)
    return (
      <span className="tile-kind">
        <EyeOff size={12} aria-hidden />
        hidden
      </span>
    );
  return (
    <>
      <span className="tile-score mono">{scoreText(row.score)}</span>
      {row.leaning ? <LeaningMark leaning={row.leaning} /> : null}
    </>
  );
}

/** Tags shown on a tile; of more their number. */
const TAGS_SHOWN = 4;

function TileTags({ ids }: { ids: readonly TagId[] }) {
  const tags = tagsOf(useTags(), ids);
  const left = tags.length - TAGS_SHOWN;
  return (
    <span className="tile-tags">
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <TagMark key={tag.id} tag={tag} />
      ))}
      {left > 0 ? <span className="tag-mark tag-grey">+{left}</span> : null}
    </span>
  );
}

const TagWords = ({ ids }: { ids: readonly TagId[] }): string =>
  ` Tags: ${tagsOf(useTags(), ids)
    .map(({ name }) => visibleText(name))
    .join(', ')}.`;

/** Longest time between the clicks of a double click, ms. */
const DOUBLE_MS = 1500;

/** Alone, together with what is selected, or all from where the selection began. */
export type HowSelected = 'alone' | 'toggle' | 'range';

const howFrom = ({ shiftKey, ctrlKey, metaKey }: MouseEvent): HowSelected =>
  shiftKey ? 'range' : ctrlKey || metaKey ? 'toggle' : 'alone';

type TileProps = {
  row: Finding | undefined;
  index: number;
  total: number;
  selected: boolean;
  /** Where the keys are, among several that are selected. */
  current: boolean;
  tilePx: number;
  onSelect: (index: number, how: HowSelected) => void;
};

export const FaceTile = memo(function FaceTile({ row, index, total, selected, current, tilePx, onSelect }: TileProps) {
  const others = row ? othersOf(row) : 0;
  const begunAt = useRef(Number.NEGATIVE_INFINITY);
  const gone = useStore(caseFolderGone);
  const [failed, setFailed] = useState(false);
  // Back in its place, the folder gives its pictures again.
  useEffect(() => {
    if (!gone) setFailed(false);
  }, [gone]);
  const onFailed = (): void => {
    setFailed(true);
    // A film has no picture of itself as a whole.
    if (row?.cropSha256) void pictureFailed();
  };
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the listbox, which names the active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys
    <div
      id={row ? `face-${row.verdictId}` : undefined}
      className={`tile${row ? ` tile-${row.kind}` : ' tile-waiting'}`}
      role="option"
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={total}
      title={
        row
          ? `${nameOfSubject(row)}\n${machineWords(row)}${row.altered ? `\n${ALTERED_WORDS[row.altered]}` : ''}`
          : undefined
      }
      style={{ width: tilePx }}
      data-current={current || undefined}
      onClick={(event) => {
        if (event.detail <= 1) begunAt.current = event.timeStamp;
        // The second click of a double click whose first was on something that has gone since.
        if (event.timeStamp - begunAt.current < DOUBLE_MS) onSelect(index, howFrom(event));
      }}
      onDoubleClick={(event) => {
        if (row && event.timeStamp - begunAt.current < DOUBLE_MS) go('inspect', row.verdictId);
      }}
    >
      <span className="unseen">
        {row ? tileWords(row) : 'Loading'}
        {row?.tags.length ? <TagWords ids={row.tags} /> : null}
      </span>
      <div className="tile-picture" style={{ height: tilePx }} aria-hidden>
        {row ? <Picture row={row} failed={failed} onFailed={onFailed} /> : null}
        {row?.ownConclusion ? (
          <span className="tile-own">
            <ConclusionMark conclusion={row.ownConclusion} size={22} />
          </span>
        ) : null}
        {row && row.timeMs !== null ? (
          <span className="tile-time">
            <Film size={11} aria-hidden />
            {timeText(row.timeMs)}
          </span>
        ) : null}
        {row?.altered ? (
          <span className="tile-altered">
            <FileWarning size={12} />
            file {row.altered}
          </span>
        ) : null}
        {row?.tags.length ? <TileTags ids={row.tags} /> : null}
        {others > 0 ? (
          <span className="tile-others">
            <Users size={11} aria-hidden />
            {others}
          </span>
        ) : null}
      </div>
      <div className="tile-caption" aria-hidden>
        {row ? <Caption row={row} failed={failed} /> : null}
      </div>
    </div>
  );
});
