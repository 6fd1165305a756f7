export function ModelsView(_: { verdictId?: unknown }) {
  return <p>models</p>;
}
