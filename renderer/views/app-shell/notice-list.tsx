// Notices in the corner.
import { X } from 'lucide-react';
import { dismiss, notices } from '../../data/notices.ts';
import { useStore } from '../../data/store.ts';
import { Button, IconButton } from '../../parts/button.tsx';

export function NoticeList() {
  const shown = useStore(notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {shown.map(({ id, text, tone, times, action }) => (
        <div key={id} className={`notice notice-${tone}`}>
          <span className="notice-text">{text}</span>
          {times > 1 ? <span className="badge">{times} times</span> : null}
          {action ? (
            <Button small onClick={action.run}>
              {action.label}
            </Button>
          ) : null}
          <IconButton icon={X} size={14} label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
