// The paper's configuration (Recce.yml) as the settings of a run. Its faces are cut on the command
// line, where its set lies.
import { useMutation } from '@tanstack/react-query';
import { FileCog } from 'lucide-react';
import type { ReadTrainingConfig } from '../../../contract/training.ts';
import { chooseFiles } from '../../data/chooser.ts';
import { Button } from '../../parts/button.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { client } from '../../transport.ts';

export function ConfigReader({ onRead }: { onRead: (config: ReadTrainingConfig) => void }) {
  const reading = useMutation({
    mutationFn: (path: string) => client.train.readConfig({ path }),
    onSuccess: onRead,
  });
  const choose = async (): Promise<void> => {
    const [path] = await chooseFiles('Choose a configuration', 'file');
    if (path) reading.mutate(path);
  };
  const config = reading.data;
  return (
    <>
      <div>
        <Button small icon={FileCog} disabled={reading.isPending} onClick={() => void choose()}>
          Read the paper’s Recce.yml
        </Button>
      </div>
      <Failure error={reading.error} />
      {config ? (
        <Message title={`The settings are those of ${config.request.name}.`}>
          <p>
            Its set: <span className="mono">{config.set.folder}</span>. Cut its faces with{' '}
            <code>recce faces extract</code>, then choose their folder.
          </p>
          {config.remarks.map((remark) => (
            <p key={remark} className="secondary">
              {remark}
            </p>
          ))}
        </Message>
      ) : null}
    </>
  );
}
