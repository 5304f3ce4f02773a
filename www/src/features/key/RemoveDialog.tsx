import { Stack, Text } from '@mantine/core';
import { useDeleteKey } from '@/entities/key';
import type { Key } from '@/entities/key';
import { counted } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { ConfirmDialog, notifyDone } from '@/shared/ui';

const words = texts.keys.removing;

/** What it opens is named, and the name is typed: without the key that is lost. */
export function RemoveDialog({ keyOf, opened, onClose }: { keyOf: Key; opened: boolean; onClose: () => void }) {
  const remove = useDeleteKey();
  const opens = keyOf.opens.backups;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.title(keyOf.name)}
      confirm={texts.keys.actions.remove}
      isDangerous
      typeName={opens > 0 ? keyOf.name : undefined}
      onConfirm={async () => {
        await remove.mutateAsync(keyOf);
        notifyDone(words.done(keyOf.name));
      }}
    >
      <Stack gap="xs">
        <Text>{words.body}</Text>
        {opens > 0 && <Text fw={550}>{words.opens(counted(opens, 'backup'))}</Text>}
      </Stack>
    </ConfirmDialog>
  );
}
