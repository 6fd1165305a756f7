// A key chord drawn as keys.
import { Fragment } from 'react';
import { keysFromChord } from '../keys/chord.ts';

export function Keys({ chord }: { chord: string }) {
  if (!chord) return null;
  return (
    <span className="keys">
      {keysFromChord(chord).map((key, i) => (
        <Fragment key={key}>
          {/* Read out as two words; not seen between boxes. */}
          {i > 0 ? ' ' : null}
          <kbd className="key">{key}</kbd>
        </Fragment>
      ))}
    </span>
  );
}
