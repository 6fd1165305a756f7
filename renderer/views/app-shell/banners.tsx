// What holds on every screen: that nothing here is for casework, that the case can only be looked
// at, or that the case which was to be open could not be opened.
import { useQuery } from '@tanstack/react-query';
import type { NotOpened } from '../../../contract/case.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { DEMONSTRATION_NOTICE } from '../../../contract/wording.ts';
import { caseFolderGone } from '../../data/case-folder.ts';
import { engine } from '../../data/engine.ts';
import { useCase } from '../../data/open-case.ts';
import { useStore } from '../../data/store.ts';
import { readOnlyNotice } from '../../wording.ts';

/** Most reasons name the folder themselves. */
const notOpenedWords = ({ folder, message }: NotOpened): string =>
  message.includes(folder) ? `The case was not opened. ${message}` : `The case ${folder} was not opened. ${message}`;

export function Banners({ demonstration }: { demonstration: boolean }) {
  const open = useCase();
  const gone = useStore(caseFolderGone);
  const notOpened = useQuery(engine.case.notOpened.queryOptions({ staleTime: 0 })).data;
  const notices = [
    ...(demonstration ? [DEMONSTRATION_NOTICE] : []),
    ...(open && !open.writable ? [readOnlyNotice(open.readOnlyBecause)] : []),
    ...(open?.warnings ?? []),
  ];
  if (notices.length === 0 && !(notOpened && !open) && !gone) return null;
  return (
    <section className="banners" aria-label="Notices">
      {notOpened && !open ? (
        <div className="banner banner-danger" role="alert">
          {visibleText(notOpenedWords(notOpened))}
        </div>
      ) : null}
      {gone && open ? (
        <div className="banner banner-danger" role="alert">
          {`The folder of this case is gone: ${visibleText(open.folder)}. Nothing can be shown or recorded until it is back at its place.`}
        </div>
      ) : null}
      {notices.map((notice) => (
        <div key={notice} className="banner" role="note">
          {notice}
        </div>
      ))}
    </section>
  );
}
