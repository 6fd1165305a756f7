export function InspectView(_: { verdictId?: unknown }) {
  return <p>inspect</p>;
}
