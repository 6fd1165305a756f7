// A key chord drawn as keys.
import { keysFromChord } from '../keys/chord.ts';

export function Keys({ chord }: { chord: string }) {
  if (!chord) return null;
  return (
    <span className="keys">
      {keysFromChord(chord).map((key) => (
        <kbd className="key" key={key}>
          {key}
        </kbd>
      ))}
    </span>
  );
}
