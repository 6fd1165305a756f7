// Starts an engine for one command and closes it afterwards, whatever happens.
import { appDataFolder, type Client, createClient, createEngine } from '../engine/index.ts';

/** Gives `use` a client of a fresh engine. */
export async function withEngine<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const engine = await createEngine({ appDataFolder: appDataFolder() });
  try {
    return await use(createClient(engine));
  } finally {
    await engine.close();
  }
}
