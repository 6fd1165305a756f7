// Every setting a run was started with.
import type { Model } from '../../../contract/model.ts';
import { sourcesOf, type TrainingRun, type TrainingSource } from '../../../contract/training.ts';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { DEVICE_WORDS, instantText, numberText } from '../../wording.ts';

type Request = TrainingRun['request'];

const baseText = ({ base }: Request, models: readonly Model[]): string =>
  base.kind === 'fresh'
    ? `a fresh network of width ${base.width}, ${base.inputPx} pixels, faces cut out by ${base.cropRecipe}`
    : `${models.find(({ id }) => id === base.modelId)?.name ?? base.modelId}${base.width ? `, widened to ${base.width}` : ''}${base.inputPx ? `, at ${base.inputPx} pixels` : ''}`;

function rateText({ learningRate, warmupSteps, schedule }: Request): string {
  const words =
    schedule.kind === 'step'
      ? `step schedule: gamma ${schedule.gamma} every ${numberText(schedule.stepSize)} steps`
      : schedule.kind === 'cosine'
        ? 'cosine schedule'
        : 'constant schedule';
  return `${learningRate}, ${warmupSteps > 0 ? `warm-up of ${numberText(warmupSteps)} steps, ` : ''}${words}`;
}

function sourceText(source: TrainingSource): string {
  if (source.kind === 'portraits') return 'Portraits';
  if (source.kind === 'faces') return 'Extracted faces';
  return source.forge ? 'Faces already cut, forged here' : 'Faces already cut';
}

function factsOf({ id, request, endedAt, placement }: TrainingRun, models: readonly Model[]): (Fact | null)[] {
  const { data, freeze, averageDecay, patience } = request;
  return [
    ['Starts from', baseText(request, models)],
    ...sourcesOf(data).map(
      (source, _, all): Fact => [
        all.length > 1 ? `${sourceText(source)}, weight ${source.weight}` : sourceText(source),
        <span key={source.folder} className="mono">
          {source.folder}
        </span>,
      ],
    ),
    [
      'Frozen layers',
      freeze.length > 0 ? (
        <span key="freeze" className="mono">
          {freeze.join(' ')}
        </span>
      ) : (
        'nothing'
      ),
    ],
    ['BatchNorm', request.frozenStatistics ? 'statistics kept' : 'statistics of the batches'],
    ['Steps', `${numberText(request.steps)}, batch size ${request.batchSize}`],
    ['Optimiser', `${request.optimiser === 'adam' ? 'Adam' : 'AdamW'}, weight decay ${request.weightDecay}`],
    ['Learning rate', rateText(request)],
    request.shapeJitter === 0 ? null : ['Shape jitter', `up to ${request.shapeJitter} of the face`],
    averageDecay === null ? null : ['EMA of the weights', `decay ${averageDecay}`],
    [
      'Objective',
      `reconstruction × ${request.reconstructionWeight}, metric × ${request.metricWeight}, flood ${request.flood}`,
    ],
    [
      'Validation',
      `every ${numberText(request.validateEvery)} steps, best by ${request.selectBy}${patience === null ? '' : `, patience ${patience}`}`,
    ],
    ['Runs on', placement ? `${DEVICE_WORDS[placement.provider]}: ${placement.device}` : DEVICE_WORDS[request.device]],
    placement ? ['Chosen because', placement.reason] : null,
    ['Seed', String(request.seed)],
    ['Run', <Copyable key="id" text={id} name="the id of the run" />],
    endedAt ? ['Ended', instantText(endedAt)] : null,
  ];
}

export const RunFacts = ({ run, models }: { run: TrainingRun; models: readonly Model[] }) => (
  <Facts facts={factsOf(run, models)} />
);
