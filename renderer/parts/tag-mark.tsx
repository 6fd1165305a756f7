// A tag as it is seen: its colour with the first sign of its name, so that it is told without colour.
import type { Tag } from '../../contract/tag.ts';
import { visibleText } from '../../contract/visible-text.ts';

/** The first letter or digit of the name. */
const signOf = ({ name }: Tag): string => /[\p{L}\p{N}]/u.exec(name)?.[0]?.toUpperCase() ?? '';

export const TagMark = ({ tag }: { tag: Tag }) => (
  <span className={`tag-mark tag-${tag.colour}`} title={visibleText(tag.name)} aria-hidden>
    {signOf(tag)}
  </span>
);
