// What a model is called where it stands among others. Checkpoints often bear one name:
// `model_best.bin` is that of every training.

/** `id` is the SHA-256 of its weights. */
type Named = { id: string; name: string };

/** The name, with the beginning of the hash where another of `models` has the same. */
export function nameAmong(model: Named, models: readonly Named[]): string {
  const isAlone = models.every((one) => one.id === model.id || one.name !== model.name);
  return isAlone ? model.name : `${model.name} · ${model.id.slice(0, 8)}`;
}
