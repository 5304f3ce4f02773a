import { Anchor } from '@mantine/core';
import { useState } from 'react';
import { useDeleteStorage, useRescanStorage } from '@/entities/storage';
import type { Storage } from '@/entities/storage';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ConfirmDialog, notifyDone } from '@/shared/ui';

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  storage: Storage;
}

export function RescanDialog({ opened, onClose, storage }: DialogProps) {
  const words = texts.storages.rescanning;
  const rescan = useRescanStorage();
  const [key, setKey] = useState(newKey);
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.title(storage.name)}
      confirm={words.confirm}
      onConfirm={async () => {
        const { job_id } = await rescan.mutateAsync({ id: storage.id, key });
        setKey(newKey());
        notifyDone(
          <Anchor href={`/jobs/${job_id}`} size="sm">
            {words.look}
          </Anchor>,
          words.done(storage.name),
        );
      }}
    >
      {words.body}
    </ConfirmDialog>
  );
}

export function RemoveDialog({ opened, onClose, storage }: DialogProps) {
  const words = texts.storages.removal;
  const remove = useDeleteStorage();
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.title(storage.name)}
      confirm={texts.storages.remove}
      isDangerous
      onConfirm={async () => {
        await remove.mutateAsync(storage);
        notifyDone(words.done(storage.name));
      }}
    >
      {words.body}
    </ConfirmDialog>
  );
}
