// The learning rate of every step, as a function of the step alone: a resumed run needs no more
// than its step.

/** How the rate decays after the warm-up. */
export type ScheduleConfig = {
  /** Largest rate. */
  readonly learningRate: number;
  /** Steps over which the rate rises from 0 in a straight line. */
  readonly warmupSteps: number;
  readonly decay:
    | { readonly kind: 'constant' }
    /** torch.optim.lr_scheduler.StepLR: times `gamma` every `stepSize` steps. */
    | { readonly kind: 'step'; readonly stepSize: number; readonly gamma: number }
    /** Half a cosine down to 0 at `totalSteps` (Loshchilov & Hutter, 2017), warm-up included. */
    | { readonly kind: 'cosine'; readonly totalSteps: number };
};

/** The paper's: 2e-4, halved every 22,500 steps. */
export const PAPER_SCHEDULE: ScheduleConfig = {
  learningRate: 2e-4,
  warmupSteps: 0,
  decay: { kind: 'step', stepSize: 22_500, gamma: 0.5 },
};

/** Rate of `step`, counted from 1. */
export function learningRateAt(step: number, { learningRate, warmupSteps, decay }: ScheduleConfig): number {
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  const since = step - 1 - warmupSteps;
  switch (decay.kind) {
    case 'constant':
      return learningRate;
    case 'step':
      return learningRate * decay.gamma ** Math.floor(since / decay.stepSize);
    case 'cosine': {
      const share = Math.min(1, since / Math.max(1, decay.totalSteps - warmupSteps));
      return (learningRate * (1 + Math.cos(Math.PI * share))) / 2;
    }
  }
}
