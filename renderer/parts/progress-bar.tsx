// How far something is: a bar where the whole is known, a wandering piece where it is not.

/** `words` is read out. `wanders` is for work that goes on without a known whole. */
export function ProgressBar({
  label,
  done,
  total,
  words,
  wanders,
}: {
  label: string;
  done: number;
  total: number | null;
  words: string;
  wanders: boolean;
}) {
  const known = total !== null && total > 0;
  return (
    <div
      className={`progress${known || !wanders ? '' : ' progress-unknown'}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total ?? undefined}
      aria-valuenow={known ? Math.min(done, total) : undefined}
      aria-valuetext={words}
    >
      <div className="progress-bar" style={known ? { width: `${Math.min(100, (100 * done) / total)}%` } : {}} />
    </div>
  );
}
