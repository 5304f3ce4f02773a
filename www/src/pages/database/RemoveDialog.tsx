import { Checkbox, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useDeleteDatabase } from '@/entities/database';
import type { Database } from '@/entities/database';
import { asProblem } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ConfirmDialog, notifyDone } from '@/shared/ui';

const words = texts.databases.removal;

/** Refused while a restore has kept a copy for an undo, or a migration has it closed: then it is asked whether that is to be left. */
export function RemoveDialog({ opened, onClose, database }: { opened: boolean; onClose: () => void; database: Database }) {
  const remove = useDeleteDatabase();
  const navigate = useNavigate();
  const [isLeft, setLeft] = useState(false);
  const isRefused = remove.error !== null && asProblem(remove.error).status === 409;
  const what = database.closed ? 'closed' : 'copies';
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.title(database.name)}
      confirm={words.confirm}
      isDangerous
      typeName={database.name}
      onConfirm={async () => {
        await remove.mutateAsync({ database, leave: isLeft ? what : undefined });
        notifyDone(words.done(database.name));
        navigate(`/servers/${database.server_id}`);
      }}
    >
      <Stack gap="sm">
        <Text>{words.body}</Text>
        {isRefused && (
          <Checkbox
            label={words.leave[what]}
            checked={isLeft}
            onChange={(event) => {
              setLeft(event.currentTarget.checked);
            }}
          />
        )}
      </Stack>
    </ConfirmDialog>
  );
}
