// Puts a tag on what is selected, or on all that the filter shows, or takes it off: which, on how many,
// and what a new one looks like.
import { useState } from 'react';
import { isSameName } from '../../../contract/examiner-name.ts';
import {
  NO_OPINION_BY_TAG,
  nextTagColour,
  saysOpinion,
  type Tag,
  tagColourSchema,
  tagKeySchema,
  tagNameSchema,
} from '../../../contract/tag.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { capitalised } from '../../../contract/wording.ts';
import { grid } from '../../data/grid-state.ts';
import { nameOfSubject } from '../../data/opinion-desk.ts';
import { useSettings } from '../../data/settings.ts';
import { allShown, defineTag, putTag, subjectsOf, type TagTarget, useTags } from '../../data/tags.ts';
import { actionOf, KEY_TABLE } from '../../keys/key-table.ts';
import { Field, Input, Segments } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Keys } from '../../parts/key.tsx';
import { TagMark } from '../../parts/tag-mark.tsx';
import { countText, numberText } from '../../wording.ts';

const results = (n: number): string => countText(n, 'result', 'results');

/** Tags of the case, of which choosing one writes its name into the field. */
function Known({
  tags,
  targets,
  onChoose,
}: {
  tags: readonly Tag[];
  targets: readonly TagTarget[];
  onChoose: (tag: Tag) => void;
}) {
  const onOf = ({ id }: Tag): number => targets.filter((one) => id !== null && one.tags.includes(id)).length;
  const words = (n: number): string =>
    n === 0 ? '' : targets.length === 1 ? 'is on it' : `on ${numberText(n)} of these`;
  return (
    <fieldset className="tag-choices" aria-label="Tags of this case">
      {tags.map((tag) => (
        <button key={tag.name} type="button" className="tag-choice" onClick={() => onChoose(tag)}>
          <TagMark tag={tag} />
          <span className="tag-name">{visibleText(tag.name)}</span>
          <span className="muted">{words(onOf(tag))}</span>
          {tag.key ? <Keys chord={tag.key} /> : null}
        </button>
      ))}
    </fieldset>
  );
}

/** Why the key is none for a tag; undefined where it is. */
function useWhyNoKey(key: string): string | undefined {
  const { keys } = useSettings();
  if (key === '') return undefined;
  if (!tagKeySchema.safeParse(key).success) return 'One letter or one digit.';
  const action = actionOf(key, keys);
  return action && `“${KEY_TABLE[action].label}” has this key.`;
}

type Shape = { colour: Tag['colour']; key: string };

function Look({ shape, why, onChange }: { shape: Shape; why: string | undefined; onChange: (shape: Shape) => void }) {
  return (
    <div className="tag-shape">
      <div className="field">
        <span className="field-label">Colour</span>
        <Segments
          label="Colour"
          value={shape.colour}
          choices={tagColourSchema.options.map((value) => ({
            value,
            name: value,
            label: (
              <>
                <span className={`tag-mark tag-${value}`} aria-hidden /> {capitalised(value)}
              </>
            ),
          }))}
          onChange={(colour) => onChange({ ...shape, colour })}
        />
      </div>
      <Field label="Key" hint={why ?? 'Optional. On the face, it puts the tag on and takes it off.'}>
        <Input
          className="tag-key"
          value={shape.key}
          maxLength={1}
          onChange={(event) => onChange({ ...shape, key: event.target.value.toLowerCase() })}
        />
      </Field>
    </div>
  );
}

export function TagDialog({
  targets,
  inList,
  onClose,
}: {
  targets: readonly TagTarget[];
  /** They are what is selected in the list: all of it can be tagged as well. */
  inList: boolean;
  onClose: () => void;
}) {
  const tags = useTags();
  const [total] = useState(() => (inList ? (grid.get().list?.remaining ?? 0) : 0));
  const [name, setName] = useState('');
  const [on, setOn] = useState<'on' | 'off'>('on');
  const [scope, setScope] = useState<'selected' | 'all'>('selected');
  const known = tags.find((one) => isSameName(one.name, name));
  const [changed, setChanged] = useState<Shape>();
  const shape = changed ?? { colour: known?.colour ?? nextTagColour(tags), key: known?.key ?? '' };
  const whyNoKey = useWhyNoKey(shape.key);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const n = scope === 'all' ? total : targets.length;
  const isNew = known?.id == null;
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      const key = shape.key === '' ? null : shape.key;
      if (on === 'on' && (isNew || known.colour !== shape.colour || known.key !== key))
        await defineTag({ name, colour: shape.colour, key });
      await putTag(name, on === 'on', scope === 'all' ? allShown() : subjectsOf(targets));
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const named = tagNameSchema.safeParse(name).success;
  const [first] = targets;
  return (
    <FormDialog
      title={targets.length === 1 && total < 2 ? 'Tag this result' : `Tag ${results(n)}`}
      submit={on === 'on' ? `Put on ${numberText(n)}` : `Take off ${numberText(n)}`}
      ready={
        !busy &&
        named &&
        (on === 'off' ? known?.id != null : whyNoKey === undefined && (known !== undefined || !saysOpinion(name)))
      }
      error={error}
      guarded
      size="wide"
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {first && scope === 'selected' ? (
        <p className="secondary mono">
          {nameOfSubject(first)}
          {targets.length > 1 ? ` and ${numberText(targets.length - 1)} more` : ''}
        </p>
      ) : null}
      <Field
        label="Tag"
        hint={
          named && !known && on === 'on'
            ? saysOpinion(name)
              ? NO_OPINION_BY_TAG
              : 'A new tag. Whether a face is forged is said by an opinion, not by a tag.'
            : 'Choose one below, or write the name of a new one.'
        }
      >
        <Input
          value={name}
          maxLength={60}
          data-first
          onChange={(event) => {
            setName(event.target.value);
            setChanged(undefined);
          }}
        />
      </Field>
      <Known
        tags={tags}
        targets={targets}
        onChoose={(tag) => {
          setName(tag.name);
          setChanged(undefined);
        }}
      />
      {named && on === 'on' ? <Look shape={shape} why={whyNoKey} onChange={setChanged} /> : null}
      <div className="tag-shape">
        <Segments
          label="What to do"
          value={on}
          choices={[
            { value: 'on', label: 'Put on' },
            { value: 'off', label: 'Take off' },
          ]}
          onChange={setOn}
        />
        {total > targets.length ? (
          <Segments
            label="Of what"
            value={scope}
            choices={[
              { value: 'selected', label: `${numberText(targets.length)} selected` },
              { value: 'all', label: `All ${numberText(total)} that the filter shows` },
            ]}
            onChange={setScope}
          />
        ) : null}
      </div>
      <p className="secondary">One entry of the log, and one undo takes all of it back.</p>
    </FormDialog>
  );
}
