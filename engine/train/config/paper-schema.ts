// The keys of the paper's YAML files: the model's (`Recce.yml`), and a branch of the data set's
// that it names.
import * as z from 'zod';

export const modelFileSchema = z.looseObject({
  model: z.looseObject({ name: z.literal('Recce'), num_classes: z.union([z.literal(1), z.literal(2)]).default(1) }),
  config: z.looseObject({
    lambda_1: z.number().min(0),
    lambda_2: z.number().min(0),
    distribute: z.unknown().optional(),
    optimizer: z.looseObject({
      name: z.enum(['adam', 'adamw']),
      lr: z.number().positive(),
      weight_decay: z.number().min(0).default(0),
    }),
    scheduler: z
      .looseObject({
        name: z.literal('StepLR'),
        step_size: z.number().int().positive(),
        gamma: z.number().positive().default(0.1),
      })
      .nullish(),
    warmup_step: z.number().int().nonnegative().default(0),
    resume: z.boolean().default(false),
    resume_best: z.boolean().default(false),
    id: z.coerce.string().default('recce'),
    loss: z.enum(['binary_ce', 'cross_entropy']).default('binary_ce'),
    metric: z.enum(['Acc', 'AUC', 'LogLoss']).default('Acc'),
    debug: z.boolean().default(false),
    device: z.string().optional(),
    ckpt: z.string().optional(),
  }),
  data: z.looseObject({
    train_batch_size: z.number().int().positive(),
    val_batch_size: z.number().int().positive().default(64),
    test_batch_size: z.number().int().positive().optional(),
    num_workers: z.number().int().nonnegative().optional(),
    name: z.string(),
    file: z.string(),
    train_branch: z.string().default('train_cfg'),
    val_branch: z.string().default('test_cfg'),
    test_branch: z.string().optional(),
  }),
});

const transformSchema = z.looseObject({ name: z.string(), params: z.looseObject({}).optional() });
export const branchSchema = z.looseObject({
  root: z.string(),
  split: z.string().optional(),
  method: z.union([z.string(), z.array(z.string())]).optional(),
  compression: z.string().optional(),
  balance: z.boolean().default(false),
  log_steps: z.number().int().positive().default(1000),
  val_steps: z.number().int().positive().default(1000),
  num_steps: z.number().int().positive().optional(),
  num_image_train: z.number().int().nullish(),
  transforms: z.array(transformSchema).default([]),
});
export type ModelFile = z.infer<typeof modelFileSchema>;
export type Branch = z.infer<typeof branchSchema>;
