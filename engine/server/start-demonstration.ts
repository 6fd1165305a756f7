// What `npm start` opens the workstation with.
import path from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../contract/procedures.ts';

/**
 * Makes or opens the demonstration case under `folder` and scans it; work already done is not done
 * again. The scan is left out when the examiner has opened another case meanwhile.
 */
export async function startDemonstration(client: ContractRouterClient<Contract>, folder: string): Promise<void> {
  const demonstration = await client.case.createDemonstration({ folder: path.resolve(folder) });
  const current = await client.case.current();
  if (current?.folder === demonstration.case.folder) await client.scan.start({ paths: [demonstration.photographs] });
}
