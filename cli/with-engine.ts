// Starts an engine for one command and closes it afterwards, whatever happens.
import { appDataFolder, type Client, createClient, createEngine } from '../engine/index.ts';
import { processOutput } from './output.ts';

/**
 * What was found when the case was opened goes to standard error, whatever the command was and
 * however it ended.
 */
async function noteWarnings(client: Client): Promise<void> {
  const opened = await client.case.current().catch(() => null);
  for (const warning of opened?.warnings ?? []) processOutput(false).note(warning);
}

/** Gives `use` a client of a fresh engine. */
export async function withEngine<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const engine = await createEngine({ appDataFolder: appDataFolder() });
  const client = createClient(engine);
  try {
    return await use(client);
  } finally {
    await noteWarnings(client);
    await engine.close();
  }
}
