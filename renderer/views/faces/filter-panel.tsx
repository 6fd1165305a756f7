// The filter at the left: each facet with how many results each choice would give, and views kept
// under a name.
import { Search, Users } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { FaceGroupId, TagId } from '../../../contract/brand.ts';
import { groupTitle } from '../../../contract/face-groups-words.ts';
import type { FindingFacets, FindingFilter } from '../../../contract/finding.ts';
import { STANDING } from '../../../contract/opinion.ts';
import type { Leaning, VerdictKind } from '../../../contract/verdict.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { capitalised, KIND_WORDS, LEANING_WORDS } from '../../../contract/wording.ts';
import { NO_FILTER, setCursor, setFilter, useGrid } from '../../data/grid-state.ts';
import { useNamedGroups } from '../../data/groups.ts';
import { useSession } from '../../data/open-case.ts';
import { useTags } from '../../data/tags.ts';
import { Button } from '../../parts/button.tsx';
import { Check, Input, Slider } from '../../parts/field.tsx';
import { ConclusionMark, KIND_ICONS, LeaningMark } from '../../parts/marks.tsx';
import { TagMark } from '../../parts/tag-mark.tsx';
import { conclusionName, numberText } from '../../wording.ts';
import { SavedViews } from './saved-views.tsx';
import { ScoreRange } from './score-range.tsx';

function Facet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="facet" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** Check boxes of one facet. None checked is the same as all: no restriction. */
function Choices<T extends string>({
  values,
  chosen,
  counts,
  mark,
  label,
  onChange,
}: {
  values: readonly T[];
  chosen: readonly T[] | undefined;
  counts: Partial<Record<T, number>> | undefined;
  mark: (value: T) => ReactNode;
  label: (value: T) => string;
  onChange: (chosen: T[] | undefined) => void;
}) {
  const toggle = (value: T) => (on: boolean) => {
    const next = on ? [...(chosen ?? []), value] : (chosen ?? []).filter((one) => one !== value);
    onChange(next.length > 0 ? next : undefined);
  };
  return values.map((value) => (
    <Check key={value} checked={chosen?.includes(value) ?? false} onChange={toggle(value)}>
      <span className="choice-mark">{mark(value)}</span>
      <span className="choice-label">{label(value)}</span>
      <span className="choice-count">{numberText(counts?.[value] ?? 0)}</span>
    </Check>
  ));
}

const KINDS = Object.keys(KIND_WORDS) as VerdictKind[];
const LEANINGS = Object.keys(LEANING_WORDS) as Leaning[];
const OWN = ['none', ...STANDING] as const;

/** Typing in the path filter takes effect after this pause, ms. */
const TYPING_MS = 180;

function PathFilter({ filter }: { filter: FindingFilter }) {
  const [text, setText] = useState(filter.pathContains ?? '');
  useEffect(() => setText(filter.pathContains ?? ''), [filter.pathContains]);
  useEffect(() => {
    if (text === (filter.pathContains ?? '')) return;
    const timer = setTimeout(() => setFilter({ ...filter, pathContains: text || undefined }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, filter]);
  return (
    <div className="filter-path">
      <Search size={14} aria-hidden />
      <Input
        id="filter-path"
        type="search"
        aria-label="File name contains"
        placeholder="File name contains"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          const leaves = event.key === 'Escape' && text === '';
          if (event.key !== 'Enter' && !leaves) return;
          event.preventDefault();
          event.stopPropagation();
          if (text !== (filter.pathContains ?? '')) setFilter({ ...filter, pathContains: text || undefined });
          toFirstFace();
        }}
      />
    </div>
  );
}

/** From the filter to what it leaves. */
function toFirstFace(): void {
  setCursor(0);
  document.querySelector<HTMLElement>('.grid-scroller')?.focus();
}

/** A lower bound, from nothing to the largest of the case. */
function Minimum({
  title,
  unit,
  value,
  max,
  onChange,
}: {
  title: string;
  unit: string;
  value: number | undefined;
  max: number;
  onChange: (value: number | undefined) => void;
}) {
  const [now, setNow] = useState(value ?? 0);
  useEffect(() => setNow(value ?? 0), [value]);
  const end = Math.max(1, Math.ceil(max));
  return (
    <Facet title={title}>
      <div className="facet-range">
        <span>{now > 0 ? `at least ${numberText(now)}${unit}` : 'any'}</span>
        <span className="muted">{numberText(end)}</span>
      </div>
      <Slider
        labels={[title]}
        value={[Math.min(now, end)]}
        min={0}
        max={end}
        step={Math.max(1, Math.round(end / 200))}
        onChange={([next]) => setNow(next!)}
        onCommit={([next]) => onChange(next! > 0 ? next : undefined)}
      />
    </Facet>
  );
}

/** Tags that are on any result, and those that the filter asks for. */
function TagFacet({
  facets,
  filter,
  onChange,
}: {
  facets: FindingFacets | undefined;
  filter: FindingFilter;
  onChange: (tags: TagId[] | undefined) => void;
}) {
  const counts = new Map(facets?.byTag.map(({ tagId, findings }) => [String(tagId), findings]));
  const chosen = filter.tags?.map(String);
  const shown = new Map(
    useTags().flatMap((tag) => {
      const id = String(tag.id);
      return counts.has(id) || chosen?.includes(id) ? [[id, tag]] : [];
    }),
  );
  if (shown.size === 0) return null;
  return (
    <Facet title="Tags">
      <Choices
        values={[...shown.keys()]}
        chosen={chosen}
        counts={Object.fromEntries(counts)}
        mark={(id) => <TagMark tag={shown.get(id)!} />}
        label={(id) => visibleText(shown.get(id)!.name)}
        onChange={(ids) => onChange(ids?.map((id) => Number(id) as TagId))}
      />
    </Facet>
  );
}

/** Groups of faces that have a name which may be seen, and those that the filter asks for. */
function GroupFacet({
  facets,
  filter,
  onChange,
}: {
  facets: FindingFacets | undefined;
  filter: FindingFilter;
  onChange: (groups: FaceGroupId[] | undefined) => void;
}) {
  const counts = new Map(facets?.byGroup.map(({ group, findings }) => [String(group), findings]));
  const chosen = filter.groups?.map(String);
  const named = useNamedGroups(counts.size > 0);
  const titles = new Map(
    named.flatMap((group) => (counts.has(String(group.id)) ? [[String(group.id), groupTitle(group)]] : [])),
  );
  for (const id of chosen ?? []) if (!titles.has(id)) titles.set(id, `Group ${id}`);
  if (titles.size === 0) return null;
  return (
    <Facet title="Groups of faces">
      <Choices
        values={[...titles.keys()]}
        chosen={chosen}
        counts={Object.fromEntries(counts)}
        mark={() => <Users size={14} aria-hidden />}
        label={(id) => titles.get(id)!}
        onChange={(ids) => onChange(ids?.map((id) => Number(id) as FaceGroupId))}
      />
    </Facet>
  );
}

export function FilterPanel({ facets }: { facets: FindingFacets | undefined }) {
  const { filter } = useGrid();
  const { examiner, blind } = useSession();
  const change = (next: Partial<FindingFilter>): void => setFilter({ ...filter, ...next });
  // Whose results are shown is no filter among them: the switch above the tiles says it.
  const { modelId, ...rest } = filter;
  const active = Object.keys(rest).length > 0;
  return (
    <aside className="filter" aria-label="Filter">
      <PathFilter filter={filter} />
      <div className="filter-scroll">
        <SavedViews />
        {filter.evidenceId ? (
          <Facet title="File">
            <Check checked onChange={() => change({ evidenceId: undefined })}>
              <span className="choice-label">Only the file inspected</span>
            </Check>
          </Facet>
        ) : null}
        <Facet title="Result">
          <Choices
            values={KINDS}
            chosen={filter.kinds}
            counts={facets?.byKind}
            mark={(kind) => {
              const Icon = KIND_ICONS[kind];
              return <Icon size={14} aria-hidden />;
            }}
            label={(kind) => KIND_WORDS[kind].label}
            onChange={(kinds) => change({ kinds })}
          />
        </Facet>
        <Facet title={blind ? 'Raw score (of faces you have decided)' : 'Raw score'}>
          <ScoreRange bins={facets?.scoreBins} filter={filter} onChange={change} />
        </Facet>
        <Facet title="Leaning">
          <Choices
            values={LEANINGS}
            chosen={filter.leanings}
            counts={facets?.byLeaning}
            mark={(leaning) => <LeaningMark leaning={leaning} />}
            label={(leaning) => capitalised(LEANING_WORDS[leaning])}
            onChange={(leanings) => change({ leanings })}
          />
        </Facet>
        {facets?.disagreed == null ? null : (
          <Facet title="Models">
            <Check
              checked={filter.modelsDisagree ?? false}
              onChange={(on) => change({ modelsDisagree: on ? true : undefined })}
            >
              <span className="choice-label">{blind ? 'Disagree (of faces you have decided)' : 'Disagree'}</span>
              <span className="choice-count">{numberText(facets.disagreed)}</span>
            </Check>
          </Facet>
        )}
        <Facet title={examiner ? `Opinion of ${examiner.name}` : 'Your opinion'}>
          <Choices
            values={OWN}
            chosen={filter.ownConclusions as (typeof OWN)[number][] | undefined}
            counts={facets?.byOwnConclusion}
            mark={(own) => <ConclusionMark conclusion={own === 'none' ? 'withdrawn' : own} size={15} />}
            label={(own) => (own === 'none' ? 'None yet' : conclusionName(own))}
            onChange={(ownConclusions) => change({ ownConclusions })}
          />
        </Facet>
        <TagFacet facets={facets} filter={filter} onChange={(tags) => change({ tags })} />
        <GroupFacet facets={facets} filter={filter} onChange={(groups) => change({ groups })} />
        <Facet title="Videos">
          <Check
            checked={filter.videoFrames === 'key'}
            onChange={(on) => change({ videoFrames: on ? 'key' : undefined })}
          >
            <span className="choice-label">Key faces of each track only</span>
          </Check>
        </Facet>
        <Minimum
          title="Face size"
          unit=" pixels"
          value={filter.sizePxMin}
          max={facets?.sizePxMax ?? 0}
          onChange={(sizePxMin) => change({ sizePxMin })}
        />
        <Minimum
          title="Sharpness"
          unit=""
          value={filter.sharpnessMin}
          max={facets?.sharpnessMax ?? 0}
          onChange={(sharpnessMin) => change({ sharpnessMin })}
        />
      </div>
      <div className="filter-foot">
        <Button small disabled={!active} onClick={() => setFilter({ ...NO_FILTER, modelId })}>
          Clear the filter
        </Button>
      </div>
    </aside>
  );
}
