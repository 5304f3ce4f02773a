import { Alert, Text } from '@mantine/core';
import { IconDatabaseOff } from '@tabler/icons-react';
import type { Database } from '@/entities/database';
import { texts } from '@/shared/texts';
import { When } from '@/shared/ui';

const words = texts.databases.missing;

/** That there is nothing to back up any more, though the backups are there. */
export function Missing({ database, since }: { database: Database; since: string }) {
  return (
    <Alert color="red" icon={<IconDatabaseOff aria-hidden />} title={words.title(database.name, database.server_name)} role="alert">
      <Text size="sm">
        {words.seen} <When at={since} />. {words.body}
      </Text>
    </Alert>
  );
}
