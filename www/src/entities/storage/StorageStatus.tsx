import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Storage } from './queries';

const words = texts.storages.check;

/** How the last probe of a storage went. */
export function StorageStatus({ storage, plain }: { storage: Pick<Storage, 'check'>; plain?: boolean }) {
  if (!storage.check) {
    return (
      <Status tone="quiet" plain={plain}>
        {words.never}
      </Status>
    );
  }
  return (
    <Status tone={storage.check.ok ? 'ok' : 'bad'} plain={plain}>
      {storage.check.ok ? words.ok : words.failed}
    </Status>
  );
}
