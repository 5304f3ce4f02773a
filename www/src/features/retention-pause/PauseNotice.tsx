import { Alert, Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useChangeDatabase } from '@/entities/database';
import type { Database } from '@/entities/database';
import { IfMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { ConfirmDialog } from '@/shared/ui';

const words = texts.databases.pause;

/** That old backups are not deleted, why, and the button that lets it go on. Nothing where nothing is paused. */
export function PauseNotice({ database }: { database: Database }) {
  const change = useChangeDatabase();
  const [opened, dialog] = useDisclosure(false);
  if (!database.retention_paused) return null;
  return (
    <Alert variant="default" icon={<IconAlertTriangle aria-hidden />} title={words.title} role="note">
      <Text size="sm">{database.retention_paused}</Text>
      <IfMay role="operator">
        <Button variant="default" size="xs" mt="sm" onClick={dialog.open}>
          {words.button}
        </Button>
        <ConfirmDialog
          opened={opened}
          onClose={dialog.close}
          title={words.question(database.name)}
          confirm={words.button}
          isDangerous
          onConfirm={() => change.mutateAsync({ database, body: { retention_paused: null } })}
        >
          {words.body}
        </ConfirmDialog>
      </IfMay>
    </Alert>
  );
}
