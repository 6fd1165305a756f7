// The card beside a weights file: what people must know of a model and what the weights themselves
// cannot tell.
import * as z from 'zod';
import { modelSchema } from '../../contract/model.ts';

/**
 * A model as written to disk beside its weights: the contract's Model without the id, which is the
 * weights' hash (or that of the words of a correction), and without its retirement, which is a file
 * of its own.
 */
export const modelCardSchema = modelSchema.omit({ id: true, retired: true }).extend({ name: z.string().min(1) });
export type ModelCard = z.infer<typeof modelCardSchema>;
