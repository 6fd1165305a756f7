// The keys that examiners gave to tags: on the face that is selected or inspected.
import { type TagTarget, toggleTag, useTags } from '../data/tags.ts';
import { useOtherKeys } from './key-actions.ts';

/** Of what is selected in the list, or of these. */
export function useTagKeys(targets?: readonly TagTarget[]): void {
  const tags = useTags();
  useOtherKeys((chord) => {
    const tag = tags.find(({ key }) => key === chord);
    return tag && (() => void toggleTag(tag, targets));
  });
}
