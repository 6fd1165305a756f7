export function ActivityView(_: { verdictId?: unknown }) {
  return <p>activity</p>;
}
