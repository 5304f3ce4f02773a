import { Text } from '@mantine/core';
import { useDeleteKey } from '@/entities/key';
import type { Key } from '@/entities/key';
import { texts } from '@/shared/texts';
import { ConfirmDialog, notifyDone } from '@/shared/ui';

const words = texts.keys.removing;

/** For a key that is not needed here; one that is stays. */
export function RemoveDialog({ keyOf, opened, onClose }: { keyOf: Key; opened: boolean; onClose: () => void }) {
  const remove = useDeleteKey();
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.title(keyOf.name)}
      confirm={texts.keys.actions.remove}
      isDangerous
      onConfirm={async () => {
        await remove.mutateAsync(keyOf);
        notifyDone(words.done(keyOf.name));
      }}
    >
      <Text>{words.body}</Text>
    </ConfirmDialog>
  );
}
