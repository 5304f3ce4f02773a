import { Button, Group, Text } from '@mantine/core';
import { IconPin, IconShieldCheck, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { usePinBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { logs as logTexts } from '@/shared/texts/logs';
import { notifyDone } from '@/shared/ui';
import { DeleteDialog } from './DeleteDialog';
import { forEachOf } from './each';
import { VerifyDialog } from './VerifyDialog';

const words = logTexts;

interface SelectedBackupsProps {
  /** The files of what is selected. */
  backups: readonly Backup[];
  /** How many are selected, with and without a file. */
  count: number;
  onClear: () => void;
}

/** What can be done with several at once. Draws nothing while nothing is selected. */
export function SelectedBackups({ backups, count, onClear }: SelectedBackupsProps) {
  const pin = usePinBackup();
  const [open, setOpen] = useState<'verify' | 'delete' | null>(null);
  const able = backups.filter(({ state }) => state !== 'deleted');
  const close = () => {
    setOpen(null);
  };
  const pinAll = async () => {
    const done = await forEachOf(
      able.filter(({ is_pinned }) => !is_pinned),
      (backup) => pin.mutateAsync({ backup, isPinned: true }),
    );
    if (done > 0) notifyDone(words.pinning.pinned(done));
    onClear();
  };
  if (count === 0 && open === null) return null;
  const none = able.length === 0;
  const button = { size: 'xs', variant: 'default', disabled: none } as const;
  return (
    <Group gap="xs" role="group" aria-label={words.some.label} w="100%">
      <Text size="sm" fw={550} role="status">
        {words.some.count(count)}
        {able.length < count && ` (${words.some.without(count - able.length)})`}
      </Text>
      <Button {...button} leftSection={<IconShieldCheck size={14} aria-hidden />} onClick={() => { setOpen('verify'); }}>
        {words.actions.verify}
      </Button>
      <Button {...button} loading={pin.isPending} leftSection={<IconPin size={14} aria-hidden />} onClick={() => void pinAll()}>
        {words.actions.pin}
      </Button>
      <Button {...button} color="red" variant="outline" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => { setOpen('delete'); }}>
        {words.actions.remove}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        {words.some.clear}
      </Button>
      <VerifyDialog opened={open === 'verify'} onClose={close} backups={able} onDone={onClear} />
      <DeleteDialog opened={open === 'delete'} onClose={close} backups={able} onDone={onClear} />
    </Group>
  );
}
