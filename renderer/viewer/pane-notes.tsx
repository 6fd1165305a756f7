// What a pane says instead of a picture, or above it.
import { EyeOff, TriangleAlert } from 'lucide-react';
import { HIDDEN_SCORE } from '../wording.ts';

export const Hidden = () => (
  <div className="pane-note">
    <EyeOff size={22} strokeWidth={1.5} aria-hidden />
    {HIDDEN_SCORE}
  </div>
);

export function Warning({ text }: { text: string }) {
  return (
    <div className="pane-warning">
      <TriangleAlert size={13} aria-hidden />
      {text}
    </div>
  );
}
