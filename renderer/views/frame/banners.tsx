// What holds on every screen: that nothing here is for casework, or that the case can only be looked at.
import { useCase } from '../../data/open-case.ts';
import { DEMONSTRATION_NOTICE, READ_ONLY_NOTICE } from '../../wording.ts';

export function Banners({ demonstration }: { demonstration: boolean }) {
  const open = useCase();
  const notices = [
    ...(demonstration ? [DEMONSTRATION_NOTICE] : []),
    ...(open && !open.writable ? [READ_ONLY_NOTICE] : []),
  ];
  return (
    <div className="banners">
      {notices.map((notice) => (
        <div key={notice} className="banner" role="note">
          {notice}
        </div>
      ))}
    </div>
  );
}
