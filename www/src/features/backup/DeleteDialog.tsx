import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useDeleteBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { newKey } from '@/shared/api';
import { size } from '@/shared/lib/units';
import { logs as logTexts } from '@/shared/texts/logs';
import { ConfirmDialog, notifyDone } from '@/shared/ui';
import { forEachOf } from './each';

const words = logTexts.deleting;

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  /** Those that are pinned, or have no file, stay, and are told of. */
  backups: readonly Backup[];
  onDone?: () => void;
}

export function DeleteDialog({ opened, onClose, backups, onDone }: DialogProps) {
  const remove = useDeleteBackup();
  const [intent, setIntent] = useState(newKey);
  const able = backups.filter(({ is_pinned, state }) => !is_pinned && state !== 'deleted');
  const skipped = backups.length - able.length;
  const bytes = able.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  const only = backups.length === 1 ? backups[0] : undefined;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={only ? words.title(only.name) : words.titleMany(able.length)}
      confirm={words.confirm}
      isDangerous
      onConfirm={async () => {
        const done = await forEachOf(able, ({ id }) => remove.mutateAsync({ id, key: `${intent}-${id}` }));
        setIntent(newKey());
        if (done > 0) notifyDone(words.done(done));
        onDone?.();
      }}
    >
      <Stack gap="xs">
        <Text>{only ? words.body : words.bodyMany(size(bytes))}</Text>
        {skipped > 0 && <Text fw={550}>{words.skipped(skipped)}</Text>}
      </Stack>
    </ConfirmDialog>
  );
}
