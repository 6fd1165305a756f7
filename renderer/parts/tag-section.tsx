// The tags on what is inspected: by whom, and a button that takes each off.
import { Tags, X } from 'lucide-react';
import type { TagOn } from '../../contract/tag.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { useCase } from '../data/open-case.ts';
import { editTags, type TagTarget, toggleTag, useTags } from '../data/tags.ts';
import { useChord } from '../keys/key-actions.ts';
import { instantText } from '../wording.ts';
import { Button, IconButton } from './button.tsx';
import { Keys } from './key.tsx';
import { TagMark } from './tag-mark.tsx';

export function TagSection({ target, marks }: { target: TagTarget; marks: readonly TagOn[] }) {
  const tags = useTags();
  const chord = useChord('tag.edit');
  const readOnly = !useCase()?.writable;
  const there = tags.filter(({ id }) => marks.some(({ tagId }) => tagId === id));
  return (
    <section className="dossier-block" aria-label="Tags">
      <h2 className="caps">Tags</h2>
      {there.length > 0 ? (
        <ul className="tag-list">
          {there.map((tag) => {
            const by = marks.filter(({ tagId }) => tagId === tag.id);
            return (
              <li key={tag.id}>
                <TagMark tag={tag} />
                <span className="tag-name">{visibleText(tag.name)}</span>
                <span className="muted" title={by.map(({ at }) => instantText(at)).join(', ')}>
                  {[...new Set(by.map(({ examinerName }) => examinerName))].join(', ')}
                </span>
                {readOnly ? null : (
                  <IconButton
                    icon={X}
                    size={13}
                    label={`Take off the tag ${visibleText(tag.name)}`}
                    onClick={() => void toggleTag(tag, [target])}
                  />
                )}
              </li>
            );
          })}
        </ul>
      ) : (
        <p className="muted">None.</p>
      )}
      {readOnly ? null : (
        <span>
          <Button small icon={Tags} onClick={() => void editTags([target])}>
            Tag
            {chord ? <Keys chord={chord} /> : null}
          </Button>
        </span>
      )}
    </section>
  );
}
