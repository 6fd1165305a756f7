// Adam (Kingma & Ba, 2015) as PyTorch does it, on plain arrays: torch.optim.Adam, whose weight
// decay is added to the gradient, and torch.optim.AdamW, whose weight decay shrinks the weight
// itself (Loshchilov & Hutter, 2019).

/** Defaults of PyTorch but for the decay. */
export type AdamConfig = {
  readonly kind: 'adam' | 'adamw';
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
};

/** The paper's: Adam with a weight decay of 1e-5. */
export const PAPER_ADAM: AdamConfig = { kind: 'adam', weightDecay: 1e-5, beta1: 0.9, beta2: 0.999, eps: 1e-8 };

/**
 * One weight with what Adam remembers of it: running means of the gradient and of its square. All
 * of one length.
 */
export type AdamSlot = { weight: Float32Array; first: Float32Array; second: Float32Array };

/** Moves `slot.weight` against `gradient`, in place. `step` counts from 1. */
export function adamStep(
  { weight, first, second }: AdamSlot,
  gradient: Float32Array,
  at: { step: number; learningRate: number },
  { kind, weightDecay, beta1, beta2, eps }: AdamConfig,
): void {
  const rate = at.learningRate / (1 - beta1 ** at.step);
  const unbias = 1 / Math.sqrt(1 - beta2 ** at.step);
  const shrink = kind === 'adamw' ? 1 - at.learningRate * weightDecay : 1;
  const decay = kind === 'adam' ? weightDecay : 0;
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i]! + decay * weight[i]!;
    const m = beta1 * first[i]! + (1 - beta1) * g;
    const v = beta2 * second[i]! + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    weight[i] = weight[i]! * shrink - (rate * m) / (Math.sqrt(v) * unbias + eps);
  }
}
