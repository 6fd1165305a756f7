// A case that is made and scanned without a window, by the installation that then shows it.
import { type Client, createClient, createEngine } from '../../engine/index.ts';

/** `home`: of the installation. `before`: what is asked of the case before its engine is closed. */
export async function makeScannedCase(
  { home, folder, title, paths }: { home: string; folder: string; title: string; paths: string[] },
  before: (client: Client) => Promise<void> = async () => {},
): Promise<void> {
  const engine = await createEngine({ appDataFolder: home });
  const client = createClient(engine);
  await client.case.create({ folder, title, reference: '', examiner: 'A. Reader' });
  const { id } = await client.scan.start({ paths });
  for await (const { job } of await client.job.watch()) if (job.id === id && job.state === 'done') break;
  await before(client);
  await engine.close();
}
