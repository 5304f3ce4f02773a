import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Server } from './queries';

const words = texts.servers.check;

/** How the last test of a server went. */
export function ServerStatus({ server, plain }: { server: Pick<Server, 'check'>; plain?: boolean }) {
  if (!server.check) {
    return (
      <Status tone="quiet" plain={plain}>
        {words.never}
      </Status>
    );
  }
  return (
    <Status tone={server.check.ok ? 'ok' : 'bad'} plain={plain}>
      {server.check.ok ? words.ok : words.failed}
    </Status>
  );
}
