// The op table: every op the graph knows, one row each. Reverse mode (gradient.ts), the ONNX
// lowering (models/onnx) and the tests all walk it; an op is added by one row in rows/ and one
// function in ops.ts.
import type { OpRow } from './op-row.ts';
import { arrangementRows } from './rows/arrangement.ts';
import { broadcastingRows } from './rows/broadcasting.ts';
import { channelRows } from './rows/channels.ts';
import { convolutionRows } from './rows/convolution.ts';
import { elementwiseRows } from './rows/elementwise.ts';
import { normalisationRows } from './rows/normalisation.ts';
import { poolingRows } from './rows/pooling.ts';
import { reductionRows } from './rows/reduction.ts';

export const opTable = {
  ...elementwiseRows,
  ...broadcastingRows,
  ...reductionRows,
  ...arrangementRows,
  ...convolutionRows,
  ...channelRows,
  ...normalisationRows,
  ...poolingRows,
} satisfies Record<string, OpRow>;

export type OpName = keyof typeof opTable;
